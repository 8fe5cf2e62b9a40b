//! `export`: everything, for a program; <https://systemd.io/JOURNAL_EXPORT_FORMATS>.

use journal_reader::Entry;

use super::clock::push_number;
use super::{Printer, Style, split};
use crate::cli::text::is_printable;

impl Printer<'_> {
    pub(super) fn export(&mut self, entry: &Entry<'_>) {
        let out = &mut self.buffer;
        out.extend(b"__CURSOR=");
        entry.cursor().push_to(out);
        out.extend(b"\n__REALTIME_TIMESTAMP=");
        push_number(entry.realtime(), out);
        out.extend(b"\n__MONOTONIC_TIMESTAMP=");
        push_number(entry.monotonic(), out);
        out.extend(b"\n_BOOT_ID=");
        entry.boot_id().push_to(out);
        out.push(b'\n');
        let file = entry.file();
        for offset in entry.items() {
            self.lines.push(file, offset, out, |out| {
                if let Ok(payload) = file.payload(offset, &mut self.decoder) {
                    push_field(payload, &self.style, out);
                }
                0
            });
        }
        out.push(b'\n');
    }
}

fn push_field(payload: &[u8], style: &Style, out: &mut Vec<u8>) {
    let Some((name, value)) = split(payload) else { return };
    // The boot has a line already.
    if name == b"_BOOT_ID" || !style.shows(name) {
        return;
    }
    if is_printable(payload, false) {
        out.extend(payload);
    } else {
        out.extend(name);
        out.push(b'\n');
        out.extend((value.len() as u64).to_le_bytes());
        out.extend(value);
    }
    out.push(b'\n');
}
