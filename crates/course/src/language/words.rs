//! Texts by their English ones: the course's own, and those of each lesson and exercise.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use check_report::Text;
use serde::Deserialize;

use super::which::Language;
use crate::exercise::{Exercise, tables};
use crate::files::read_text;

/// What the course, the lab and the checks' library say in Spanish.
pub(super) const COURSE: &str = include_str!("../../es.toml");

/// The texts of the quizzes, below the project's root.
pub(super) const QUIZ: &str = "docs/es/quiz.toml";

/// All that is said in a language. Nothing is read for English, and the exercises' texts only when
/// one is wanted that the course itself does not have.
#[derive(Debug, Default)]
pub(crate) struct Words {
    pub(crate) language: Language,
    root: Option<PathBuf>,
    course: OnceLock<HashMap<String, String>>,
    exercises: OnceLock<HashMap<String, String>>,
}

impl Words {
    /// What is said in `language`, in the course at `root`.
    pub(crate) fn of(language: Language, root: Option<&Path>) -> Self {
        Words { language, root: root.map(Path::to_owned), ..Words::default() }
    }

    /// What `exercise` says in Spanish, whatever the learner reads.
    pub(crate) fn spanish(exercise: &Exercise) -> Self {
        Words::of(Language::Spanish, exercise.root())
    }

    /// What is said for the `english` text, if that is another one.
    pub(crate) fn get(&self, english: &str) -> Option<String> {
        match self.language {
            Language::English => None,
            Language::Spanish => {
                self.course().get(english).or(self.exercises().get(english)).cloned()
            }
        }
    }

    /// The text in the language.
    pub(crate) fn fill(&self, text: &Text) -> String {
        text.fill(&|english| self.get(english))
    }

    fn course(&self) -> &HashMap<String, String> {
        // It is a part of the program, and a test reads it.
        self.course.get_or_init(|| {
            TextTable::parse(COURSE).into_iter().flat_map(TextTable::texts).collect()
        })
    }

    fn exercises(&self) -> &HashMap<String, String> {
        self.exercises.get_or_init(|| {
            let mut paths = self.root.as_deref().map(tables).unwrap_or_default();
            paths.extend(self.root.as_ref().map(|root| root.join(QUIZ)));
            // A table with a fault is shown by the tests, and English until then.
            let read = |path: PathBuf| TextTable::parse(&read_text(&path, &path).ok()?).ok();
            paths.into_iter().filter_map(read).flat_map(TextTable::texts).collect()
        })
    }
}

/// One `es.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TextTable {
    /// Whether the lesson's exercises say nothing that has no text here: `verify` proves it.
    pub(crate) whole: bool,
    /// Of an exercise: its title.
    pub(super) title: BTreeMap<String, String>,
    /// Its hints.
    pub(super) hints: BTreeMap<String, String>,
    /// Its promises, by the names of the tests.
    pub(super) promises: BTreeMap<String, String>,
    /// What is said.
    pub(super) words: BTreeMap<String, String>,
    /// What the command line's help says.
    pub(super) help: BTreeMap<String, String>,
    /// The comments of its starter.
    pub(super) starter: BTreeMap<String, String>,
    /// What is the same in Spanish, or is no text: names, man pages, a unit's lines.
    pub(super) untranslated: Vec<String>,
}

impl TextTable {
    pub(crate) fn parse(text: &str) -> Result<TextTable, toml::de::Error> {
        toml::from_str(text)
    }

    /// The sections, by name.
    #[cfg(test)]
    pub(super) fn sections(&self) -> [(&'static str, &BTreeMap<String, String>); 6] {
        [
            ("title", &self.title),
            ("hints", &self.hints),
            ("promises", &self.promises),
            ("words", &self.words),
            ("help", &self.help),
            ("starter", &self.starter),
        ]
    }

    /// All texts by their English ones.
    fn texts(self) -> impl Iterator<Item = (String, String)> + use<> {
        let promises = self.promises.into_iter().map(|(name, text)| (name.replace('_', " "), text));
        let same = self.untranslated.into_iter().map(|text| (text.clone(), text));
        [self.title, self.hints, self.words, self.help, self.starter]
            .into_iter()
            .flatten()
            .chain(promises)
            .chain(same)
    }
}
