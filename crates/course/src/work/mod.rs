//! The learner's folder: starts exercises there, resets them, and tells where the learner is.

mod progress;
mod watch;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstyle::Style;

pub use progress::{Progress, Record, Standing};
pub use watch::watch;

use crate::error::Error;
use crate::exercise::Exercise;
use crate::grade::{copy_tree, with_members, write_if_changed};
use crate::project::Project;
use crate::read::read_text;
use crate::terminal::Terminal;

const PLAIN: Style = Style::new();

/// A learner's clone of the course and what they have done in it.
pub struct Work<'a> {
    /// The course.
    pub project: &'a Project,
    /// What was done.
    pub progress: Progress,
}

impl<'a> Work<'a> {
    /// Opens the learner's folder, which need not exist yet.
    pub fn open(project: &'a Project) -> Result<Self, Error> {
        let mut work = Work { project, progress: Progress::read(project)? };
        work.warn();
        Ok(work)
    }

    /// Says what happened to the progress, once, where no verdict is read.
    fn warn(&mut self) {
        if let Some(warning) = self.progress.warning.take() {
            // Nobody is left to hear of a failed write.
            let _ = writeln!(io::stderr(), "course: {warning}");
        }
    }

    /// The exercise that is meant: the one named, or the one that the learner is at.
    pub fn exercise(&self, name: Option<&str>) -> Result<Exercise, Error> {
        match name {
            Some(name) => self.project.exercise(name),
            None => self.next()?.ok_or(Error::AllDone),
        }
    }

    /// The first exercise that was not passed.
    pub fn next(&self) -> Result<Option<Exercise>, Error> {
        let exercises = self.project.exercises()?;
        Ok(exercises.into_iter().find(|exercise| self.standing(exercise) != Standing::Passed))
    }

    /// Where `exercise` stands.
    pub fn standing(&self, exercise: &Exercise) -> Standing {
        self.progress.standing(self.project, exercise)
    }

    /// The learner's copy, as it is shown to them.
    pub fn folder(&self, exercise: &Exercise) -> String {
        let dir = exercise.work_dir(self.project);
        dir.strip_prefix(&self.project.root).unwrap_or(&dir).display().to_string()
    }

    /// Copies the starter to the learner's folder. What is there already is left alone.
    pub fn start(&mut self, exercise: &Exercise, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        let dir = exercise.work_dir(self.project);
        let fresh = !dir.exists();
        if fresh {
            self.lay(exercise, &dir).map_err(|error| Error::write(&dir, error))?;
            self.progress.note(exercise, |_| {})?;
        }
        let path = exercise.dir.join("README.md");
        terminal.markdown(&read_text(&path, &path)?)?;
        terminal.line(PLAIN, "")?;
        let state = if fresh { "Yours to edit" } else { "Already started, and left as it is" };
        terminal.line(PLAIN, &format!("{state}:"))?;
        for file in &exercise.manifest.edit {
            terminal.line(PLAIN.bold(), &format!("  {}/{file}", self.folder(exercise)))?;
        }
        terminal.line(
            PLAIN,
            &format!("Then: cargo course check {0}, or cargo course watch", exercise.id()),
        )
    }

    /// Puts the starter back. What the learner had is kept beside it.
    pub fn reset(&mut self, exercise: &Exercise, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        let dir = exercise.work_dir(self.project);
        if dir.exists() {
            let aside = aside(self.project, exercise);
            let kept =
                aside.strip_prefix(&self.project.root).unwrap_or(&aside).display().to_string();
            fs::create_dir_all(aside.parent().unwrap_or(Path::new("/")))
                .and_then(|()| fs::rename(&dir, &aside))
                .map_err(|error| Error::write(&aside, error))?;
            terminal.line(PLAIN, &format!("What you had is in {kept}."))?;
        }
        self.start(exercise, terminal)
    }

