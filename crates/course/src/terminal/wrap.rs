//! How lines are broken: between words, and nowhere else as long as the words have room.

use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// How text is broken into lines: at spaces, and nowhere else. ANSI codes take no room.
pub(crate) fn wrapping<'a>(width: usize, first: &'a str, rest: &'a str) -> Options<'a> {
    Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
}

/// A line of code, or of what a program prints, as lines of at most `columns`, broken at spaces.
/// The second line and those after it begin further to the right, so that nobody takes them for
/// lines of their own.
pub(super) fn fold(line: &str, columns: usize) -> String {
    let spaced = without_tabs(line);
    if display_width(&spaced) <= columns {
        return line.to_owned();
    }
    let text = spaced.trim_start();
    let first = &spaced[..spaced.len() - text.len()];
    let rest = format!("{first}    ");
    let lines = textwrap::fill(text, wrapping(columns, first, &rest));
    let lines: Vec<String> = lines.lines().map(|line| cut(line, &rest, columns)).collect();
    lines.join("\n")
}

/// A line that is still too long, for one of its words has no room: broken at the signs that it is
/// made with, as in a path or a chain of calls. Where it has none, it is left to the terminal.
fn cut(line: &str, indent: &str, columns: usize) -> String {
    let mut lines = Vec::new();
    let mut left = line.to_owned();
    // Where there are colours, a cut might go through one.
    while !line.contains('\x1b') && left.chars().count() > columns {
        let fits = left.char_indices().nth(columns).map_or(left.len(), |(at, _)| at);
        let is_sign = |at: &usize| {
            left[..*at].ends_with(['/', ',', ';', '(', '=', ':']) || left[*at..].starts_with('.')
        };
        let text_from = left.len() - left.trim_start().len();
        let places = (text_from + 1..=fits).filter(|at| left.is_char_boundary(*at));
        let Some(at) = places.rev().find(is_sign) else { break };
        let rest = format!("{indent}{}", &left[at..]);
        left.truncate(at);
        lines.push(std::mem::replace(&mut left, rest));
    }
    lines.push(left);
    lines.join("\n")
}

/// The line with blanks up to each tab stop, as a terminal shows it.
fn without_tabs(line: &str) -> String {
    const STOP: usize = 8;
    let mut parts = line.split('\t');
    let mut spaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let blanks = STOP - spaced.chars().count() % STOP;
        spaced.extend(std::iter::repeat_n(' ', blanks));
        spaced.push_str(part);
    }
    spaced
}

/// What a line of code goes on with in the next line: the mark of a comment, if it is one.
pub(super) fn code_indent(line: &str) -> String {
    let text = line.trim_start();
    let indent = &line[..line.len() - text.len()];
    let marks = ["# ", "; ", "//! ", "/// ", "// "];
    let mark = marks.iter().find(|mark| text.starts_with(**mark)).copied().unwrap_or_default();
    format!("{indent}{mark}")
}
