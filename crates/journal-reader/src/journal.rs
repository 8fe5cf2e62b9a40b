//! The journal: many files, read as one. Entries come in systemd's order, and an entry that is in
//! two files comes once.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::compression::Decoder;
use crate::cursor::Cursor;
use crate::discover::Source;
use crate::entry::Entry;
use crate::error::Error;
use crate::file::JournalFile;
use crate::filter::Filter;
use crate::merge::Tournament;
use crate::part::{Direction, Part, last_offset};

/// Where to read on.
#[derive(Clone, Copy, Debug)]
pub enum Seek {
    /// Before the first entry.
    Head,
    /// Behind the last entry.
    Tail,
    /// Before the first entry at this time or later; µs since 1970.
    Realtime(u64),
    /// Behind the last entry at this time or before.
    RealtimeEnd(u64),
    /// Before the entry of the cursor, or where it would be.
    Before(Cursor),
    /// Behind it.
    After(Cursor),
}

/// A set of journal files, and a place between two of their entries.
pub struct Journal {
    source: Source,
    files: Vec<Part>,
    /// The entry that comes next in each file, and its offset. Apart from the files, so that all
    /// games are played in a few kilobytes of memory.
    heads: Vec<Option<(Cursor, u64)>>,
    filter: Filter,
    /// The games among the files, in one direction; `None` after a seek.
    turns: Option<(Direction, Tournament)>,
    last: Option<Last>,
    problems: Vec<Error>,
}

/// The entry that was returned last: in full, or in the only file by its offset.
enum Last {
    Is(Cursor),
    At(u64),
}

impl Journal {
    /// Opens what the source names. A file that can't be opened is left out;
    /// [`Journal::take_problems`] tells why.
    ///
    /// # Errors
    /// If the source itself can't be read, as a directory that is not there.
    pub fn open(source: Source) -> Result<Journal, Error> {
        let mut journal = Journal {
            source,
            files: Vec::new(),
            heads: Vec::new(),
            filter: Filter::everything(),
            turns: None,
            last: None,
            problems: Vec::new(),
        };
        let paths = journal.source.files(&mut journal.problems)?;
        journal.add_files(paths);
        Ok(journal)
    }

    /// Opens those that are not open yet; how many were added.
    fn add_files(&mut self, paths: Vec<PathBuf>) -> usize {
        let before = self.files.len();
        for path in paths {
            match self.open_part(&path) {
                Ok(part) => self.files.extend(part),
                Err(error) => self.problems.push(error),
            }
        }
        self.files.len() - before
    }

    fn open_part(&self, path: &Path) -> Result<Option<Part>, Error> {
        let metadata = path.metadata().map_err(|error| Error::io(path, error))?;
        let identity = (metadata.dev(), metadata.ino());
        if self.files.iter().any(|part| part.identity == identity) {
            return Ok(None);
        }
        let file = JournalFile::open(path)?;
        let found = self.filter.find(&file);
        let (at, seen) = (0, last_offset(&file));
        Ok(Some(Part { file, identity, found, at, seen, complained: false }))
    }

