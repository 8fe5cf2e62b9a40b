//! Specifiers: the `%n` and `%i` that systemd fills in when it loads the unit; systemd.unit(5),
//! "Specifiers".
//!
//! They are read in nearly every value, also inside quotes. A `%` that should stay one is written
//! `%%`.
//!
//! The list is that of systemd.unit(5), each with the first release that has it in its sources; it
//! is data, in `data/specifiers.tsv`.

use std::sync::OnceLock;

/// A specifier's letter, its meaning, and the version that brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Specifier {
    /// The letter after the `%`.
    pub letter: char,
    /// What it becomes.
    pub meaning: &'static str,
    /// The first version that knows it.
    pub since: u32,
    /// Whether `[Install]` knows it too; systemctl reads that section, not the manager.
    pub in_install: bool,
}

/// Who reads a value, which decides about the specifiers it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The service manager, which reads all but `[Install]`.
    Manager,
    /// systemctl, which reads `[Install]`.
    Systemctl,
}

/// A `%` in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecifierUse {
    /// `%%`, a percent sign.
    Percent,
    /// One that systemd fills in.
    Known(&'static Specifier),
    /// A letter or digit that means nothing here: systemd refuses to expand the value.
    Unknown(char),
    /// A `%` before anything else or at the end: it stays a percent sign.
    Literal,
}

/// The `%`s of a value and their offsets, judged for a version of systemd.
///
/// ```
/// use unit_file::values::{Reader, SpecifierUse, specifiers};
///
/// let used: Vec<_> = specifiers("100%% of %n", Reader::Manager, 252).collect();
/// assert!(matches!(used[..], [(3, SpecifierUse::Percent), (9, SpecifierUse::Known(_))]));
/// ```
pub fn specifiers(
    value: &str,
    reader: Reader,
    version: u32,
) -> impl Iterator<Item = (usize, SpecifierUse)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let found = at + value[at..].find('%')?;
        let next = value[found + 1..].chars().next();
        at = found + 1 + next.map_or(0, char::len_utf8);
        Some((found, use_of(next, reader, version)))
    })
}

/// A letter that systemd doesn't know makes filling in fail; a sign that is no letter leaves the
/// % as it is, so "100%" at the end of a text is fine.
fn use_of(letter: Option<char>, reader: Reader, version: u32) -> SpecifierUse {
    match letter {
        Some('%') => SpecifierUse::Percent,
        Some(letter) if letter.is_ascii_alphanumeric() => {
            let usable = |known: &&Specifier| {
                known.letter == letter
                    && known.since <= version
                    && (known.in_install || reader == Reader::Manager)
            };
            let known = table().iter().find(usable);
            known.map_or(SpecifierUse::Unknown(letter), SpecifierUse::Known)
        }
        _ => SpecifierUse::Literal,
    }
}

/// The specifier of a letter, whatever the version.
///
/// For messages about units that are for another version.
pub fn specifier_of(letter: char) -> Option<&'static Specifier> {
    table().iter().find(|known| known.letter == letter)
}

/// All specifiers; a test sees to it that each line of the text is one.
fn table() -> &'static [Specifier] {
    static TABLE: OnceLock<Vec<Specifier>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = include_str!("../../data/specifiers.tsv");
        text.lines().filter(|line| !line.starts_with('#')).filter_map(read_row).collect()
    })
}

fn read_row(line: &'static str) -> Option<Specifier> {
    let mut columns = line.splitn(4, '\t');
    let letter = columns.next()?.parse().ok()?;
    let since = columns.next()?.parse().ok()?;
    let in_install = columns.next()? == "yes";
    Some(Specifier { letter, since, in_install, meaning: columns.next()? })
}
