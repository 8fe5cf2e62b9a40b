//! Physical lines, cut where systemd cuts them.
//!
//! Not only `\n` ends a line: `\r`, a zero byte and their pairs do too, so files with Windows or
//! old Mac line ends load.

use std::ops::Range;

/// One physical line: its text, and the end-of-line bytes that follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where the text is in the file, without its end of line.
    pub text: Range<usize>,
    /// Where the next line begins.
    pub end: usize,
}

impl Line {
    /// The bytes that end the line; empty on a last line without one.
    pub fn end_of_line<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.text.end..self.end]
    }
}

/// Cuts a file into lines. Put together again, they are the file.
pub(super) fn cut(bytes: &[u8]) -> Vec<Line> {
    let mut lines = Vec::with_capacity(bytes.len() / 24 + 1);
    let mut start = 0;
    while start < bytes.len() {
        let length = bytes[start..].iter().position(|byte| is_line_end(*byte));
        let text_end = length.map_or(bytes.len(), |length| start + length);
        let end = text_end + end_of_line_length(&bytes[text_end..]);
        lines.push(Line { text: start..text_end, end });
        start = end;
    }
    lines
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0)
}

/// Different line-end bytes in a row end one line; a byte that comes again ends the next; nothing
/// follows a zero byte.
fn end_of_line_length(rest: &[u8]) -> usize {
    let mut length = 0;
    while let Some(&byte) = rest.get(length) {
        let seen = &rest[..length];
        if !is_line_end(byte) || seen.contains(&byte) || seen.contains(&0) {
            break;
        }
        length += 1;
    }
    length
}
