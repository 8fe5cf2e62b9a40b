//! Which questions were missed: `work/quiz.json`, on the learner's own machine and nowhere else.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::ask::Answered;
use super::question::Question;
use crate::error::Error;
use crate::files::{read_text, write_json};
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

    /// Remembers what came of a question.
    pub(super) fn note(
        &mut self,
        lesson: &Lesson,
        question: &Question,
        answered: Answered,
    ) -> Result<(), Error> {
        let name = name(lesson, question);
        let is_new = match answered {
            Answered::Right => self.names.remove(&name),
            Answered::Wrong => self.names.insert(name),
            Answered::Skipped => false,
        };
        if is_new { self.save() } else { Ok(()) }
    }

    fn save(&self) -> Result<(), Error> {
        let beside = self.path.with_extension("json.new");
        write_json(&self.path, &beside, &self.names)
            .map_err(|error| Error::write(&self.path, error))
    }
}

fn name(lesson: &Lesson, question: &Question) -> String {
    format!("{}/{}", lesson.slug, question.name)
}
