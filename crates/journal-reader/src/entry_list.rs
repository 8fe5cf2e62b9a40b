//! A list of entries of one file, in the order of writing: the array of all entries, or the entries
//! of one DATA object. It is a chain of arrays, each about twice as long as the one before, so a
//! file of millions of entries has some twenty, and to find one's place in it takes two short
//! searches.

use crate::file::JournalFile;

/// Offsets of entries; read from the file when they are asked for.
#[derive(Clone, Debug, Default)]
pub struct EntryList {
    /// A DATA object names its first entry itself.
    first: Option<u64>,
    arrays: Vec<Array>,
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Array {
    offset: u64,
    /// How many entries of the list come before this array.
    before: usize,
}

impl EntryList {
    /// Follows a chain of arrays. It ends where it is damaged, and where it would lead backwards: a
    /// writer only appends, so an array that lies before the one that names it would be a
    /// cycle.
    pub(crate) fn new(file: &JournalFile, first: u64, array: u64, n_entries: u64) -> EntryList {
        let mut list = EntryList { first: (first != 0).then_some(first), ..EntryList::default() };
        let wanted = usize::try_from(n_entries).unwrap_or(usize::MAX);
        list.len = usize::from(list.first.is_some()).min(wanted);
        let (mut offset, mut last) = (array, 0);
        while offset > last && list.len < wanted {
            let Ok(object) = file.entry_array(offset) else { break };
            list.arrays.push(Array { offset, before: list.len });
            let room = wanted - list.len;
            let used = object.len().min(room);
            // Slots that are not used yet are 0. All before the last array are full.
            let full = used > 0 && object.get(used - 1) != 0;
            list.len += if full { used } else { filled(used, |at| object.get(at)) };
            (last, offset) = (offset, object.next_entry_array_offset());
        }
        list
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The offset of the entry at `index`; `None` behind the end.
    pub fn get(&self, file: &JournalFile, index: usize) -> Option<u64> {
        if index >= self.len {
            return None;
        }
        if index == 0 && self.first.is_some() {
            return self.first;
        }
        // Each array is about twice as long as the one before, so most entries are in the last two.
        let holds = |array: &&Array| array.before <= index;
        let recent = self.arrays.iter().rev().take(2).find(holds);
        let array = recent.or_else(|| {
            self.arrays.get(self.arrays.partition_point(|array| holds(&array)).checked_sub(1)?)
        })?;
        let offset = file.entry_array(array.offset).ok()?.get(index - array.before);
        (offset != 0).then_some(offset)
    }

    /// Appends all offsets to `out`, as long as they go up; a damaged one that goes down is left
    /// out.
    pub(crate) fn collect_into(&self, file: &JournalFile, out: &mut Vec<u64>) {
        out.reserve(self.len);
        let mut last = 0;
        for offset in self.offsets(file) {
            if offset > last {
                last = offset;
                out.push(offset);
            }
        }
    }

    /// All offsets, from array to array.
    pub(crate) fn offsets(&self, file: &JournalFile) -> impl Iterator<Item = u64> {
        let arrays = self.arrays.iter().enumerate().flat_map(move |(at, array)| {
            let end = self.arrays.get(at + 1).map_or(self.len, |next| next.before);
            let object = file.entry_array(array.offset).ok();
            let used = 0..end - array.before;
            object.into_iter().flat_map(move |object| used.clone().map(move |at| object.get(at)))
        });
        self.first.into_iter().filter(|_| self.len > 0).chain(arrays)
    }

    /// The first index for which `before` no longer holds. It is looked for as journald does it:
    /// from array to array by their last entries, then within one. If the wall clock was set back,
    /// it matters where one looks first.
    pub(crate) fn partition_point(&self, mut before: impl FnMut(usize) -> bool) -> usize {
        let mut start = 0;
        let starts = self.arrays.iter().map(|array| array.before);
        for end in starts.chain([self.len]).filter(|end| *end > 0) {
            if end > start && !before(end - 1) {
                return start + partition_point(end - 1 - start, |at| before(start + at));
            }
            start = end;
        }
        self.len
    }

    /// Whether the entry at `offset` is in the list.
    pub(crate) fn contains(&self, file: &JournalFile, offset: u64) -> bool {
        let at = partition_point(self.len, |at| self.get(file, at).is_some_and(|it| it < offset));
        self.get(file, at) == Some(offset)
    }
}

/// The first index in `0..len` for which `before` no longer holds.
pub(crate) fn partition_point(len: usize, mut before: impl FnMut(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// How many of the slots are used: the first 0 ends them.
fn filled(slots: usize, get: impl Fn(usize) -> u64) -> usize {
    (0..slots).position(|at| get(at) == 0).unwrap_or(slots)
}
