//! `json`: an object a message. A field that occurs twice becomes an array, and a value that is no
//! text an array of its bytes.

use std::collections::HashMap;

use journal_reader::Entry;

use super::clock::push_number;
use super::layout::Layout;
use super::{Printer, Style, split};

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

    /// Whether a name with this mark was there before.
    fn seen(&mut self, mark: u16) -> bool {
        mark != NO_MARK
            && std::mem::replace(&mut self.marks[usize::from(mark) & 4095], self.round)
                == self.round
    }
}

/// Of a field that is not shown.
const NO_MARK: u16 = 0;

fn mark(name: &[u8]) -> u16 {
    let mix = |hash: u32, byte: &u8| hash.wrapping_mul(31).wrapping_add(u32::from(*byte));
    let hash = name.iter().fold(name.len() as u32, mix);
    1 + ((hash ^ hash >> 12) % 4095) as u16
}

impl Printer<'_> {
    pub(super) fn json(&mut self, layout: Layout, entry: &Entry<'_>) {
        layout.begin(b'{', &mut self.buffer);
        let body = self.buffer.len();
        push_head(layout, entry, &mut self.buffer);
        self.names.next_entry();
        let (mut repeated, file) = (false, entry.file());
        for offset in entry.items() {
            let mark = self.lines.push(file, offset, &mut self.buffer, |out| {
                let payload = file.payload(offset, &mut self.decoder).ok();
                payload.map_or(NO_MARK, |payload| push_member(payload, layout, &self.style, out))
            });
            repeated |= self.names.seen(mark);
        }
        if repeated {
            self.buffer.truncate(body);
            self.json_with_arrays(layout, entry);
        }
        layout.end(b'}', &mut self.buffer);
    }

    /// The slow way, for the few entries in which a name may occur twice.
    fn json_with_arrays(&mut self, layout: Layout, entry: &Entry<'_>) {
        let out = &mut self.buffer;
        push_head(layout, entry, out);
        let mut order: Vec<Vec<u8>> = Vec::new();
        let mut values: HashMap<Vec<u8>, Vec<Option<Vec<u8>>>> = HashMap::new();
        for offset in entry.items() {
            let Ok(payload) = entry.file().payload(offset, &mut self.decoder) else { continue };
            let Some((name, value)) = split(payload) else { continue };
            if name == b"_BOOT_ID" || !self.style.shows(name) {
                continue;
            }
            let of_name = values.entry(name.to_vec()).or_default();
            if of_name.is_empty() {
                order.push(name.to_vec());
            }
            of_name.push(self.style.short_enough(name, value).map(<[u8]>::to_vec));
        }
        for name in order {
            layout.between(1, out);
            layout.name(&name, out);
            match values[&name].as_slice() {
                [value] => layout.value(value.as_deref(), 1, out),
                many => layout.array(many, 1, out, |value, out| {
                    layout.value(value.as_deref(), 2, out);
                }),
            }
        }
    }
}

impl Style {
    /// The value, unless it is too long to be shown.
    fn short_enough<'v>(&self, name: &[u8], value: &'v [u8]) -> Option<&'v [u8]> {
        Some(value).filter(|value| self.all || name.len() + 1 + value.len() < LONG)
    }
}

/// Appends a field; the mark of its name.
fn push_member(payload: &[u8], layout: Layout, style: &Style, out: &mut Vec<u8>) -> u16 {
    let Some((name, value)) = split(payload) else { return NO_MARK };
    // The boot is in the head already.
    if name == b"_BOOT_ID" || !style.shows(name) {
        return NO_MARK;
    }
    layout.between(1, out);
    layout.name(name, out);
    layout.value(style.short_enough(name, value), 1, out);
    mark(name)
}

/// What the entry's own header says.
fn push_head(layout: Layout, entry: &Entry<'_>, out: &mut Vec<u8>) {
    layout.name(b"__CURSOR", out);
    layout.string(out, |out| entry.cursor().push_to(out));
    for (name, time) in
        [("__REALTIME_TIMESTAMP", entry.realtime()), ("__MONOTONIC_TIMESTAMP", entry.monotonic())]
    {
        layout.between(1, out);
        layout.name(name.as_bytes(), out);
        layout.string(out, |out| push_number(time, out));
    }
    layout.between(1, out);
    layout.name(b"_BOOT_ID", out);
    layout.string(out, |out| entry.boot_id().push_to(out));
}
