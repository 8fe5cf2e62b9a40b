//! `verbose`: all fields, for a person.

use journal_reader::Entry;

use super::known::Known;
use super::{Printer, split};
use crate::cli::catalog;
use crate::cli::colour::{HIGHLIGHT, NORMAL};
use crate::cli::text::{bytes, is_printable, until_nul};
use crate::cli::time;

impl Printer<'_> {
    pub(super) fn verbose(&mut self, entry: &Entry<'_>) {
        let known = Known::of(entry, &mut self.parts, &mut self.decoder);
        let when = super::short::realtime(entry, &known);
        let heading = format!("{} [", time::pretty(when, &self.zone, true));
        let out = &mut self.buffer;
        out.extend(heading.as_bytes());
        entry.cursor().push_to(out);
        out.extend(b"]\n");
        let colours = self.style.colours;
        for offset in entry.items() {
            let Ok(payload) = entry.file().payload(offset, &mut self.decoder) else { continue };
            let Some((name, value)) = split(payload) else { continue };
            if !self.style.shows(name) {
                continue;
            }
            let is_message = colours.is_on() && name == b"MESSAGE";
            let (on, off) = if is_message { (HIGHLIGHT, NORMAL) } else { ("", "") };
            out.extend(b"    ");
            out.extend(on.as_bytes());
            out.extend(name);
            out.push(b'=');
            if !self.style.all && !is_printable(payload, true) {
                out.extend(format!("[{} blob data]{off}\n", bytes(value.len() as u64)).bytes());
                continue;
            }
            if name == b"CONFIG_FILE" && colours.is_on() {
                push_lines(&catalog::link_to_file(value), 5 + name.len(), out);
            } else {
                push_lines(value, 5 + name.len(), out);
            }
            out.extend(off.as_bytes());
        }
        if self.style.catalog {
            self.catalog_text(entry);
        }
    }
}

/// The lines of a value; those behind the first stand below it.
fn push_lines(value: &[u8], indent: usize, out: &mut Vec<u8>) {
    let value = value.strip_suffix(b"\n").unwrap_or(value);
    for (at, line) in value.split(|byte| *byte == b'\n').enumerate() {
        out.extend(std::iter::repeat_n(b' ', if at > 0 { indent } else { 0 }));
        out.extend(until_nul(line));
        out.push(b'\n');
    }
}
