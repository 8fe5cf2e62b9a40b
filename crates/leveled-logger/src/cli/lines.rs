//! Lines of a stream that nobody vouches for: of any length, in any encoding.

use std::borrow::Cow;
use std::io::{self, BufRead};

/// A line is given out in pieces of this size, so that a stream without a newline needs no more
/// memory.
const MAX_LINE: u64 = 1 << 20;

/// Reads the next line, or the next piece of a long one, without its newline; `false` at the end.
pub(super) fn next(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let count = io::Read::take(&mut *input, MAX_LINE).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok(count > 0)
}

/// The text with its control characters made visible, for a terminal.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_control() && c != '\t') {
        return text.into();
    }
    let mut visible = String::new();
    for c in text.chars() {
        match c {
            '\t' => visible.push('\t'),
            c if c.is_control() => visible.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => visible.push(c),
        }
    }
    visible.into()
}
