//! One of a journal's files, and the place in it.

use std::cmp::Ordering;

use crate::boots::boot_filter;
use crate::cursor::Cursor;
use crate::entry::Entry;
use crate::entry_list::partition_point;
use crate::error::Error;
use crate::file::JournalFile;
use crate::filter::{Filter, Found};
use crate::journal::Seek;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

/// One of the files, and the place in it.
pub(crate) struct Part {
    pub(crate) file: JournalFile,
    pub(crate) identity: (u64, u64),
    pub(crate) found: Found,
    /// The index of the entry that comes next in forward direction.
    pub(crate) at: usize,
    /// All entries up to this offset were seen, for following.
    pub(crate) seen: u64,
    pub(crate) complained: bool,
}

/// The offset of the last entry; 0 if there is none.
pub(crate) fn last_offset(file: &JournalFile) -> u64 {
    let entries = file.entries();
    entries.len().checked_sub(1).and_then(|last| entries.get(file, last)).unwrap_or(0)
}

impl Part {
    pub(crate) fn cursor_at(&self, offset: u64) -> Option<Cursor> {
        let entry = self.file.entry(offset).ok()?;
        Some(Entry::new(&self.file, offset, entry).cursor())
    }

    /// The offset of the entry that comes next; one that is damaged is passed over.
    #[inline]
    pub(crate) fn upcoming(
        &mut self,
        direction: Direction,
        problems: &mut Vec<Error>,
    ) -> Option<u64> {
        loop {
            let index = match direction {
                Direction::Forward => Some(self.at).filter(|at| *at < self.found.len())?,
                Direction::Backward => self.at.checked_sub(1)?,
            };
            let offset = self.found.get(&self.file, index);
            if let Some(offset) = offset.filter(|offset| self.file.entry(*offset).is_ok()) {
                return Some(offset);
            }
            if !self.complained {
                self.complained = true;
                let reason = "an entry can't be read; it is left out";
                problems.push(self.file.damaged(offset.unwrap_or(0), reason));
            }
            self.pass(direction);
        }
    }

    /// Goes over one entry.
    #[inline]
    pub(crate) fn pass(&mut self, direction: Direction) {
        match direction {
            Direction::Forward => self.at += 1,
            Direction::Backward => self.at -= 1,
        }
    }

    pub(crate) fn head(
        &mut self,
        direction: Direction,
        problems: &mut Vec<Error>,
    ) -> Option<(Cursor, u64)> {
        let offset = self.upcoming(direction, problems)?;
        Some((self.cursor_at(offset)?, offset))
    }

    /// The index of the first entry behind a place.
    pub(crate) fn place(&self, to: Seek) -> usize {
        let len = self.found.len();
        let search = |before: &dyn Fn(&Cursor) -> bool| self.search(&self.found, before);
        match to {
            Seek::Head => 0,
            Seek::Tail => len,
            Seek::Realtime(time) => search(&|cursor| cursor.realtime < time),
            Seek::RealtimeEnd(time) => search(&|cursor| cursor.realtime <= time),
            Seek::Before(place) => {
                self.place_at(&place, &|cursor| cursor.compare(&place) == Ordering::Less)
            }
            Seek::After(place) => {
                self.place_at(&place, &|cursor| cursor.compare(&place) != Ordering::Greater)
            }
        }
    }

    /// The index of the first entry of a list for which `before` no longer holds. One that can't be
    /// read is passed over.
    fn search(&self, list: &Found, before: &dyn Fn(&Cursor) -> bool) -> usize {
        let cursor = |at| self.cursor_at(list.get(&self.file, at)?);
        list.partition_point(|at| cursor(at).is_none_or(|cursor| before(&cursor)))
    }

    /// The same for the place of a cursor.
    fn place_at(&self, place: &Cursor, before: &dyn Fn(&Cursor) -> bool) -> usize {
        if self.file.header().seqnum_id == place.seqnum_id {
            return self.search(&self.found, before);
        }
        // In its own boot the clock was never set back, so that comes before the wall clock.
        let boot = boot_filter(place.boot_id).find(&self.file);
        let at = self.search(&boot, before);
        let (next, last) = (boot.get(&self.file, at), boot.len().checked_sub(1));
        let end = last.and_then(|last| Some(boot.get(&self.file, last)? + 1));
        match next.or(end) {
            Some(offset) => partition_point(self.found.len(), |at| {
                self.found.get(&self.file, at).is_none_or(|it| it < offset)
            }),
            None => self.search(&self.found, before),
        }
    }

    /// Reads the entries that were appended. They are few, and the index may not have them yet:
    /// each is looked at.
    pub(crate) fn take_new(&mut self, filter: &Filter) -> Result<bool, Error> {
        if !self.file.refresh()? {
            return Ok(false);
        }
        let entries = self.file.entries();
        let first = partition_point(entries.len(), |at| {
            entries.get(&self.file, at).is_none_or(|offset| offset <= self.seen)
        });
        let mut rest = Vec::new();
        rest.extend((self.at..self.found.len()).filter_map(|at| self.found.get(&self.file, at)));
        for offset in (first..entries.len()).filter_map(|at| entries.get(&self.file, at)) {
            let Ok(object) = self.file.entry(offset) else { continue };
            self.seen = self.seen.max(offset);
            if filter.passes(&Entry::new(&self.file, offset, object)) {
                rest.push(offset);
            }
        }
        rest.dedup();
        (self.found, self.at) = (Found::Offsets(rest), 0);
        Ok(true)
    }

    /// Whether its path still leads to it, or to its renamed self: a rotated file stays, a deleted
    /// one goes.
    pub(crate) fn exists(&self) -> bool {
        self.file.links() > 0
    }
}
