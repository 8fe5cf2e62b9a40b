//! What is said on standard error.

use std::io::{self, Write};

use journal_reader::Journal;

/// One line, whatever characters a file's name has.
pub(crate) fn complain(message: &str) {
    let clean: String =
        message.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let _ = writeln!(io::stderr(), "journal-reader: {clean}");
}

/// A line for each file, or part of one, that could not be read.
pub(crate) fn problems(journal: &mut Journal, quiet: bool) -> usize {
    let problems = journal.take_problems();
    if !quiet {
        problems.iter().for_each(|problem| complain(&problem.to_string()));
    }
    problems.len()
}
