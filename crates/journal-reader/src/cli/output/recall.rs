//! What was found out about a value, for the next entry that has it. journald stores a value once,
//! however many entries have it: of the twenty-five values of an entry, some twenty were in
//! entries before. What they are, and how they look, is found out once.

use journal_reader::JournalFile;

/// A table by the values' offsets. Each has one place in it, and whoever comes last is in it.
pub(super) struct Recall<T> {
    places: Vec<Place<T>>,
    kept: usize,
    most: usize,
}

#[derive(Clone, Default)]
struct Place<T> {
    file: u32,
    offset: u64,
    known: T,
}

/// A value that fewer entries have is not worth the place of another.
const OFTEN: u64 = 4;
/// Most queries show a few entries, and a large table would be their largest expense.
const FIRST_PLACES: usize = 256;

impl<T: Clone + Default> Recall<T> {
    /// An empty one, which grows to so many places.
    pub(super) fn new(most: usize) -> Recall<T> {
        Recall { places: Vec::new(), kept: 0, most }
    }

    /// What was kept of the value at `offset`.
    #[inline]
    pub(super) fn get(&self, file: &JournalFile, offset: u64) -> Option<&T> {
        let place = self.places.get(self.index(file, offset))?;
        (place.offset == offset && place.file == file.number()).then_some(&place.known)
    }

    /// The place to write to, if the value is worth it. What was read of a file that was cut may be
    /// zeros, so it is not kept.
    pub(super) fn keep(&mut self, file: &JournalFile, offset: u64) -> Option<&mut T> {
        let often = file.data(offset).is_ok_and(|data| data.n_entries() >= OFTEN);
        if !often || file.was_cut() {
            return None;
        }
        self.kept += 1;
        if self.kept > self.places.len() && self.places.len() < self.most {
            let more = (self.places.len() * 2).max(FIRST_PLACES);
            self.places = vec![Place::default(); more];
            self.kept = 0;
        }
        let index = self.index(file, offset);
        let place = self.places.get_mut(index)?;
        (place.file, place.offset) = (file.number(), offset);
        Some(&mut place.known)
    }

    #[inline]
    fn index(&self, file: &JournalFile, offset: u64) -> usize {
        // Offsets are multiples of eight; the constant spreads them, splitmix64's.
        let spread = (offset ^ u64::from(file.number()) << 40).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (spread >> 40) as usize & self.places.len().wrapping_sub(1)
    }
}

/// How values look in the output.
pub(super) struct Lines(Recall<Line>);

#[derive(Clone, Default)]
struct Line {
    mark: u16,
    text: Vec<u8>,
}

impl Default for Lines {
    fn default() -> Lines {
        Lines(Recall::new(8192))
    }
}

impl Lines {
    /// A longer text is made anew each time, so that all of them stay below 8 MiB.
    const LONGEST: usize = 1024;

    /// Appends the text of the value at `offset`. `make` appends it the first time, and returns a
    /// mark, which comes back each time.
    #[inline]
    pub(super) fn push(
        &mut self,
        file: &JournalFile,
        offset: u64,
        out: &mut Vec<u8>,
        make: impl FnOnce(&mut Vec<u8>) -> u16,
    ) -> u16 {
        if let Some(line) = self.0.get(file, offset) {
            out.extend(&line.text);
            return line.mark;
        }
        let start = out.len();
        let mark = make(out);
        let text = &out[start..];
        if text.len() <= Lines::LONGEST
            && let Some(line) = self.0.keep(file, offset)
        {
            line.mark = mark;
            line.text.clear();
            line.text.extend(text);
        }
        mark
    }
}
