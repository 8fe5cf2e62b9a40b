//! `json`: an object a message. A field that occurs twice becomes an array, and a value that is no
//! text an array of its bytes.

use std::collections::HashMap;

use journal_reader::Entry;

use super::clock::push_number;
use super::{Format, Printer, split};
use crate::cli::text::is_printable;

/// A field of this size or more is `null`, unless all is to be shown.
const LONG: usize = 4096;

/// Finds out whether an entry has a name twice, without comparing each with each: names are hashed
/// to marks, and only if a mark is taken are they compared.
pub(super) struct Names {
    marks: Vec<u32>,
    round: u32,
}

impl Default for Names {
    fn default() -> Names {
        Names { marks: vec![0; 4096], round: 0 }
    }
}

impl Names {
    fn next_entry(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.marks.fill(0);
            self.round = 1;
        }
    }

    /// Whether the name may have been there before.
    fn seen(&mut self, name: &[u8]) -> bool {
        let mut hash = name.len() as u32;
        for byte in name {
            hash = hash.wrapping_mul(31).wrapping_add(u32::from(*byte));
        }
        let mark = &mut self.marks[(hash ^ hash >> 12) as usize & 4095];
        std::mem::replace(mark, self.round) == self.round
    }
}

impl Printer<'_> {
    pub(super) fn json(&mut self, entry: &Entry<'_>) {
        let start = self.buffer.len();
        let separator: &[u8] = match self.style.format {
            Format::JsonPretty => b"{\n\t",
            Format::JsonSse => b"data: {",
            Format::JsonSeq => b"\x1e{",
            _ => b"{",
        };
        self.buffer.extend(separator);
        let body = self.buffer.len();
        self.push_head(entry);
        self.json.next_entry();
        let mut repeated = false;
        for offset in entry.items() {
            let Ok(payload) = entry.file().payload(offset, &mut self.decoder) else { continue };
            // The boot is in the head already.
            if payload.starts_with(b"_BOOT_ID=") {
                continue;
            }
            let Some((name, value)) = split(payload) else { continue };
            if !self.style.shows(name) {
                continue;
            }
            repeated |= self.json.seen(name);
            push_between(self.style.format, &mut self.buffer);
            push_name(name, self.style.format, &mut self.buffer);
            push_value(name, value, self.style.all, &mut self.buffer);
        }
        if repeated {
            self.buffer.truncate(body);
            self.json_with_arrays(entry);
        }
        let end: &[u8] = match self.style.format {
            Format::JsonPretty => b"\n}\n",
            Format::JsonSse => b"}\n\n",
            _ => b"}\n",
        };
        self.buffer.extend(end);
        debug_assert!(self.buffer.len() > start);
    }

    /// What the entry's own header says.
    fn push_head(&mut self, entry: &Entry<'_>) {
        let (format, out) = (self.style.format, &mut self.buffer);
        push_name(b"__CURSOR", format, out);
        out.push(b'"');
        entry.cursor().push_to(out);
        out.push(b'"');
        for (name, time) in [
            ("__REALTIME_TIMESTAMP", entry.realtime()),
            ("__MONOTONIC_TIMESTAMP", entry.monotonic()),
        ] {
            push_between(format, out);
            push_name(name.as_bytes(), format, out);
            out.push(b'"');
            push_number(time, out);
            out.push(b'"');
        }
        push_between(format, out);
        push_name(b"_BOOT_ID", format, out);
        out.push(b'"');
        entry.boot_id().push_to(out);
        out.push(b'"');
    }

    /// The slow way, for the few entries in which a name may occur twice.
    fn json_with_arrays(&mut self, entry: &Entry<'_>) {
        self.push_head(entry);
        let mut order: Vec<Vec<u8>> = Vec::new();
        let mut values: HashMap<Vec<u8>, Vec<Vec<u8>>> = HashMap::new();
        for offset in entry.items() {
            let Ok(payload) = entry.file().payload(offset, &mut self.decoder) else { continue };
            let Some((name, value)) = split(payload) else { continue };
            if name == b"_BOOT_ID" || !self.style.shows(name) {
                continue;
            }
            let mut text = Vec::new();
            push_value(name, value, self.style.all, &mut text);
            let of_name = values.entry(name.to_vec()).or_default();
            if of_name.is_empty() {
                order.push(name.to_vec());
            }
            of_name.push(text);
        }
        let (format, out) = (self.style.format, &mut self.buffer);
        for name in order {
            push_between(format, out);
            push_name(&name, format, out);
            match values[&name].as_slice() {
                [value] => out.extend(value),
                many => {
                    out.push(b'[');
                    out.extend(many.join(&b',').iter());
                    out.push(b']');
                }
            }
        }
    }
}

fn push_between(format: Format, out: &mut Vec<u8>) {
    let between: &[u8] = match format {
        Format::JsonPretty => b",\n\t",
        _ => b",",
    };
    out.extend(between);
}

fn push_name(name: &[u8], format: Format, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend(name);
    let colon: &[u8] = if format == Format::JsonPretty { b"\" : " } else { b"\":" };
    out.extend(colon);
}

fn push_value(name: &[u8], value: &[u8], all: bool, out: &mut Vec<u8>) {
    if !all && name.len() + 1 + value.len() >= LONG {
        out.extend(b"null");
    } else if is_printable(value, true) {
        push_text(value, out);
    } else {
        out.push(b'[');
        for (at, byte) in value.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            push_number(u64::from(*byte), out);
        }
        out.push(b']');
    }
}

/// A string; of all that JSON wants escaped, printable text has quotes, backslashes, tabs and
/// newlines.
pub(crate) fn push_text(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
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
    out.push(b'"');
}
