//! The boots that a journal knows of, found by the `_BOOT_ID` field's index instead of by reading
//! all entries.

use crate::filter::Filter;
use crate::id128::Id128;
use crate::journal::{Journal, Seek};

/// A boot, and the wall clock of its first and last entry, µs since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boot {
    /// Its id.
    pub id: Id128,
    /// The first entry.
    pub first: u64,
    /// The last entry.
    pub last: u64,
}

impl Journal {
    /// All boots, the oldest first. Sets the filter and the place.
    ///
    /// Jumps from the last entry of a boot to the entry after it. In odd data a boot comes up a
    /// second time; the list ends there, as journalctl's does.
    pub fn boots(&mut self) -> Vec<Boot> {
        let mut boots: Vec<Boot> = Vec::new();
        let mut seek = Seek::Head;
        loop {
            self.set_filter(Filter::everything());
            self.seek(seek);
            let previous = boots.last().map(|boot| boot.id);
            let first = loop {
                match self.next() {
                    Some(entry) if Some(entry.boot_id()) == previous => {}
                    Some(entry) => break entry.cursor(),
                    None => return boots,
                }
            };
            if boots.iter().any(|boot| boot.id == first.boot_id) {
                return boots;
            }
            self.set_filter(boot_filter(first.boot_id));
            self.seek(Seek::Tail);
            let last = self.previous().map_or(first, |entry| entry.cursor());
            boots.push(Boot { id: first.boot_id, first: first.realtime, last: last.realtime });
            seek = Seek::After(last);
        }
    }
}

/// The filter for the entries of a boot.
pub fn boot_filter(id: Id128) -> Filter {
    Filter::Is(format!("_BOOT_ID={id}").into_bytes())
}
