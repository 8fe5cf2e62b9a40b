//! `exercise.toml`: what an exercise is called, what the learner may edit, and what its check
//! needs.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Component, Path};

use check_report::Text;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files::read_text;

/// What `exercise.toml` says. A missing key or one that is not here is an error.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The one idea, as a heading.
    pub(crate) title: String,
    /// The files that the learner may edit, relative to the starter.
    pub(crate) edit: Vec<String>,
    /// How much of a system the check needs.
    pub(crate) rung: Rung,
    /// How many of its promises are tried at a time, where that is not the rung's usual number: all
    /// of them, if nothing but time is what most of them take.
    pub(crate) side_by_side: Option<NonZero<u8>>,
    /// How long a learner takes.
    pub(crate) minutes: u8,
    /// The contents of earlier versions that asked for the same, as `progress.json` calls them: who
    /// has passed one of those has passed this.
    #[serde(default)]
    pub(crate) earlier: Vec<String>,
    /// What each promise is worth, by the name of its function; empty where only all of them count.
    #[serde(default)]
    pub(crate) marks: BTreeMap<String, u32>,
    /// From a nudge to almost there.
    pub(crate) hints: Vec<String>,
    /// How it is tried by hand.
    #[serde(default)]
    pub(crate) by_hand: ByHand,
}

/// How an exercise is tried by hand, in a lab with the learner's files installed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ByHand {
    /// What the check prepares besides: a script for the lab's shell, run in the directory with the
    /// learner's files.
    pub(crate) prepare: String,
    /// What to type first.
    #[serde(rename = "try")]
    pub(crate) try_first: Vec<String>,
}

/// How many marks a promise can be worth: a table of them should add up in one's head.
const MARKS_MAX: u32 = 100;

/// What a verdict rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rung {
    /// The files are read.
    Static,
    /// The program runs, as a black box.
    Process,
    /// It runs under a real systemd.
    Lab,
}

impl Rung {
    /// How many promises are tried at a time. Under systemd, those of one exercise share units, and
    /// take turns, unless the exercise says that they don't.
    pub(crate) fn side_by_side(self) -> NonZero<u8> {
        const FOUR: NonZero<u8> = NonZero::new(4).unwrap();
        if self == Rung::Lab { NonZero::<u8>::MIN } else { FOUR }
    }

    /// What a verdict on this rung rests on, for the learner.
    pub(crate) fn in_words(self) -> Text {
        match self {
            Rung::Static => "reading your files (static rung)".into(),
            Rung::Process => "running your program (process rung)".into(),
            Rung::Lab => "what systemd makes of it (lab rung)".into(),
        }
    }
}

impl Manifest {
    pub(super) fn read(dir: &Path) -> Result<Self, Error> {
        let path = dir.join("exercise.toml");
        let wrong = |cause: String| Error::cannot_read(&path, &cause);
        let text = read_text(&path, &path)?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            wrong(format!("line {line}: {}", error.message()))
        })?;
        manifest.check().map_err(wrong)?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        if self.title.trim().is_empty() {
            return Err("the title is empty".to_owned());
        }
        if self.edit.is_empty() {
            return Err("`edit` names no file".to_owned());
        }
        for file in &self.edit {
            // A submission must not reach out of its directory.
            let plain =
                Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
            if !plain || file.is_empty() {
                return Err(format!("`edit`: {file:?} is no path below the starter"));
            }
        }
        if let Some((promise, marks)) =
            self.marks.iter().find(|(_, marks)| !(1..=MARKS_MAX).contains(*marks))
        {
            return Err(format!("`marks`: {promise} has {marks}: give it 1 to {MARKS_MAX}"));
        }
        if !(2..=3).contains(&self.hints.len()) {
            return Err(format!("there are {} hints: write 2 or 3", self.hints.len()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Manifest;

    const GOOD: &str = r#"
title = "Append"
edit = ["src/main.rs"]
rung = "process"
minutes = 8
hints = ["a", "b"]
"#;

    fn read(text: &str) -> Result<Manifest, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("exercise.toml"), text).unwrap();
        Manifest::read(dir.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_whole_manifest_is_read() {
        assert_eq!(read(GOOD).unwrap().edit, ["src/main.rs"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        #[track_caller]
        fn check(from: &str, to: &str, cause: &str) {
            let error = read(&GOOD.replace(from, to)).unwrap_err();
            assert!(error.contains(cause) && !error.contains('\n'), "{error}");
        }
        check("title = \"Append\"\n", "", "missing field `title`");
        check("minutes", "minuets", "unknown field `minuets`");
        check("\"process\"", "\"proces\"", "unknown variant `proces`");
        check("= 8", "= \"8\"", "line 5: invalid type");
        check("= 8", "= ", "line 5");
        check("src/main.rs", "../main.rs", "no path below the starter");
        check("src/main.rs", "/etc/passwd", "no path below the starter");
        check("[\"src/main.rs\"]", "[]", "names no file");
        check(", \"b\"", "", "1 hints");
        check("\"b\"]\n", "\"b\"]\n[marks]\nkeeps = 0\n", "keeps has 0");
        check("\"b\"]\n", "\"b\"]\n[marks]\nkeeps = -1\n", "line 8: invalid value");
    }
}
