//! An exercise: a directory with a task, a starter, a check, and variants that prove the check.

mod manifest;

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

pub(crate) use manifest::{Manifest, Rung};

use check_report::{Text, text};

use crate::error::{Error, typed};
use crate::files::{with_line, write_if_changed};
use crate::numbered;
use crate::project::Project;

/// Where the exercises are, below the project's root.
pub(crate) const EXERCISES: &str = "exercises";

/// One exercise, such as 1.2: `exercises/01-date-daemon/02-append`.
#[derive(Debug, Clone)]
pub(crate) struct Exercise {
    /// The lesson's number.
    pub(crate) lesson: u8,
    /// Its number in the lesson.
    pub(crate) number: u8,
    /// `01-date-daemon/02-append`: what progress is kept by.
    pub(crate) key: String,
    /// Its directory.
    pub(crate) dir: PathBuf,
    /// What `exercise.toml` says.
    pub(crate) manifest: Manifest,
}

impl Exercise {
    /// What the learner calls it, such as `1.2`.
    pub(crate) fn id(&self) -> String {
        format!("{}.{}", self.lesson, self.number)
    }

    /// The one idea, as a heading.
    pub(crate) fn title(&self) -> Text {
        Text::of(&self.manifest.title)
    }

    /// Where the learner's copy is.
    pub(crate) fn work_dir(&self, project: &Project) -> PathBuf {
        project.work.join(&self.key)
    }

    /// The project's root.
    pub(crate) fn root(&self) -> Option<&Path> {
        self.dir.ancestors().nth(3)
    }

    /// Where its promises are in the check binary; see `exercises/checks/build.rs`.
    pub(crate) fn check_filter(&self) -> String {
        format!("l{:02}::e{:02}::", self.lesson, self.number)
    }

    /// Whether the learner writes a program.
    pub(crate) fn is_rust(&self) -> bool {
        self.starter().join("Cargo.toml").is_file()
    }

    /// What the learner's program is called, if they write one: as the starter's package.
    pub(crate) fn program(&self) -> Option<String> {
        let manifest = fs::read_to_string(self.starter().join("Cargo.toml")).ok()?;
        let line = manifest.lines().find_map(|line| line.strip_prefix("name = "))?;
        Some(line.trim_matches('"').to_owned())
    }

    /// The directory that the learner's copy is made from.
    pub(crate) fn starter(&self) -> PathBuf {
        self.dir.join("starter")
    }

    /// The directories in `variants/` whose names start with `prefix`, in order.
    pub(crate) fn variants(&self, prefix: &str) -> Result<Vec<PathBuf>, Error> {
        let mut directories = directories(&self.dir.join("variants"))?;
        directories.retain(|directory| file_name(directory).starts_with(prefix));
        Ok(directories)
    }

    fn answers_to(&self, name: &str) -> bool {
        let directory = file_name(&self.dir);
        let short = numbered::parse(directory).map_or(directory, |(_, short)| short);
        [self.id().as_str(), self.key.as_str(), directory, short].contains(&name)
    }

    fn read(lesson_dir: &Path, dir: PathBuf) -> Result<Option<Self>, Error> {
        let numbered = |dir| numbered::parse(file_name(dir));
        let (Some((lesson, _)), Some((number, _))) = (numbered(lesson_dir), numbered(&dir)) else {
            return Ok(None);
        };
        let manifest = Manifest::read(&dir)?;
        let key = format!("{}/{}", file_name(lesson_dir), file_name(&dir));
        Ok(Some(Exercise { lesson, number, key, dir, manifest }))
    }
}

impl Project {
    /// The exercises' directory, with the manifest that starters share.
    pub(crate) fn exercises_dir(&self) -> PathBuf {
        self.root.join(EXERCISES)
    }

    /// Makes the directory `dir` a workspace as that of the exercises, with other `members`.
    pub(crate) fn lay_workspace(&self, dir: &Path, members: &[String]) -> io::Result<()> {
        let exercises = self.exercises_dir();
        let manifest = fs::read_to_string(exercises.join("Cargo.toml"))?;
        let manifest = with_line(&manifest, "members = ", &format!("members = {members:?}"));
        write_if_changed(&dir.join("Cargo.toml"), manifest.as_bytes())?;
        let lock = dir.join("Cargo.lock");
        if !lock.exists() {
            // A half one would keep cargo from its work.
            fs::copy(exercises.join("Cargo.lock"), &lock).inspect_err(|_| {
                let _ = fs::remove_file(&lock);
            })?;
        }
        Ok(())
    }

    /// All exercises, in order.
    pub(crate) fn exercises(&self) -> Result<Vec<Exercise>, Error> {
        let mut exercises = Vec::new();
        for lesson in directories(&self.exercises_dir())? {
            for dir in directories(&lesson)? {
                exercises.extend(Exercise::read(&lesson, dir)?);
            }
        }
        Ok(exercises)
    }

    /// The exercise that is called `name`: `1.2`, `append`, `02-append` or
    /// `01-date-daemon/02-append`.
    pub(crate) fn exercise(&self, name: &str) -> Result<Exercise, Error> {
        let exercises = self.exercises()?;
        let known: Vec<String> = exercises.iter().map(Exercise::id).collect();
        let mut found = exercises.into_iter().filter(|exercise| exercise.answers_to(name));
        match (found.next(), found.next()) {
            (Some(exercise), None) => Ok(exercise),
            _ => Err(Error::Says(text!(
                "cannot find exercise {wanted}: the exercises are {known}",
                wanted = typed(name),
                known = known.join(", "),
            ))),
        }
    }
}

/// Where the exercises of the project at `root` have their texts in another language: a file for
/// each lesson, and one for each exercise.
pub(crate) fn tables(root: &Path) -> Vec<PathBuf> {
    let lessons = directories(&root.join(EXERCISES)).unwrap_or_default();
    let below = |lesson: PathBuf| {
        let exercises = directories(&lesson).unwrap_or_default();
        std::iter::once(lesson).chain(exercises)
    };
    let tables = lessons.into_iter().flat_map(below).map(|directory| directory.join("es.toml"));
    tables.filter(|table| table.is_file()).collect()
}

/// The directories in `dir`, in order; none if there is no such directory.
fn directories(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::read(dir, error)),
    };
    let mut directories: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    directories.sort();
    Ok(directories)
}

/// The last part of a path of ours, which is ASCII.
pub(crate) fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
