//! A list of things, a line each: a table for a person, JSON for a program.

use std::borrow::Cow;
use std::io;

use serde::Serialize;

use super::context::Context;
use super::output::{Tint, tinted, width};

/// What a list shows, whatever its rows are.
pub(crate) struct List<'a, T> {
    /// The names of the columns.
    pub(crate) head: &'a [&'a str],
    /// The rows, with the names that JSON has for their fields.
    pub(crate) rows: &'a [T],
    /// What stands in the columns of a row.
    pub(crate) cells: &'a dyn Fn(&'a T) -> Vec<Cow<'a, str>>,
    /// Lines below a row, in its second column.
    pub(crate) below: fn(&T) -> Vec<String>,
    /// The colour of a row, for those that stand out.
    pub(crate) tint: fn(&T) -> Option<Tint>,
    /// What follows the number of rows below the table.
    pub(crate) foot: String,
}

impl<T: Serialize> List<'_, T> {
    /// Writes the list as the options want it.
    pub(crate) fn write(&self, context: &mut Context<'_>) -> anyhow::Result<()> {
        match context.options.output.as_deref() {
            Some("json-pretty") => serde_json::to_writer_pretty(&mut *context.out, &self.rows)?,
            Some(json) if json.starts_with("json") => {
                serde_json::to_writer(&mut *context.out, &self.rows)?;
            }
            _ => return Ok(self.table(context)?),
        }
        writeln!(context.out)?;
        Ok(())
    }

    /// Columns as wide as their widest cell; a terminal's lines are cut at its edge, but for
    /// `--full`.
    fn table(&self, context: &mut Context<'_>) -> io::Result<()> {
        let has_legend = context.options.has_legend();
        let head = self.head.iter().map(|&name| Cow::Borrowed(name)).collect();
        let mut lines = if has_legend { vec![(head, None)] } else { Vec::new() };
        for row in self.rows {
            lines.push(((self.cells)(row), (self.tint)(row)));
            let below = (self.below)(row).into_iter();
            lines.extend(below.map(|text| (vec!["└─".into(), text.into()], None)));
        }
        let mut widths = vec![0; self.head.len()];
        for (cells, _) in &lines {
            for (widest, cell) in widths.iter_mut().zip(cells) {
                *widest = width(cell).max(*widest);
            }
        }
        let edge = context.columns().unwrap_or(usize::MAX);
        let mut line = String::new();
        for (cells, tint) in &lines {
            align(&mut line, cells, &widths);
            let line = cut(&line, edge);
            match tint {
                Some(tint) => writeln!(context.out, "{}", tinted(&line, *tint))?,
                None => writeln!(context.out, "{line}")?,
            }
        }
        if has_legend {
            writeln!(context.out, "\n{} {}.", self.rows.len(), self.foot)?;
        }
        Ok(())
    }
}

/// Makes `line` of the cells, each under those above it; nothing follows the last one.
fn align(line: &mut String, cells: &[Cow<'_, str>], widths: &[usize]) {
    line.clear();
    for (cell, widest) in cells.iter().zip(widths) {
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', widest - width(cell) + 1));
    }
    line.truncate(line.trim_end().len());
}

/// The line, or as much of it as there is room for, and a mark.
pub(crate) fn cut(line: &str, room: usize) -> Cow<'_, str> {
    // No line has more columns than bytes.
    if line.len() <= room || width(line) <= room {
        return Cow::Borrowed(line);
    }
    line.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}
