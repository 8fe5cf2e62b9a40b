//! What the course lays into the learner's directory: the starters, and a workspace of what was
//! started.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::json;

use super::Work;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::files::{copy_tree, write_if_changed};
use crate::language::{Words, with_comments_of};

impl Work<'_> {
    /// Copies the starter, first beside, then in place: a copy that breaks off leaves no half
    /// exercise.
    pub(super) fn lay(&self, exercise: &Exercise, dir: &Path, words: &Words) -> io::Result<()> {
        let beside = self.project.work.join(format!(".start-{}", std::process::id()));
        let copy = || {
            fs::create_dir_all(&self.project.work)?;
            // Also of what is only to be read: a program that the units run, a client that is
            // given.
            copy_tree(&exercise.starter(), &beside, &|content| match str::from_utf8(&content) {
                Ok(text) => with_comments_of(text, words).into_bytes(),
                Err(_) => content,
            })?;
            fs::create_dir_all(dir.parent().unwrap_or(&self.project.work))?;
            fs::rename(&beside, dir)
        };
        copy().inspect_err(|_| {
            let _ = fs::remove_dir_all(&beside);
        })
    }

    /// Makes the learner's directory a workspace of what was started, so that an editor sees that
    /// and no more.
    pub(super) fn add_to_workspace(&self) -> io::Result<()> {
        let work = &self.project.work;
        let members = self.members().map_err(io::Error::other)?;
        self.project.lay_workspace(work, &members)?;
        fs::create_dir_all(work.join(".cargo"))?;
        write_if_changed(&work.join(".cargo/config.toml"), self.cargo_config().as_bytes())
    }

    /// The started exercises that are Rust packages; cargo takes no directory without a manifest
    /// for a member.
    fn members(&self) -> Result<Vec<String>, Error> {
        let exercises = self.project.exercises()?.into_iter();
        let started = exercises.map(|exercise| exercise.work_dir(self.project));
        Ok(started
            .filter(|dir| dir.join("Cargo.toml").is_file())
            .filter_map(|dir| {
                let path = dir.strip_prefix(&self.project.work).ok()?;
                Some(path.display().to_string())
            })
            .collect())
    }

    /// Cargo's configuration for the learner's directory: the course's own target directory, so
    /// that the dependencies are compiled once for both, and the alias `cargo course`.
    fn cargo_config(&self) -> String {
        let path = |name: &str| self.project.root.join(name).display().to_string();
        // What JSON has for a string, TOML has, too.
        let build = format!("[build]\ntarget-dir = {}\n", json!(path("target")));
        let manifest = path("Cargo.toml");
        // Cargo splits an alias at its spaces. One that is a list would be joined to the clone's
        // own.
        if manifest.contains(' ') {
            return build;
        }
        let run = format!("run --manifest-path {manifest} --package course --");
        format!("{build}\n[alias]\ncourse = {}\n", json!(run))
    }
}
