//! The learner's directory: starts exercises there, resets them, and tells where the learner is.

mod hints;
mod place;
mod progress;
mod workspace;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anstyle::Style;
use check_report::{Text, text};
use nix::errno::Errno;

pub(crate) use place::{Place, Walked};

use self::progress::{Progress, is_of};
use crate::error::{Error, said};
use crate::exercise::{EXERCISES, Exercise};
use crate::files::free_name;
use crate::language::{Language, Words, read_page};
use crate::project::Project;
use crate::terminal::Terminal;

const PLAIN: Style = Style::new();

/// A learner's clone of the course and what they have done in it.
pub(crate) struct Work<'a> {
    /// The course.
    pub(crate) project: &'a Project,
    /// What was done.
    progress: Progress,
}

/// Where an exercise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing was done yet.
    New,
    /// It was started.
    Started,
    /// The exercise has changed since it was passed.
    PassedOlder,
    /// It was passed as it is.
    Passed,
}

impl<'a> Work<'a> {
    /// Opens the learner's directory, which need not exist yet.
    pub(crate) fn open(project: &'a Project, terminal: &Terminal<'_>) -> Result<Self, Error> {
        let mut work = Work { project, progress: Progress::read(project)? };
        work.warn(terminal);
        Ok(work)
    }

    /// Says what happened to the progress, once, where no verdict is read.
    pub(crate) fn warn(&mut self, terminal: &Terminal<'_>) {
        if let Some(warning) = self.progress.warning.take() {
            terminal.warn(&warning);
        }
    }

    /// The exercise that is meant: the one named, or the next.
    pub(crate) fn next_or(&self, name: Option<&str>) -> Result<Exercise, Error> {
        match name {
            Some(name) => self.project.exercise(name),
            None => self.next()?.ok_or_else(Error::all_done),
        }
    }

    /// The exercise that is meant: the one named, or the one that the learner is at.
    pub(crate) fn at(&self, name: Option<&str>) -> Result<Exercise, Error> {
        match name {
            Some(name) => self.project.exercise(name),
            None => self.current()?.ok_or_else(Error::all_done),
        }
    }

    /// Where the learner is: the exercise that was started last, and when that was passed since,
    /// the next.
    pub(crate) fn current(&self) -> Result<Option<Exercise>, Error> {
        let place = Place::read(self.project);
        let last = self.by_key(&place.started)?;
        match last.filter(|last| place.again || self.standing(last) != Standing::Passed) {
            Some(exercise) => Ok(Some(exercise)),
            None => self.next(),
        }
    }

    /// The exercise that was started since, in another terminal, if it is not passed.
    pub(crate) fn started_beside(&self, exercise: &Exercise) -> Result<Option<Exercise>, Error> {
        let last = self.by_key(&Place::read(self.project).started)?;
        Ok(last.filter(|last| last.key != exercise.key && self.standing(last) != Standing::Passed))
    }

    /// The exercise whose solution is meant: the one named; without a name the one that was passed
    /// last; before any pass, the one that the learner is at.
    pub(crate) fn solved(&self, name: Option<&str>) -> Result<Exercise, Error> {
        match self.by_key(&Place::read(self.project).passed)? {
            Some(exercise) if name.is_none() => Ok(exercise),
            _ => self.at(name),
        }
    }

    /// Notes a pass, and that it was the last.
    pub(crate) fn pass(&mut self, exercise: &Exercise) -> Result<(), Error> {
        Place::note(self.project, |place| {
            place.passed.clone_from(&exercise.key);
            place.again &= place.started != exercise.key;
        });
        self.progress.note(exercise, |record| record.passed.clone_from(&record.seen))
    }

    /// The exercise with this key, if there is one still.
    fn by_key(&self, key: &str) -> Result<Option<Exercise>, Error> {
        Ok(self.project.exercises()?.into_iter().find(|exercise| exercise.key == key))
    }

    /// The first exercise that was not passed.
    pub(crate) fn next(&self) -> Result<Option<Exercise>, Error> {
        Ok(self.not_passed()?.into_iter().next())
    }

