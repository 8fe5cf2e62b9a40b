//! Where the learner is, besides what they have passed: kept in `work/place.json`.
//!
//! It is a convenience. Where it cannot be read it is as if nothing had been done yet, and where it
//! cannot be written nothing is remembered; neither keeps anybody from learning.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::files::{read_text, write_json};
use crate::project::Project;

/// What is remembered.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// How far each lesson was walked, by its slug.
    pub(crate) lessons: BTreeMap<String, Walked>,
    /// The exercise that was started or watched last, by its key; empty before.
    pub(crate) started: String,
    /// Whether it was passed already when it was started: then the learner wants it again.
    pub(crate) again: bool,
    /// The exercise that was passed last.
    pub(crate) passed: String,
}

/// How far a lesson was walked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Walked {
    /// How many of its steps were done when it was left; 0 if it was not left in the middle.
    pub(crate) steps: usize,
    /// How many it had then: a chapter that has changed since is walked from the start.
    pub(crate) of: usize,
    /// Whether it was walked to its end.
    pub(crate) finished: bool,
}

impl Place {
    /// Reads it; nothing where it makes no sense.
    pub(crate) fn read(project: &Project) -> Self {
        let path = path(project);
        let text = read_text(&path, &path).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Changes it, and writes it if that can be done.
    pub(crate) fn note(project: &Project, change: impl FnOnce(&mut Place)) {
        let mut place = Place::read(project);
        change(&mut place);
        let path = path(project);
        // A name for each process: nothing keeps two from writing at once.
        let beside = path.with_extension(format!("json.new-{}", std::process::id()));
        let _ = write_json(&path, &beside, &place);
    }

    /// How far the lesson `slug` was walked.
    pub(crate) fn walked(&self, slug: &str) -> Walked {
        self.lessons.get(slug).copied().unwrap_or_default()
    }
}

fn path(project: &Project) -> PathBuf {
    project.work.join("place.json")
}