    /// The open files.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &JournalFile> {
        self.files.iter().map(|part| &part.file)
    }

    /// What could not be read since the last call.
    pub fn take_problems(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.problems)
    }

    /// Shows from now on only entries that pass; the place is before the first of them.
    pub fn set_filter(&mut self, filter: Filter) {
        for part in &mut self.files {
            part.found = filter.find(&part.file);
        }
        self.filter = filter;
        self.seek(Seek::Head);
    }

    /// How many entries pass the filter; an entry that is in two files counts twice.
    pub fn count(&self) -> usize {
        self.files.iter().map(|part| part.found.len()).sum()
    }

    /// Moves to another place.
    pub fn seek(&mut self, to: Seek) {
        self.turns = None;
        self.last = None;
        for part in &mut self.files {
            part.at = part.place(to);
        }
    }

    /// The next entry, or `None` behind the last.
    #[allow(clippy::should_implement_trait)] // The entry borrows from the journal.
    pub fn next(&mut self) -> Option<Entry<'_>> {
        self.step(Direction::Forward)
    }

    /// The entry before the place; `None` before the first. After [`Journal::next`], that is the
    /// same entry again.
    pub fn previous(&mut self) -> Option<Entry<'_>> {
        self.step(Direction::Backward)
    }

    fn step(&mut self, direction: Direction) -> Option<Entry<'_>> {
        if self.files.len() == 1 {
            // Nobody else's turn, and no entry twice.
            let part = self.files.first_mut()?;
            let offset = part.upcoming(direction, &mut self.problems)?;
            part.pass(direction);
            self.last = Some(Last::At(offset));
            let file = &self.files.first()?.file;
            return Some(Entry::new(file, offset, file.entry(offset).ok()?));
        }
        if self.turns.as_ref().is_none_or(|(turned, _)| *turned != direction) {
            let heads = self.files.iter_mut().map(|part| part.head(direction, &mut self.problems));
            self.heads = heads.collect();
            let beats = |a, b| beats(&self.heads, direction, a, b);
            self.turns = Some((direction, Tournament::new(self.files.len(), beats)));
            self.last = None;
        }
        let (_, turns) = self.turns.as_mut()?;
        loop {
            let turn = turns.winner();
            let (cursor, offset) = (*self.heads.get(turn)?)?;
            let part = self.files.get_mut(turn)?;
            part.pass(direction);
            self.heads[turn] = part.head(direction, &mut self.problems);
            turns.replay(turn, |a, b| beats(&self.heads, direction, a, b));
            let is_again = |last: &Last| match last {
                Last::Is(last) => last.compare(&cursor) == Ordering::Equal,
                Last::At(_) => false,
            };
            let again = self.last.as_ref().is_some_and(is_again);
            self.last = Some(Last::Is(cursor));
            if !again {
                let file = &self.files[turn].file;
                return Some(Entry::new(file, offset, file.entry(offset).ok()?));
            }
        }
    }

    /// The entry that was returned last.
    fn last_cursor(&self) -> Option<Cursor> {
        match (self.last.as_ref()?, self.files.as_slice()) {
            (Last::Is(cursor), _) => Some(*cursor),
            (Last::At(offset), [part]) => Some(part.cursor_at(*offset)?),
            (Last::At(_), _) => None,
        }
    }

    /// Looks for what was written since: longer files, new files. Entries that were not seen yet
    /// follow with [`Journal::next`], which must have come to the end before. `true` if
    /// something has changed.
    ///
    /// # Errors
    /// If the source can't be read any more.
    pub fn refresh(&mut self) -> Result<bool, Error> {
        let place = self.last_cursor();
        let old = self.files.len();
        let mut ignored = Vec::new();
        let paths = self.source.files(&mut ignored)?;
        let mut changed = self.add_files(paths) > 0;
        for part in &mut self.files[old..] {
            // A file that moved from /run to /var holds what was shown already.
            part.at = place.map_or(0, |place| part.place(Seek::After(place)));
        }
        // After the new files: at a rotation, the last lines of the old file were written before
        // the first of the new one, so that these are never seen without those.
        for part in &mut self.files[..old] {
            match part.take_new(&self.filter) {
                Ok(more) => changed |= more,
                Err(error) if !part.complained => {
                    part.complained = true;
                    self.problems.push(error);
                }
                Err(_) => {}
            }
        }
        self.files.retain(|part| part.at < part.found.len() || part.exists());
        self.turns = None;
        Ok(changed)
    }

    /// Each value that a field has in any file, once; in the order of the files, the newest of a
    /// file first.
    pub fn unique_values(&self, field: &str) -> Vec<Vec<u8>> {
        let (mut seen, mut values) = (HashSet::new(), Vec::new());
        let mut decoder = Decoder::new();
        for part in &self.files {
            for offset in part.file.values_of(field.as_bytes()) {
                let Ok(payload) = part.file.payload(offset, &mut decoder) else { continue };
                let value = payload.get(field.len() + 1..).unwrap_or_default();
                // In one file each value is there once already.
                if self.files.len() == 1 || seen.insert(value.to_vec()) {
                    values.push(value.to_vec());
                }
            }
        }
        values
    }

    /// The names of all fields, each once.
    pub fn field_names(&self) -> Vec<Vec<u8>> {
        let mut seen = HashSet::new();
        let names = self.files.iter().flat_map(|part| part.file.field_names());
        names.filter(|name| seen.insert(name.to_vec())).map(<[u8]>::to_vec).collect()
    }

    /// What is read.
    pub fn source(&self) -> &Source {
        &self.source
    }
}

/// Whether the head of file `a` comes before that of `b`; a file without one never does.
fn beats(heads: &[Option<(Cursor, u64)>], direction: Direction, a: usize, b: usize) -> bool {
    let head = |at: usize| heads.get(at).and_then(Option::as_ref);
    match (head(a), head(b)) {
        (Some((a, _)), Some((b, _))) => match direction {
            Direction::Forward => a.compare(b) == Ordering::Less,
            Direction::Backward => a.compare(b) == Ordering::Greater,
        },
        (head, _) => head.is_some(),
    }
}