    /// All exercises that were not passed, in order.
    pub(crate) fn not_passed(&self) -> Result<Vec<Exercise>, Error> {
        let mut exercises = self.project.exercises()?;
        exercises.retain(|exercise| self.standing(exercise) != Standing::Passed);
        Ok(exercises)
    }

    /// Where `exercise` stands.
    pub(crate) fn standing(&self, exercise: &Exercise) -> Standing {
        let passed = self.progress.record(exercise).passed;
        if is_of(&passed, exercise) {
            Standing::Passed
        } else if !passed.is_empty() {
            Standing::PassedOlder
        } else if exercise.work_dir(self.project).is_dir() {
            Standing::Started
        } else {
            Standing::New
        }
    }

    /// The directory of the learner's copy; that there is none is an error.
    pub(crate) fn started(&self, exercise: &Exercise) -> Result<PathBuf, Error> {
        let dir = exercise.work_dir(self.project);
        if dir.is_dir() {
            return Ok(dir);
        }
        let exercise = exercise.id();
        Err(Error::Says(text!(
            "{exercise} is not started: cargo course start {exercise}",
            exercise
        )))
    }

    /// The learner's copy, as it is shown to them.
    pub(crate) fn directory(&self, exercise: &Exercise) -> String {
        self.project.shown(&exercise.work_dir(self.project)).to_string()
    }

    /// Remembers that the learner has named `exercise`: one that is passed is wanted again then.
    pub(crate) fn is_named(&self, exercise: &Exercise) {
        let again = self.standing(exercise) == Standing::Passed;
        Place::note(self.project, |place| {
            place.again = again;
            place.started.clone_from(&exercise.key);
        });
    }

    /// Starts an exercise, and says what is to be done.
    pub(crate) fn start(
        &mut self,
        exercise: &Exercise,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        let is_fresh = self.begin(exercise, terminal.words())?;
        self.is_named(exercise);
        let whose = if is_fresh { "Yours to edit:" } else { "Already started, and left as it is:" };
        self.what_to_do(exercise, whose, terminal)
    }

    fn what_to_do(
        &self,
        exercise: &Exercise,
        whose: &'static str,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        self.task(exercise, whose, terminal)?;
        terminal
            .say(text!("Then: cargo course check {id}, or cargo course watch", id = exercise.id()))
    }

    /// Copies the starter to the learner's directory, and says whether it was copied. What is there
    /// already is left alone.
    pub(crate) fn begin(&mut self, exercise: &Exercise, words: &Words) -> Result<bool, Error> {
        let dir = exercise.work_dir(self.project);
        let is_fresh = !dir.exists();
        if is_fresh {
            self.lay(exercise, &dir, words).map_err(|error| Error::write(&dir, error))?;
        }
        // Also where it was started before: that may have broken off here.
        self.add_to_workspace().map_err(|error| Error::write(&self.project.work, error))?;
        if is_fresh {
            self.progress.note(exercise, |_| {})?;
        }
        Place::note(self.project, |place| {
            place.again &= place.started == exercise.key;
            place.started.clone_from(&exercise.key);
        });
        Ok(is_fresh)
    }

    /// Shows the task, and which files are to be edited, after the words `whose`.
    pub(crate) fn task(
        &self,
        exercise: &Exercise,
        whose: &'static str,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        terminal.markdown(&self.task_text(exercise, terminal.language())?)?;
        terminal.line(PLAIN, "")?;
        terminal.say(whose)?;
        for file in &exercise.manifest.edit {
            terminal.line(PLAIN.bold(), &format!("  {}/{file}", self.directory(exercise)))?;
        }
        Ok(())
    }

    /// The text of the task.
    pub(crate) fn task_text(
        &self,
        exercise: &Exercise,
        language: Language,
    ) -> Result<String, Error> {
        let path = Path::new(EXERCISES).join(&exercise.key).join("README.md");
        Ok(read_page(&self.project.root, &path, language)?.text)
    }

