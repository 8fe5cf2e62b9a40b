//! `docs/es/lock`: which English piece each Spanish one was translated from.
//!
//! A line a piece: the page, the hash of the English text, the hash of the Spanish one, whether it
//! is known to be stale, and a seal over all that: a line that was written by hand has none.

use std::path::Path;

use crate::error::Error;
use crate::files::{hash, read_text};

/// Where it is, below the project's root.
pub(crate) const PATH: &str = "docs/es/lock";

/// What is known of one Spanish piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The Spanish page, from the project's root.
    pub(super) page: String,
    /// The English text that it was translated from.
    pub(super) english: u64,
    /// The Spanish text that was blessed.
    pub(super) spanish: u64,
    /// The English text has changed, and the Spanish one is not shown until it is done anew.
    pub(super) stale: bool,
}

impl Entry {
    /// Reads a line; nothing if the course has not written it.
    fn parse(line: &str) -> Option<Entry> {
        let mut words = line.split(' ');
        let mut next = || words.next();
        let (page, english, spanish) = (next()?, number(next()?)?, number(next()?)?);
        let stale = match next()? {
            "fresh" => false,
            "stale" => true,
            _ => return None,
        };
        let entry = Entry { page: page.to_owned(), english, spanish, stale };
        (entry.line() == line).then_some(entry)
    }

    fn line(&self) -> String {
        let state = if self.stale { "stale" } else { "fresh" };
        let said = format!("{} {:016x} {:016x} {state}", self.page, self.english, self.spanish);
        let seal = hash(said.bytes().chain(*b" servicios")) as u32;
        format!("{said} {seal:08x}")
    }
}

fn number(text: &str) -> Option<u64> {
    (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok())?
}

/// The lock of the project at `root`; empty if there is none.
pub(super) fn read(root: &Path) -> Result<String, Error> {
    let path = root.join(PATH);
    if path.exists() { read_text(&path, Path::new(PATH)) } else { Ok(String::new()) }
}

/// What `lock` knows of `page`. Lines that make no sense are passed over: what they would say is
/// not known, so English is shown.
pub(super) fn of_page(lock: &str, page: &str) -> Vec<Entry> {
    lock.lines().filter(|line| page_of(line) == page).filter_map(Entry::parse).collect()
}

/// The numbers of the lines that nobody but a hand has written.
pub(super) fn edited(lock: &str) -> Vec<usize> {
    let numbered = (1..).zip(lock.lines());
    numbered.filter(|(_, line)| Entry::parse(line).is_none()).map(|(number, _)| number).collect()
}

/// The lock with other entries for `page`.
pub(super) fn with_page(lock: &str, page: &str, entries: &[Entry]) -> String {
    let others = lock.lines().filter(|line| page_of(line) != page).map(str::to_owned);
    let mut lines: Vec<String> = others.chain(entries.iter().map(Entry::line)).collect();
    // The order of the pieces stays: the sort is stable.
    lines.sort_by(|a, b| page_of(a).cmp(page_of(b)));
    lines.into_iter().map(|line| line + "\n").collect()
}

fn page_of(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Entry, edited, of_page, with_page};

    fn entry(page: &str, english: u64) -> Entry {
        Entry { page: page.to_owned(), english, spanish: 7, stale: english == 2 }
    }

    #[test]
    fn what_was_written_is_read_again_in_its_order() {
        let ours = [entry("a.md", 3), entry("a.md", 1), entry("a.md", 2)];
        let lock = with_page("", "b.md", &[entry("b.md", 1)]);
        let lock = with_page(&lock, "a.md", &ours);
        assert_eq!(of_page(&lock, "a.md"), ours);
        assert_eq!(of_page(&lock, "b.md").len(), 1);
        assert!(of_page(&lock, "a").is_empty());
        assert!(edited(&lock).is_empty());
        assert_eq!(with_page(&lock, "a.md", &[]).lines().count(), 1);
    }

    #[test]
    fn a_line_that_was_changed_by_hand_is_found_and_not_believed() {
        let lock = with_page("", "a.md", &[entry("a.md", 1), entry("a.md", 2)]);
        for forged in
            [lock.replace("stale", "fresh"), lock.replacen('7', "8", 2), lock.clone() + "x\n"]
        {
            assert_eq!(edited(&forged).len(), 1, "{forged}");
        }
        assert_eq!(of_page(&lock.replace("stale", "fresh"), "a.md").len(), 1);
    }
}
