//! Which entries one wants to see: tests of fields, combined with AND, OR and NOT; and how a file
//! answers them from its index, without looking at a single entry.

use regex::bytes::Regex;

use crate::compression::Decoder;
use crate::entry::Entry;
use crate::entry_list::{EntryList, partition_point};
use crate::file::JournalFile;
use crate::pattern::glob_matches;

/// A condition on entries.
#[derive(Clone, Debug)]
pub enum Filter {
    /// An entry has this `FIELD=value`.
    Is(Vec<u8>),
    /// An entry has the field with a value for which the test holds.
    Field(Vec<u8>, Test),
    /// All of these hold; with none of them, each entry passes.
    All(Vec<Filter>),
    /// At least one of these holds; with none of them, no entry passes.
    Any(Vec<Filter>),
    /// This does not hold. An entry without the field passes `Not(Is("FIELD=value"))`.
    Not(Box<Filter>),
}

/// A test of a field's value.
#[derive(Clone, Debug)]
pub enum Test {
    /// It matches a pattern of the shell, as `*.service`; glob(7).
    Glob(Vec<u8>),
    /// It contains something that matches the expression.
    Regex(Regex),
    /// Any value will do.
    Exists,
}

impl Test {
    fn holds(&self, value: &[u8]) -> bool {
        match self {
            Test::Glob(pattern) => glob_matches(pattern, value),
            Test::Regex(regex) => regex.is_match(value),
            Test::Exists => true,
        }
    }
}

/// The entries of one file that pass a filter.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// As they stand in the file.
    List(EntryList),
    /// Put together: offsets, going up.
    Offsets(Vec<u64>),
}

impl Found {
    pub(crate) fn len(&self) -> usize {
        match self {
            Found::List(list) => list.len(),
            Found::Offsets(offsets) => offsets.len(),
        }
    }

    /// The first index for which `before` no longer holds.
    pub(crate) fn partition_point(&self, before: impl FnMut(usize) -> bool) -> usize {
        match self {
            Found::List(list) => list.partition_point(before),
            Found::Offsets(offsets) => partition_point(offsets.len(), before),
        }
    }

    pub(crate) fn get(&self, file: &JournalFile, index: usize) -> Option<u64> {
        match self {
            Found::List(list) => list.get(file, index),
            Found::Offsets(offsets) => offsets.get(index).copied(),
        }
    }

    fn into_offsets(self, file: &JournalFile) -> Vec<u64> {
        match self {
            Found::Offsets(offsets) => offsets,
            Found::List(list) => {
                let mut offsets = Vec::new();
                list.collect_into(file, &mut offsets);
                offsets
            }
        }
    }

    /// Keeps of `offsets` those that are found here.
    fn retain(&self, file: &JournalFile, offsets: &mut Vec<u64>) {
        match self {
            // A search for each is quicker than reading a list that is much longer.
            Found::List(list) if list.len() / 64 > offsets.len() => {
                offsets.retain(|offset| list.contains(file, *offset));
            }
            found => {
                let others = found.clone().into_offsets(file);
                let mut others = others.iter().peekable();
                offsets.retain(|offset| {
                    while others.next_if(|other| *other < offset).is_some() {}
                    others.next_if(|other| *other == offset).is_some()
                });
            }
        }
    }
}

impl Filter {
    /// The condition that each entry passes.
    pub fn everything() -> Filter {
        Filter::All(Vec::new())
    }

    /// The entries of `file` that pass.
    pub(crate) fn find(&self, file: &JournalFile) -> Found {
        let none = || Found::Offsets(Vec::new());
        match self {
            Filter::Is(payload) => {
                let data = file.find_data(payload, &mut Decoder::new());
                let entries = data.and_then(|offset| file.entries_of(offset).ok());
                entries.map_or_else(none, Found::List)
            }
            Filter::Field(name, test) => find_values(file, name, test),
            Filter::All(filters) if filters.is_empty() => Found::List(file.entries()),
            Filter::All(filters) => find_all(file, filters),
            Filter::Any(filters) => {
                union(file, filters.iter().map(|filter| filter.find(file)).collect())
            }
            Filter::Not(filter) => {
                let without = filter.find(file).into_offsets(file);
                let mut without = without.iter().peekable();
                let mut offsets = Found::List(file.entries()).into_offsets(file);
                offsets.retain(|offset| {
                    while without.next_if(|other| *other < offset).is_some() {}
                    without.next_if(|other| *other == offset).is_none()
                });
                Found::Offsets(offsets)
            }
        }
    }

    /// Whether one entry passes; for entries that are not in the index yet.
    pub fn passes(&self, entry: &Entry<'_>) -> bool {
        match self {
            Filter::Is(payload) => entry.has_payload(|other| other == payload),
            Filter::Field(name, test) => entry.has_payload(|payload| {
                let value = payload.strip_prefix(name.as_slice());
                value.and_then(|rest| rest.strip_prefix(b"=")).is_some_and(|it| test.holds(it))
            }),
            Filter::All(filters) => filters.iter().all(|filter| filter.passes(entry)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.passes(entry)),
            Filter::Not(filter) => !filter.passes(entry),
        }
    }
}

/// The rarest condition first: what it leaves is all that the others are asked about.
fn find_all(file: &JournalFile, filters: &[Filter]) -> Found {
    let mut found: Vec<Found> = filters.iter().map(|filter| filter.find(file)).collect();
    found.sort_by_key(Found::len);
    let mut found = found.into_iter();
    let Some(rarest) = found.next() else { return Found::Offsets(Vec::new()) };
    if found.len() == 0 {
        return rarest;
    }
    let mut offsets = rarest.into_offsets(file);
    for other in found {
        other.retain(file, &mut offsets);
    }
    Found::Offsets(offsets)
}

/// Each value of the field is tested once, however many entries have it.
fn find_values(file: &JournalFile, name: &[u8], test: &Test) -> Found {
    let mut decoder = Decoder::new();
    let holds = |offset: u64, decoder: &mut Decoder| {
        let payload = file.payload(offset, decoder).ok()?;
        Some(test.holds(payload.strip_prefix(name)?.strip_prefix(b"=")?))
    };
    let mut found = Vec::new();
    for offset in file.values_of(name) {
        if holds(offset, &mut decoder) == Some(true) {
            found.extend(file.entries_of(offset).ok().map(Found::List));
        }
    }
    union(file, found)
}

fn union(file: &JournalFile, mut found: Vec<Found>) -> Found {
    found.retain(|found| found.len() > 0);
    if found.len() == 1 {
        return found.swap_remove(0);
    }
    let mut offsets = Vec::new();
    for found in found {
        match found {
            Found::List(list) => list.collect_into(file, &mut offsets),
            Found::Offsets(more) => offsets.extend(more),
        }
    }
    // Made of runs that go up already, which this sort merges.
    offsets.sort();
    offsets.dedup();
    Found::Offsets(offsets)
}