    /// Opens the files of `exercise` in the learner's editor, and waits until they leave it.
    pub(crate) fn edit(&self, exercise: &Exercise) -> Result<(), Error> {
        let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let editor = set("VISUAL").or_else(|| set("EDITOR")).ok_or_else(|| {
            Error::Says("cannot tell your editor: set EDITOR, such as EDITOR=nano".into())
        })?;
        let dir = exercise.work_dir(self.project);
        // A program and its options, such as `code --wait`; the shell knows what is in quotes. It
        // is what git does with it. A path that is there as it stands is a program, blanks or not.
        let run = if Path::new(&editor).is_file() {
            "\"$0\" \"$@\"".to_owned()
        } else {
            format!("{editor} \"$@\"")
        };
        let status = Command::new("sh")
            .args(["-c", &run, &editor])
            .args(exercise.manifest.edit.iter().map(|file| dir.join(file)))
            .status();
        let cause = match status {
            // What the shell says where there is no such program, or none that can be run.
            Ok(status) if status.code() == Some(127) => Errno::ENOENT.into(),
            Ok(status) if !status.success() => io::Error::other(status.to_string()),
            Ok(_) => return Ok(()),
            Err(cause) => cause,
        };
        Err(Error::Says(text!(
            "cannot run {editor}, which is your EDITOR or VISUAL: {cause}; set EDITOR to another \
             one, such as EDITOR=nano",
            editor,
            cause = said(&cause),
        )))
    }

    /// Puts the starter back. What the learner had is kept beside it.
    pub(crate) fn reset(
        &mut self,
        exercise: &Exercise,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        let dir = exercise.work_dir(self.project);
        let aside = dir.exists().then(|| aside(self.project, exercise));
        if let Some(aside) = &aside {
            fs::create_dir_all(aside.parent().unwrap_or(Path::new("/")))
                .and_then(|()| fs::rename(&dir, aside))
                .map_err(|error| Error::write(aside, error))?;
        }
        let begun = self.begin_anew(exercise, terminal.words());
        if let Some(aside) = &aside {
            // Where the starter could not be put back, what the learner had is.
            if begun.is_err() && fs::rename(aside, &dir).is_ok() {
                return begun;
            }
            let kept = self.project.shown(aside);
            terminal.say(text!("What you had is in {kept}.", kept))?;
        }
        begun?;
        self.what_to_do(exercise, "Yours to edit:", terminal)
    }

    fn begin_anew(&mut self, exercise: &Exercise, words: &Words) -> Result<(), Error> {
        // That the solution was seen before a pass stays known.
        self.progress.note(exercise, |record| {
            (record.hints, record.passed) = (0, String::new());
        })?;
        self.begin(exercise, words).map(drop)
    }

    /// Lists all exercises and where each stands.
    pub(crate) fn list(&self, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        for exercise in self.project.exercises()? {
            let row = self.row(&exercise, terminal);
            terminal.lines(PLAIN, &row)?;
        }
        Ok(())
    }

    /// One row of the list; on a narrow terminal, where it stands is on a line of its own.
    pub(crate) fn row(&self, exercise: &Exercise, terminal: &Terminal<'_>) -> String {
        let mut standing: Text = match self.standing(exercise) {
            Standing::New => "",
            Standing::Started => "started",
            Standing::PassedOlder => "passed an older version",
            Standing::Passed => "passed",
        }
        .into();
        if self.progress.record(exercise).gave_up {
            standing = text!("{standing}, solution seen", standing);
        }
        let (title, minutes) = (terminal.fill(&exercise.title()), exercise.manifest.minutes);
        let (id, standing) = (exercise.id(), terminal.fill(&standing));
        let line = format!("{id:>4}  {title:<48} {minutes:>3} min  {standing}");
        if terminal.has_room_for(line.trim_end()) {
            line.trim_end().to_owned()
        } else {
            format!("{id:>4}  {title}\n      {standing}").trim_end().to_owned()
        }
    }
}

/// A name that is free, for what the learner had before a reset.
fn aside(project: &Project, exercise: &Exercise) -> PathBuf {
    let directory = project.work.join("before-reset");
    let name = exercise.key.replace('/', "-");
    free_name(|number| directory.join(format!("{name}-{number}")))
}
