//! "Did you mean": the key or word that somebody was about to write.

use strsim::osa_distance;

use unit_file::directives::{self, Directive, by_key};

/// What an unknown key was probably meant to be.
#[derive(Clone, Debug)]
pub enum Suggestion {
    /// The key is right, and belongs in another section.
    OtherSection(&'static Directive),
    /// Only the case of the letters is wrong.
    Case(&'static Directive),
    /// A key that is spelt nearly so, and how many letters differ.
    Spelling(&'static Directive, usize),
}

/// Looks for the key that was meant, among those of the sections that the unit can have.
pub fn suggest(section: &str, key: &str, sections: &[&str], version: u32) -> Option<Suggestion> {
    let fits = |row: &&Directive| {
        sections.iter().any(|section| row.is_in(section)) && row.works_in(version)
    };
    if let Some(row) = by_key(key).find(fits) {
        return Some(Suggestion::OtherSection(row));
    }
    let here =
        |row: &&Directive| row.is_in(section) && row.works_in(version) && row.instead.is_none();
    let candidates = directives::all().filter(here);
    if let Some(row) = candidates.clone().find(|row| row.key.eq_ignore_ascii_case(key)) {
        return Some(Suggestion::Case(row));
    }
    let distance =
        |row: &Directive| osa_distance(&row.key.to_ascii_lowercase(), &key.to_ascii_lowercase());
    let near = candidates
        .map(|row| (distance(row), row))
        .filter(|(distance, _)| *distance <= tolerance(key));
    let spelling = near
        .min_by_key(|(distance, _)| *distance)
        .map(|(distance, row)| Suggestion::Spelling(row, distance));
    // A key of another section in another case is nearer than anything misspelt.
    let elsewhere = || {
        let other = directives::all().filter(fits).find(|row| row.key.eq_ignore_ascii_case(key));
        other.map(Suggestion::OtherSection)
    };
    elsewhere().or(spelling)
}

/// The word that is spelt nearly like this one.
pub fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_ascii_lowercase();
    // The lengths differ by as many letters at least.
    let words =
        words.into_iter().filter(|known| known.len().abs_diff(word.len()) <= tolerance(word));
    let distances =
        words.into_iter().map(|known| (osa_distance(&known.to_ascii_lowercase(), &lower), known));
    distances
        .filter(|(distance, _)| *distance <= tolerance(word))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Long words may differ in more letters.
fn tolerance(word: &str) -> usize {
    match word.len() {
        0..=3 => 1,
        4..=6 => 2,
        _ => 3,
    }
}
