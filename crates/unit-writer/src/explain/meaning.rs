//! What words mean: the table in `data/meanings.tsv`.
//!
//! The words of keys are those that a learner meets in the first units: types of services,
//! restarts, kill modes, the sandbox. The man pages take a table or a page for each of these keys;
//! one sentence is enough to go on reading the unit.

/// The words of a key, or of what the story tells, with their meanings.
pub(super) fn meanings(about: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = include_str!("../../data/meanings.tsv").lines();
    let rows = rows.filter_map(move |row| row.strip_prefix(about)?.strip_prefix('\t'));
    rows.filter_map(|row| row.split_once('\t'))
}

/// What one word means.
pub(super) fn word_meaning(about: &str, word: &str) -> Option<&'static str> {
    meanings(about).find(|(known, _)| *known == word).map(|(_, meaning)| meaning)
}
