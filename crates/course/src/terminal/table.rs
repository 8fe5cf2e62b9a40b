//! A table of Markdown as columns beside each other; where the terminal has no room for them, each
//! row as lines below each other.

use textwrap::core::display_width;

use super::wrap::wrapping;

/// What parts one column from the next.
const GAP: &str = "  ";

/// A table as far as it is read: cells with their styles. The first row is its head.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Begins a row.
    pub(super) fn row(&mut self) {
        self.rows.push(Vec::new());
    }

    /// Adds a cell to the row.
    pub(super) fn cell(&mut self, text: &str) {
        if let Some(row) = self.rows.last_mut() {
            row.push(text.trim().to_owned());
        }
    }

    /// The table in lines of at most `width` columns, if its words allow that.
    pub(super) fn render(&self, width: usize) -> String {
        let lines: Vec<String> = match self.widths(width) {
            Some(widths) => self.rows.iter().flat_map(|row| beside(row, &widths)).collect(),
            None => self.below(width),
        };
        // A head without words is none.
        lines.into_iter().filter(|line| !line.is_empty()).map(|line| line + "\n").collect()
    }

    /// How wide each column is; none if there is no room for their longest words.
    fn widths(&self, width: usize) -> Option<Vec<usize>> {
        let count = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |column: usize, measure: fn(&str) -> usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| measure(cell)).max().unwrap_or(0)
        };
        let longest_word = |cell: &str| cell.split(' ').map(display_width).max().unwrap_or(0);
        let wanted: Vec<usize> = (0..count).map(|column| widest(column, display_width)).collect();
        let mut given: Vec<usize> = (0..count).map(|column| widest(column, longest_word)).collect();
        let gaps = GAP.len() * count.saturating_sub(1);
        let mut left = width.checked_sub(gaps + given.iter().sum::<usize>())?;
        // The column that wants the least is served first: what it leaves goes to the others.
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|column| wanted[*column] - given[*column]);
        for (served, column) in order.into_iter().enumerate() {
            let more = (wanted[column] - given[column]).min(left / (count - served));
            given[column] += more;
            left -= more;
        }
        Some(given)
    }

    /// Each row as lines: what the head says of a cell, and the cell.
    fn below(&self, width: usize) -> Vec<String> {
        let Some((head, rows)) = self.rows.split_first() else { return Vec::new() };
        let mut lines = Vec::new();
        for (column, cell) in rows.iter().flat_map(|row| row.iter().enumerate()) {
            let indent = if column == 0 { "" } else { "    " };
            let said = match head.get(column).map(String::as_str) {
                None | Some("") => cell.clone(),
                Some(head) => format!("{head}: {cell}"),
            };
            let options = wrapping(width, indent, "    ");
            lines.extend(textwrap::wrap(&said, options).iter().map(ToString::to_string));
        }
        lines
    }
}

/// A row in columns of these widths.
fn beside(row: &[String], widths: &[usize]) -> Vec<String> {
    let cells: Vec<_> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| textwrap::wrap(cell, wrapping(*width, "", "")))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |number: usize| {
        let columns = cells.iter().zip(widths).map(|(lines, width)| {
            let text = lines.get(number).map_or("", |line| line.trim_end());
            format!("{text}{}", " ".repeat(width.saturating_sub(display_width(text))))
        });
        columns.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    };
    (0..height).map(line).collect()
}
