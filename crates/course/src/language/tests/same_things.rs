//! A Spanish text names the things that its English one names: settings, signals, files, numbers.

use std::collections::BTreeSet;

use super::assert_none;
use super::tables::{all, place};

/// What is another word in Spanish, though it looks like a name.
const TRANSLATED: [&str; 4] = ["FAIL", "FAILED", "COMMAND", "docs/en/real-machine.md"];
const ENDINGS: [&str; 11] = [
    ".service", ".socket", ".target", ".timer", ".mount", ".path", ".rs", ".toml", ".md", ".log",
    ".conf",
];

#[test]
fn a_spanish_text_names_the_same_things() {
    let mut faults = Vec::new();
    for (path, table) in all() {
        let sections = table.sections().into_iter().filter(|(name, _)| *name != "promises");
        for (english, spanish) in sections.flat_map(|(_, texts)| texts) {
            let (wanted, got) = (names(english), names(spanish));
            // What a value of the command line is called is one word in capitals.
            if wanted.contains(english.as_str())
                || TRANSLATED.iter().any(|name| wanted.contains(name))
            {
                continue;
            }
            if wanted != got {
                let lost: Vec<_> = wanted.difference(&got).collect();
                let new: Vec<_> = got.difference(&wanted).collect();
                let place = place(&path, english);
                faults.push(format!("{place}: lost {lost:?}, new {new:?}:\n  {english}"));
            }
        }
    }
    assert_none(&faults);
}

/// The words of a text that are the same in all languages.
fn names(text: &str) -> BTreeSet<&str> {
    let parts =
        text.split(|char: char| char.is_whitespace() || "«»“”…,;:!?¿¡()\"'`|<>".contains(char));
    let words = parts.map(|word| word.trim_matches(|char| ".,;:()".contains(char)));
    words.filter(|word| is_name(word)).collect()
}

fn is_name(word: &str) -> bool {
    let is_option = word.strip_prefix('-').is_some_and(|rest| {
        rest.trim_start_matches('-').starts_with(|char: char| char.is_ascii_lowercase())
    });
    let is_capital = |char: char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_';
    is_option
        || word.contains(|char: char| char.is_ascii_digit() || "=/_@$\\%{}".contains(char))
        || word.len() > 2 && word.chars().all(is_capital)
        || ENDINGS.iter().any(|ending| word.ends_with(ending))
}

#[test]
fn names_are_found_and_words_are_not() {
    let text = "SIGTERM ends it («after 90 s»), says `Restart=` in web.service; see signal(7), -n.";
    let expected = ["SIGTERM", "90", "Restart=", "web.service", "7", "-n"];
    assert_eq!(names(text), expected.into());
    assert!(names("systemd no lo hace, ni A ni B.").is_empty());
}
