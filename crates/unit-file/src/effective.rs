//! The unit that a file and its drop-ins make together: what holds after all lists are added up and
//! reset.

use crate::directives::{self, Directive};
use crate::syntax::{Assignment, UnitFile};

/// An assignment, and which of the files it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The file's index, in the order they were merged.
    pub file: usize,
    /// The assignment.
    pub assignment: &'a Assignment,
    /// What its key means in its section, if systemd knows it in any version.
    pub row: Option<&'static Directive>,
}

/// The assignments of several files, in the order systemd reads them: the unit file, then its
/// drop-ins.
///
/// ```
/// use unit_file::effective::Effective;
/// use unit_file::syntax::UnitFile;
///
/// let unit = UnitFile::parse("[Unit]\nAfter=a.service\n[Service]\nNice=1\n");
/// let drop_in = UnitFile::parse("[Unit]\nAfter=b.service\n[Service]\nNice=2\n");
/// let both = Effective::merge([&unit, &drop_in]);
/// assert_eq!(both.words("Unit", "After"), ["a.service", "b.service"]);
/// assert_eq!(both.last("Service", "Nice"), Some("2"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Effective<'a> {
    entries: Vec<Entry<'a>>,
    /// A bit for each key that is set, by [`mark`].
    marks: u128,
    files: usize,
}

impl<'a> Effective<'a> {
    /// Merges the files, the unit file first.
    pub fn merge(files: impl IntoIterator<Item = &'a UnitFile>) -> Effective<'a> {
        let mut effective = Effective::default();
        for (file, unit) in files.into_iter().enumerate() {
            effective.files = file + 1;
            effective.entries.reserve(unit.lines().len()); // about one line in two is an assignment
            for assignment in unit.assignments() {
                let row = directives::find(&assignment.section, &assignment.key);
                effective.marks |= mark(&assignment.key);
                effective.entries.push(Entry { file, assignment, row });
            }
        }
        effective
    }

    /// How many files were merged.
    pub fn files(&self) -> usize {
        self.files
    }

    /// Every assignment of every file.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// What holds of all keys: section by section and key by key, in the order they first appear.
    pub fn holding(&self) -> Vec<Entry<'a>> {
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for Entry { assignment, .. } in &self.entries {
            let name = (&*assignment.section, assignment.key.as_str());
            if !seen.contains(&name) {
                seen.push(name);
            }
        }
        let mut sections: Vec<&str> = Vec::new();
        for (section, _) in &seen {
            if !sections.contains(section) {
                sections.push(section);
            }
        }
        let keys_of = |section: &str| {
            seen.iter().filter(move |(other, _)| *other == section).copied().collect::<Vec<_>>()
        };
        let keys = sections.into_iter().flat_map(keys_of);
        keys.flat_map(|(section, key)| self.values(section, key)).collect()
    }

    /// What holds for a key: of a list, what was added since its last reset; of any other key, the
    /// last value.
    pub fn values(&self, section: &str, key: &str) -> Vec<Entry<'a>> {
        let mut values: Vec<Entry<'a>> = self.latest_first(section, key).collect();
        values.reverse();
        values
    }

    /// The same from the end, as far back as lines still hold.
    fn latest_first(&self, section: &str, key: &str) -> impl Iterator<Item = Entry<'a>> {
        // Most questions are about keys that nobody sets.
        let mut entries = if self.may_set(key) { self.entries.iter() } else { [].iter() };
        let mut holds = true;
        std::iter::from_fn(move || {
            while let Some(entry) = entries.next_back().filter(|_| holds) {
                let Entry { assignment, row, .. } = entry;
                let is_empty = assignment.value.is_empty();
                let is_key = assignment.key == key;
                let may_reset = is_key || is_empty && share_a_list(&assignment.key, key);
                if !may_reset || *assignment.section != *section {
                    continue;
                }
                let (is_list, resets) = row.map_or((true, false), |row| (row.is_list, row.resets));
                holds = is_list && !(is_empty && resets);
                if is_key && !is_empty {
                    return Some(*entry);
                }
            }
            None
        })
    }

    /// Whether some file may set a key, in whichever section: `false` is sure, and quickly said.
    pub fn may_set(&self, key: &str) -> bool {
        self.marks & mark(key) != 0
    }

    /// The value that holds last, if there is one.
    pub fn last(&self, section: &str, key: &str) -> Option<&'a str> {
        self.latest_first(section, key).next().map(|entry| entry.assignment.value.text())
    }

    /// The words of a list that holds, as they stand between blanks.
    pub fn words(&self, section: &str, key: &str) -> Vec<&'a str> {
        let values = self.values(section, key).into_iter();
        values.flat_map(|entry| entry.assignment.value.text().split_whitespace()).collect()
    }

    /// Whether a key has a value.
    pub fn has(&self, section: &str, key: &str) -> bool {
        self.latest_first(section, key).next().is_some()
    }

    /// Whether some file has this section with something in it.
    pub fn has_section(&self, section: &str) -> bool {
        self.entries.iter().any(|entry| *entry.assignment.section == *section)
    }
}

/// One of 128 bits for a key. Two keys may have the same one, but a key whose bit is not set is not
/// there.
fn mark(key: &str) -> u128 {
    let (bytes, length) = (key.as_bytes(), key.len());
    let byte = |at: usize| bytes.get(at).map_or(0, |byte| usize::from(*byte));
    let sum = length * 31 + byte(0) * 7 + byte(length / 2) * 13 + byte(length.saturating_sub(1));
    1 << (sum % 128)
}

/// Some keys share one list, so an empty value of one of them clears the others too.
fn share_a_list(one: &str, other: &str) -> bool {
    reset_group(one).is_some_and(|group| reset_group(other) == Some(group))
}

/// The list that a key adds to, if others do as well.
fn reset_group(key: &str) -> Option<&'static str> {
    ["Condition", "Assert", "Listen"].into_iter().find(|prefix| key.starts_with(prefix)).or(
        match key {
            "OnCalendar" | "OnActiveSec" | "OnBootSec" | "OnStartupSec" | "OnUnitActiveSec"
            | "OnUnitInactiveSec" => Some("On"),
            "PathExists" | "PathExistsGlob" | "PathChanged" | "PathModified"
            | "DirectoryNotEmpty" => Some("Path"),
            _ => None,
        },
    )
}
