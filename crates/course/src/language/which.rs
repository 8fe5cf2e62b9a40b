//! The languages that there are.

use std::fmt;
use std::path::Path;

/// A language that the course speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    /// The one that all texts are written in first.
    #[default]
    English,
    /// The one of the notes that this course grew from.
    Spanish,
}

impl Language {
    const ALL: [Language; 2] = [Language::English, Language::Spanish];

    /// The language called `code`, as ISO 639 calls it: `es`.
    pub(crate) fn from_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }

    /// What ISO 639 calls it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Spanish => "es",
        }
    }

    /// The one that the page at `path` is written in.
    pub(crate) fn of_page(path: &Path) -> Language {
        let is_spanish = path.starts_with("docs/es");
        if is_spanish { Language::Spanish } else { Language::English }
    }

    /// All of them, for a message.
    pub(crate) fn known() -> String {
        Language::ALL.map(|language| format!("{} ({language})", language.code())).join(", ")
    }
}

impl fmt::Display for Language {
    /// What its speakers call it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::English => "English",
            Language::Spanish => "español",
        })
    }
}
