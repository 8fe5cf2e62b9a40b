//! `export`: everything, for a program; <https://systemd.io/JOURNAL_EXPORT_FORMATS>.

use journal_reader::Entry;

use super::clock::push_number;
use super::{Printer, split};
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
        for offset in entry.items() {
            let Ok(payload) = entry.file().payload(offset, &mut self.decoder) else { continue };
            // The boot has a line already.
            if payload.starts_with(b"_BOOT_ID=") {
                continue;
            }
            let Some((name, value)) = split(payload) else { continue };
            if !self.style.shows(name) {
                continue;
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
        out.push(b'\n');
    }
}
