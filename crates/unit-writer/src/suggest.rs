//! "Did you mean": the key, word or name that somebody was about to write.

use strsim::osa_distance;
use systemd_types::UnitName;
use unit_file::directives::{self, Directive, by_key, has_word};

/// What an unknown key was probably meant to be.
#[derive(Clone, Debug)]
pub enum Suggestion {
    /// The key is right, and belongs in another section.
    OtherSection(&'static Directive),
    /// Only the case of the letters is wrong.
    Case(&'static Directive),
    /// One letter is wrong, and just one key is so near.
    Typo(&'static Directive),
    /// Keys that are spelt nearly so.
    Spelling(Vec<&'static Directive>),
}

/// Looks for the key that was meant, among those of the sections that the unit can have.
///
/// ```
/// use unit_writer::suggest::{Suggestion, suggest};
///
/// let meant = suggest("Service", "Restat", &["Unit", "Service"], 252);
/// assert!(matches!(meant, Some(Suggestion::Typo(row)) if row.key == "Restart"));
/// // As near to MemoryMax= as to MemoryMin=, its contrary: nobody should choose for the author.
/// let meant = suggest("Service", "MemoryMan", &["Unit", "Service"], 252);
/// assert!(matches!(meant, Some(Suggestion::Spelling(rows)) if rows.len() == 2));
/// ```
pub fn suggest(section: &str, key: &str, sections: &[&str], version: u32) -> Option<Suggestion> {
    let fits = |row: &&Directive| {
        sections.iter().any(|section| row.is_in(section)) && row.works_in(version)
    };
    if let Some(row) = by_key(key).find(fits) {
        return Some(Suggestion::OtherSection(row));
    }
    // A key of another type of unit is no slip of the pen: Nice= in a slice is not Slice=.
    if by_key(key).next().is_some() {
        return None;
    }
    let is_usable =
        |row: &&Directive| row.is_in(section) && row.works_in(version) && row.instead.is_none();
    let here: Vec<&Directive> = directives::all().filter(is_usable).collect();
    if let Some(row) = here.iter().find(|row| row.key.eq_ignore_ascii_case(key)) {
        return Some(Suggestion::Case(row));
    }
    let by_words = by_its_words(key, &here);
    let is_other_name = OTHER_NAMES.iter().any(|(other, _)| *other == key);
    if let Some(row) = by_words.filter(|row| is_other_name || row.key.len() == key.len()) {
        return Some(Suggestion::Spelling(vec![row]));
    }
    // A key of another section in another case is nearer than anything misspelt.
    let same = directives::all().filter(fits).find(|row| row.key.eq_ignore_ascii_case(key));
    if let Some(row) = same {
        return Some(Suggestion::OtherSection(row));
    }
    let distance =
        |row: &Directive| osa_distance(&row.key.to_ascii_lowercase(), &key.to_ascii_lowercase());
    let least = here.iter().map(|row| distance(row)).min().filter(|least| *least <= tolerance(key));
    let near = here.iter().copied().filter(|row| Some(distance(row)) == least);
    match near.collect::<Vec<_>>()[..] {
        [] => by_words.map(|row| Suggestion::Spelling(vec![row])),
        [row] if least == Some(1) => Some(Suggestion::Typo(row)),
        ref rows => Some(Suggestion::Spelling(rows.to_vec())),
    }
}

/// What other service managers, and people, call some keys.
const OTHER_NAMES: [(&str, &str); 7] = [
    ("Listen", "ListenStream"),
    ("Exec", "ExecStart"),
    ("Command", "ExecStart"),
    ("Username", "User"),
    ("Env", "Environment"),
    ("WorkDir", "WorkingDirectory"),
    ("RestartDelay", "RestartSec"),
];

/// `ExecPreStart` has the words of ExecStartPre=, `WorkingDir` begins as WorkingDirectory= does.
fn by_its_words<'a>(key: &str, rows: &[&'a Directive]) -> Option<&'a Directive> {
    let words = |key: &str| {
        let mut words: Vec<String> = Vec::new();
        for c in key.chars() {
            match words.last_mut() {
                Some(word) if !c.is_ascii_uppercase() => word.push(c.to_ascii_lowercase()),
                _ => words.push(c.to_ascii_lowercase().to_string()),
            }
        }
        words.sort();
        words
    };
    if let Some((_, meant)) = OTHER_NAMES.iter().find(|(other, _)| *other == key) {
        return rows.iter().find(|row| row.key == *meant).copied();
    }
    let own = words(key);
    let same_words = rows.iter().find(|row| words(row.key) == own);
    let begins = |row: &&&Directive| key.len() >= 4 && row.key.starts_with(key);
    same_words.or_else(|| rows.iter().filter(begins).min_by_key(|row| row.key.len())).copied()
}

/// The word of a list that is nearest to one that is not in it.
pub fn nearest<'a>(word: &str, list: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_ascii_lowercase();
    // The lengths differ by as many letters at least.
    let is_near = |known: &&str| known.len().abs_diff(word.len()) <= tolerance(word);
    let distance = |known: &str| osa_distance(&known.to_ascii_lowercase(), &lower);
    let near = list.into_iter().filter(is_near).map(|known| (distance(known), known));
    let nearest = near.min_by_key(|(distance, _)| *distance);
    nearest.filter(|(distance, _)| *distance <= tolerance(word)).map(|(_, known)| known)
}

/// `network` was meant to be `network.target`, another bare name probably a service, and what has
/// commas between its names a list.
pub fn with_suffix(text: &str) -> Option<String> {
    let parts = text.split([',', ';']).filter(|part| !part.is_empty());
    let names: Option<Vec<String>> = parts.map(name_of).collect();
    names.filter(|names| !names.is_empty()).map(|names| names.join(" "))
}

fn name_of(text: &str) -> Option<String> {
    let targets = "network network-online multi-user graphical basic sysinit local-fs remote-fs \
                   time-sync default network-pre nss-lookup sockets timers paths shutdown rescue \
                   emergency";
    let suffix = if has_word(targets, text) { "target" } else { "service" };
    let names = [text.to_owned(), format!("{text}.{suffix}")];
    names.into_iter().find(|name| UnitName::new(name).is_ok())
}

/// How many letters may differ: in a short word, few.
fn tolerance(word: &str) -> usize {
    match word.len() {
        0..=3 => 1,
        4..=6 => 2,
        _ => 3,
    }
}
