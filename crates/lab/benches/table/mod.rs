//! A table of figures for the terminal: contenders side by side, each with its median and its
//! spread.

use std::fmt;

/// Measured values of one thing.
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    /// Figures from values in any order; at least one is needed for a median.
    pub(crate) fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Figures(values)
    }

    /// The value in the middle; zero if nothing was measured.
    pub(crate) fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or(0.0)
    }
}

/// The median, then the smallest and the largest value, with one decimal unless it is asked for
/// more: `{:.2}`.
impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.first(), self.0.last()) {
            (Some(least), Some(most)) => {
                let digits = f.precision().unwrap_or(1);
                let median = self.median();
                write!(f, "{median:.digits$} ({least:.digits$}-{most:.digits$})")
            }
            _ => f.write_str("-"),
        }
    }
}

/// Rows of words, printed in columns: the first to the left, all others to the right.
pub(crate) struct Table(Vec<Vec<String>>);

impl Table {
    /// A table with these words over its columns.
    pub(crate) fn new(head: &[&str]) -> Self {
        Table(vec![head.iter().map(|&word| word.to_owned()).collect()])
    }

    /// Adds a row; one that is shorter than the head ends early.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.0.push(cells.into_iter().collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.0.iter().filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        for row in &self.0 {
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => write!(f, "{cell:<width$}")?,
                    _ => write!(f, "  {cell:>width$}")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
