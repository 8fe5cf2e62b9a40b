//! Which questions were missed: `work/quiz.json`, on the learner's own machine and nowhere else.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::question::Question;
use crate::error::Error;
use crate::files::read_text;
use crate::project::{Lesson, Project};

/// The questions that were missed and not answered since, as `date-daemon/killed`.
pub(super) struct Missed {
    path: PathBuf,
    names: BTreeSet<String>,
}

impl Missed {
    /// Reads what is remembered. A file that makes no sense holds nothing that is worth an error:
    /// the next answer writes it anew.
    pub(super) fn read(project: &Project) -> Result<Missed, Error> {
        let path = project.work.join("quiz.json");
        let text = if path.exists() { read_text(&path, &path)? } else { String::new() };
        Ok(Missed { path, names: serde_json::from_str(&text).unwrap_or_default() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn has_some_of(&self, lesson: &Lesson) -> bool {
        let start = format!("{}/", lesson.slug);
        self.names.iter().any(|name| name.starts_with(&start))
    }

    pub(super) fn has(&self, lesson: &Lesson, question: &Question) -> bool {
        self.names.contains(&name(lesson, question))
    }

    /// Remembers that the question was missed.
    pub(super) fn note(&mut self, lesson: &Lesson, question: &Question) -> Result<(), Error> {
        if self.names.insert(name(lesson, question)) { self.save() } else { Ok(()) }
    }

    /// The question was answered.
    pub(super) fn forget(&mut self, lesson: &Lesson, question: &Question) -> Result<(), Error> {
        if self.names.remove(&name(lesson, question)) { self.save() } else { Ok(()) }
    }

    fn save(&self) -> Result<(), Error> {
        self.write().map_err(|error| Error::write(&self.path, error))
    }

    /// Writes a file beside it and renames that: a reader sees the old list or the new one.
    fn write(&self) -> io::Result<()> {
        fs::create_dir_all(self.path.parent().unwrap_or(Path::new("/")))?;
        let beside = self.path.with_extension("json.new");
        // One that is there was left by a course that was stopped, or is a link.
        let _ = fs::remove_file(&beside);
        let mut file = File::create_new(&beside)?;
        file.write_all(serde_json::to_string_pretty(&self.names)?.as_bytes())?;
        fs::rename(beside, &self.path)
    }
}

fn name(lesson: &Lesson, question: &Question) -> String {
    format!("{}/{}", lesson.slug, question.name)
}
