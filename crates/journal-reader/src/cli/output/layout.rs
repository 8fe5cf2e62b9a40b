//! How JSON is laid out, as journalctl does it: in one line or in many, in colours or without.

use super::Format;
use super::clock::push_number;
use crate::cli::colour::{BLUE_NUMBER, Colours, GREEN, HIGHLIGHT, NORMAL};
use crate::cli::text::is_printable;

/// One of the JSON formats, and the codes around what is written in it.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    pretty: bool,
    before: &'static [u8],
    behind: &'static [u8],
    text: &'static str,
    number: &'static str,
    null: &'static str,
    off: &'static str,
}

impl Layout {
    /// `None` if the format is none of JSON's.
    pub(crate) fn of(format: Format, colours: Colours) -> Option<Layout> {
        let (before, behind): (&[u8], &[u8]) = match format {
            Format::Json | Format::JsonPretty => (b"", b"\n"),
            Format::JsonSse => (b"data: ", b"\n\n"),
            Format::JsonSeq => (b"\x1e", b"\n"),
            _ => return None,
        };
        Some(Layout {
            pretty: format == Format::JsonPretty,
            before,
            behind,
            text: colours.if_on(GREEN),
            number: colours.if_on(BLUE_NUMBER),
            null: colours.if_on(HIGHLIGHT),
            off: colours.if_on(NORMAL),
        })
    }

    /// Begins a document with `{` or `[`.
    pub(crate) fn begin(&self, bracket: u8, out: &mut Vec<u8>) {
        out.extend(self.before);
        self.open(bracket, 1, out);
    }

    /// Ends it.
    pub(crate) fn end(&self, bracket: u8, out: &mut Vec<u8>) {
        self.close(bracket, 0, out);
        out.extend(self.behind);
    }

    /// Opens an object or an array whose members are at this depth.
    pub(crate) fn open(&self, bracket: u8, depth: usize, out: &mut Vec<u8>) {
        out.push(bracket);
        self.line(depth, out);
    }

    /// What stands between two members at this depth.
    pub(crate) fn between(&self, depth: usize, out: &mut Vec<u8>) {
        out.push(b',');
        self.line(depth, out);
    }

    /// Closes what stands itself at this depth.
    pub(crate) fn close(&self, bracket: u8, depth: usize, out: &mut Vec<u8>) {
        self.line(depth, out);
        out.push(bracket);
    }

    fn line(&self, depth: usize, out: &mut Vec<u8>) {
        if self.pretty {
            out.push(b'\n');
            out.extend(std::iter::repeat_n(b'\t', depth));
        }
    }

    /// A name, and what stands before its value.
    pub(crate) fn name(&self, name: &[u8], out: &mut Vec<u8>) {
        self.string(out, |out| out.extend(name));
        out.extend(if self.pretty { &b" : "[..] } else { b":" });
    }

    /// A string whose text `write` appends, escaped where need be.
    pub(crate) fn string(&self, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        out.push(b'"');
        out.extend(self.text.as_bytes());
        write(out);
        out.extend(self.off.as_bytes());
        out.push(b'"');
    }

    /// A number.
    pub(crate) fn number(&self, number: i64, out: &mut Vec<u8>) {
        out.extend(self.number.as_bytes());
        if number < 0 {
            out.push(b'-');
        }
        push_number(number.unsigned_abs(), out);
        out.extend(self.off.as_bytes());
    }

    /// The value of a field at this depth: text, bytes if it is none, `null` if it is too long.
    pub(super) fn value(&self, value: Option<&[u8]>, depth: usize, out: &mut Vec<u8>) {
        match value {
            None => {
                out.extend([self.null, "null", self.off].concat().as_bytes());
            }
            Some(text) if is_printable(text, true) => {
                self.string(out, |out| push_escaped(text, out));
            }
            Some(bytes) => self.array(bytes, depth, out, |byte, out| {
                self.number(i64::from(*byte), out);
            }),
        }
    }

    /// An array that stands itself at this depth.
    pub(super) fn array<T>(
        &self,
        members: &[T],
        depth: usize,
        out: &mut Vec<u8>,
        write: impl Fn(&T, &mut Vec<u8>),
    ) {
        self.open(b'[', depth + 1, out);
        for (at, member) in members.iter().enumerate() {
            if at > 0 {
                self.between(depth + 1, out);
            }
            write(member, out);
        }
        self.close(b']', depth, out);
    }
}

/// Of all that JSON wants escaped, printable text has quotes, backslashes, tabs and newlines.
pub(crate) fn push_escaped(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' ')) {
        out.extend(&rest[..at]);
        match rest[at] {
            b'\n' => out.extend(b"\\n"),
            b'\t' => out.extend(b"\\t"),
            byte @ (b'"' | b'\\') => out.extend([b'\\', byte]),
            byte => out.extend(format!("\\u{byte:04x}").as_bytes()),
        }
        rest = &rest[at + 1..];
    }
    out.extend(rest);
}
