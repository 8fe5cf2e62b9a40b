//! What can still be read of a damaged file: everything that looks like an entry, wherever it lies.
//! No array, no hash table and no count is needed for that; an entry only needs its values.

use std::path::Path;

use crate::compression::Decoder;
use crate::entry::Entry;
use crate::error::Error;
use crate::file::JournalFile;
use crate::format::{Kind, OBJECT_HEADER_SIZE, align};

/// A damaged file, and the entries that were found in it.
pub struct Salvage {
    file: JournalFile,
    entries: Vec<u64>,
    /// What was found, and what was lost.
    pub found: Salvaged,
}

/// The count of a salvage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Entries with all of their values.
    pub whole: u64,
    /// Entries that have lost some.
    pub partly: u64,
    /// Entries without a single value that can be read, or that the header counts and that are not
    /// there: the file was cut.
    pub lost: u64,
    /// Values that entries refer to and that can't be read.
    pub lost_fields: u64,
    /// Bytes that are no object.
    pub lost_bytes: u64,
}

impl Salvage {
    /// Searches a file.
    ///
    /// # Errors
    /// [`Error`] if the file can't be opened at all, or is empty.
    pub fn of(path: &Path) -> Result<Salvage, Error> {
        // Whether offsets have 32 or 64 bits is said in the header only; without it, what finds
        // more is right.
        if let Ok(file) = JournalFile::open(path) {
            let (compact, found) = (file.header().is_compact(), Salvage::scan(file));
            if found.found.lost_bytes == 0 {
                return Ok(found);
            }
            let guess = Salvage::scan(JournalFile::open_damaged(path, compact)?);
            return Ok(if guess.count() > found.count() { guess } else { found });
        }
        let [wide, compact] = [false, true].map(|it| JournalFile::open_damaged(path, it));
        let (wide, compact) = (Salvage::scan(wide?), Salvage::scan(compact?));
        Ok(if compact.count() > wide.count() { compact } else { wide })
    }

    fn count(&self) -> usize {
        self.entries.len()
    }

    /// The entries, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let read =
            |offset: &u64| Some(Entry::new(&self.file, *offset, self.file.entry(*offset).ok()?));
        self.entries.iter().filter_map(read)
    }

    fn scan(file: JournalFile) -> Salvage {
        file.will_read_all();
        let mut found = Salvaged::default();
        let mut entries = Vec::new();
        let mut decoder = Decoder::new();
        let end = file.bytes().len() as u64;
        let mut offset = align(file.header().header_size);
        while offset.saturating_add(OBJECT_HEADER_SIZE) <= end {
            let Some(size) = plausible(&file, offset) else {
                // The room behind the last object is zeros; that is no loss.
                let zeros = file.bytes()[offset as usize..][..8].iter().all(|byte| *byte == 0);
                found.lost_bytes += if zeros { 0 } else { 8 };
                offset += 8;
                continue;
            };
            if let Ok(entry) = file.entry(offset) {
                let (mut good, mut bad) = (0, 0);
                for item in entry.items() {
                    let read = file.payload(item, &mut decoder);
                    let is_field = read.is_ok_and(|payload| payload.contains(&b'='));
                    *(if is_field { &mut good } else { &mut bad }) += 1;
                }
                found.lost_fields += bad;
                match (good, bad) {
                    (0, _) => found.lost += 1,
                    (_, 0) => found.whole += 1,
                    _ => found.partly += 1,
                }
                entries.extend((good > 0).then_some(offset));
            }
            offset = align(offset + size);
        }
        let missing = counted(&file).saturating_sub(found.whole + found.partly);
        found.lost = found.lost.max(missing);
        Salvage { file, entries, found }
    }
}

/// How many entries the header counts. A damaged one may say anything: not more are believed than
/// have room in the file that it describes, and that is none of a terabyte.
fn counted(file: &JournalFile) -> u64 {
    const SMALLEST_ENTRY: u64 = 64;
    let header = file.header();
    let fits =
        header.arena_size < 1 << 40 && header.n_entries <= header.arena_size / SMALLEST_ENTRY;
    if fits { header.n_entries } else { 0 }
}

/// The size of the object at `offset`, if it looks like one: a known kind, flags that this kind can
/// have, zeros where the specification wants zeros, and for an entry a time and a number.
fn plausible(file: &JournalFile, offset: u64) -> Option<u64> {
    let (header, bytes) = file.object(offset)?;
    let flags_fit = match header.kind {
        Kind::Data => matches!(header.flags, 0 | 1 | 2 | 4),
        _ => header.flags == 0,
    };
    let entry_fits = match file.entry(offset) {
        Ok(entry) => entry.seqnum() > 0 && entry.realtime() > 0 && entry.realtime() < 1 << 55,
        Err(_) => true,
    };
    (flags_fit && entry_fits && bytes[2..8] == [0; 6]).then_some(header.size)
}
