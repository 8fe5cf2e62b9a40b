//! `Environment=`: words of the form `NAME=value`; systemd.exec(5).
//!
//! Not a shell: no `$` is expanded here, so `PATH=$PATH:/opt/bin` holds a dollar sign.

use std::ops::Range;

use super::{Backslash, Invalid, Word, split};

/// One word of `Environment=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvironmentWord {
    /// A variable that the service gets.
    Variable {
        /// The name.
        name: String,
        /// The value, quotes and escapes gone, specifiers not filled in.
        value: String,
        /// Where the word stands in the value.
        span: Range<usize>,
    },
    /// A word that systemd drops: no `=`, or a name that no variable can have.
    Dropped(Word),
}

/// Reads the words of a value of `Environment=`, up to one that can't be read.
///
/// ```
/// use unit_file::values::{EnvironmentWord, parse_environment};
///
/// let (words, error) = parse_environment("A=1 not-a-variable");
/// assert!(matches!(&words[0], EnvironmentWord::Variable { name, .. } if name == "A"));
/// assert!(matches!(&words[1], EnvironmentWord::Dropped(_)));
/// assert_eq!(error, None);
/// ```
pub fn parse_environment(value: &str) -> (Vec<EnvironmentWord>, Option<Invalid>) {
    let mut split = split(value, Backslash::Escapes);
    // In a command such an escape stays as it is; here systemd stops reading.
    if let Some(at) = split.words.iter().position(|word| word.unknown_escape) {
        let start = split.words[at].span.start;
        let reason = "the word has an escape that systemd does not know; a backslash is \\\\";
        split.words.truncate(at);
        split.error = Some(Invalid::at(start..value.len(), reason));
    }
    (split.words.into_iter().map(read_word).collect(), split.error)
}

/// A value may be empty and may have a = in it; the first one ends the name.
fn read_word(word: Word) -> EnvironmentWord {
    let text = match std::str::from_utf8(&word.bytes) {
        Ok(text) => text,
        Err(_) => return EnvironmentWord::Dropped(word),
    };
    match text.split_once('=') {
        Some((name, value)) if is_variable_name(name) => EnvironmentWord::Variable {
            name: name.to_owned(),
            value: value.to_owned(),
            span: word.span,
        },
        _ => EnvironmentWord::Dropped(word),
    }
}

/// Letters, digits and `_`, and no digit first; environ(7).
///
/// Programs read variables with getenv(3), which takes any name; shells take only these, and so
/// does systemd.
pub fn is_variable_name(name: &str) -> bool {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(valid) && !name.starts_with(|c: char| c.is_ascii_digit())
}
