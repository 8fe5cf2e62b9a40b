//! `cat`: the message alone, or the fields that were asked for, each on a line.

use journal_reader::Entry;

use super::Printer;
use super::known::{message, with_value};
use super::short::push_painted;
use crate::cli::text::Highlight;

impl Printer<'_> {
    pub(super) fn cat(&mut self, entry: &Entry<'_>, highlight: Highlight) {
        let colours = self.style.colours;
        let mut priority = 6;
        if colours.is_on() {
            with_value(entry, &mut self.decoder, b"PRIORITY", |value| {
                if let [digit @ b'0'..=b'7'] = value {
                    priority = digit - b'0';
                }
            });
        }
        let paint = colours.of_priority(priority, false);
        let out = &mut self.buffer;
        let push = |value: &[u8], highlight: Option<Highlight>, out: &mut Vec<u8>| {
            push_painted(value, paint, highlight.filter(|_| !value.is_empty()), out);
            out.push(b'\n');
        };
        match &self.style.fields {
            None => {
                message(entry, &mut self.parts, &mut self.decoder, |message| {
                    push(message, Some(highlight), out);
                });
            }
            Some(fields) => {
                // journalctl's own order is that of a hash table, which differs from run to run.
                let mut fields: Vec<&Vec<u8>> = fields.iter().collect();
                fields.sort();
                for field in fields {
                    let highlight = Some(highlight).filter(|_| field == b"MESSAGE");
                    with_value(entry, &mut self.decoder, field, |value| {
                        push(value, highlight, out);
                    });
                }
            }
        }
    }
}