    /// Copies the starter and adds it to the learner's workspace, so that an editor sees what was started and no more.
    fn lay(&self, exercise: &Exercise, dir: &Path) -> std::io::Result<()> {
        let work = self.project.work.clone();
        fs::create_dir_all(&work)?;
        // First beside, then in place: a copy that breaks off leaves no half exercise.
        let beside = work.join(format!(".start-{}", std::process::id()));
        copy_tree(&exercise.starter(), &beside)?;
        fs::create_dir_all(dir.parent().unwrap_or(&work))?;
        fs::rename(&beside, dir)?;
        let manifest = fs::read_to_string(self.project.exercises_dir().join("Cargo.toml"))?;
        let members = self.members().map_err(std::io::Error::other)?;
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        write_if_changed(&work.join("Cargo.toml"), with_members(&manifest, &members).as_bytes())?;
        if !work.join("Cargo.lock").exists() {
            fs::copy(self.project.exercises_dir().join("Cargo.lock"), work.join("Cargo.lock"))?;
        }
        fs::create_dir_all(work.join(".cargo"))?;
        write_if_changed(&work.join(".cargo/config.toml"), self.cargo_config().as_bytes())
    }

    /// The started exercises that are Rust packages; cargo takes no folder without a manifest for a member.
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

    /// What was compiled for the course serves the learner too; and `cargo course` works from here.
    fn cargo_config(&self) -> String {
        let path = |name: &str| self.project.root.join(name).display().to_string();
        let build = format!("[build]\ntarget-dir = {:?}\n", path("target"));
        let manifest = path("Cargo.toml");
        // Cargo splits an alias at its spaces, and there is no way to quote one.
        if manifest.contains(' ') {
            return build;
        }
        format!(
            "{build}\n[alias]\ncourse = \"run --manifest-path {manifest} --package course --\"\n"
        )
    }

    /// Lists all exercises and where each stands.
    pub fn list(&self, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        for exercise in self.project.exercises()? {
            let word = match self.standing(&exercise) {
                Standing::New => "",
                Standing::Started => "started",
                Standing::PassedOlder => "passed an older version",
                Standing::Passed => "passed",
            };
            let gave_up =
                if self.progress.record(&exercise).gave_up { ", solution seen" } else { "" };
            let title = &exercise.manifest.title;
            let line = format!(
                "{:>4}  {title:<48} {:>3} min  {word}{gave_up}",
                exercise.id(),
                exercise.manifest.minutes
            );
            terminal.line(PLAIN, line.trim_end())?;
        }
        Ok(())
    }

    /// Shows the next hint, and says how many there are.
    pub fn hint(&mut self, exercise: &Exercise, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        let hints = &exercise.manifest.hints;
        let shown = self.progress.record(exercise).hints;
        let number = shown.saturating_add(1).min(hints.len());
        self.progress.note(exercise, |record| record.hints = number)?;
        terminal.line(
            PLAIN.bold(),
            &format!("Hint {number} of {} for {}", hints.len(), exercise.id()),
        )?;
        terminal.markdown(&hints[number - 1])?;
        if number == hints.len() {
            let more = format!(
                "That was the last one. cargo course solution {} --give-up shows how we did it.",
                exercise.id()
            );
            terminal.line(PLAIN, &more)?;
        }
        Ok(())
    }

    /// Shows how the authors did it: after a pass, or when the learner gives up, which is remembered.
    pub fn solution(
        &mut self,
        exercise: &Exercise,
        give_up: bool,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        let passed = matches!(self.standing(exercise), Standing::Passed | Standing::PassedOlder);
        if !passed && !give_up {
            return Err(Error::NoSolutionYet { exercise: exercise.id() });
        }
        if !passed {
            self.progress.note(exercise, |record| record.gave_up = true)?;
        }
        let reference = exercise.dir.join("variants/pass-reference");
        for file in &exercise.manifest.edit {
            let path = reference.join(file);
            terminal.line(
                PLAIN.bold(),
                &format!("{}:", path.strip_prefix(&self.project.root).unwrap_or(&path).display()),
            )?;
            terminal.lines(PLAIN, &read_text(&path, &path)?)?;
        }
        Ok(())
    }
}

/// A name that is free, for what the learner had before a reset.
fn aside(project: &Project, exercise: &Exercise) -> PathBuf {
    let folder = project.work.join("before-reset");
    let name = exercise.key.replace('/', "-");
    free(|number| folder.join(format!("{name}-{number}")))
}

/// The first of `names` that nothing has.
fn free(names: impl Fn(u32) -> PathBuf) -> PathBuf {
    let taken = |path: &PathBuf| path.symlink_metadata().is_ok();
    let mut number = 1;
    while taken(&names(number)) {
        number += 1;
    }
    names(number)
}
