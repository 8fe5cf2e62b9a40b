//! What is said and has no text in the learner's language.

use check_report::{Text, Value};

use super::words::{TextTable, Words};
use crate::exercise::Exercise;
use crate::files::read_text;

/// Whether the lesson of `exercise` claims to say nothing that has no Spanish text.
pub(crate) fn claims_to_be_whole(exercise: &Exercise) -> bool {
    let path = exercise.dir.with_file_name("es.toml");
    let table = read_text(&path, &path).ok().and_then(|text| TextTable::parse(&text).ok());
    table.is_some_and(|table| table.whole)
}

/// The templates in `text` that `words` has nothing for, with those of the values in it.
pub(crate) fn untranslated(text: &Text, words: &Words) -> Vec<String> {
    let mut found = Vec::new();
    if is_text(&text.template) && words.get(&text.template).is_none() {
        found.push(text.template.to_string());
    }
    for value in text.with.values() {
        if let Value::Text(text) = value {
            found.extend(untranslated(text, words));
        }
    }
    found
}

/// Whether a text says something to a reader: it has two words or more, or a word beside a value.
pub(super) fn is_text(literal: &str) -> bool {
    let plain = without_places(literal);
    let words = plain.split(|char: char| !char.is_alphabetic());
    let words = words.filter(|word| word.chars().count() > 1).count();
    let beside = |word: &str| {
        let word = word.trim_matches(|char: char| char.is_ascii_punctuation());
        word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let has_value = plain != literal && plain.split_whitespace().any(beside);
    literal.trim().contains(' ') && (words > 1 || has_value)
}

/// The text without `{name}`.
fn without_places(text: &str) -> String {
    let mut out = text.to_owned();
    for place in places(text) {
        out = out.replace(&place, "");
    }
    out
}

/// The places for values, each once, in order of their names.
pub(super) fn places(text: &str) -> Vec<String> {
    let parts = text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
    let is_name = |name: &&str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let mut places: Vec<String> = parts.filter(is_name).map(|name| format!("{{{name}}}")).collect();
    places.sort();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn a_word_beside_a_value_is_a_text_and_a_setting_is_none() {
        for text in ["two words", "{what} within {limit}", "{count} lines", "no {name}"] {
            assert!(is_text(text), "{text}");
        }
        for name in ["one", "LoadState={state}: {why}", "{a}, {b}", "PRIORITY={a}, {b}"] {
            assert!(!is_text(name), "{name}");
        }
    }
}
