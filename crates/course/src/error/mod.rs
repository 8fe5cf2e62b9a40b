//! What can go wrong in the course, each in one line that names the thing, the cause and the cure.

mod words;

use std::io;
use std::path::{Path, PathBuf};

use check_report::Text;

/// An error of the course, as `main` prints it.
#[derive(Debug)]
pub enum Error {
    /// Neither the working directory nor one above it is the project.
    NoProject {
        /// Where the search began.
        from: PathBuf,
    },
    /// No chapter answers to that name.
    UnknownLesson {
        /// What was asked for.
        wanted: String,
        /// The lessons that exist, for the message.
        known: String,
    },
    /// Nothing is said in that language.
    UnknownLanguage {
        /// What was asked for.
        wanted: String,
        /// The languages that there are, for the message.
        known: String,
    },
    /// A translator said something of a text that cannot be so.
    Translation {
        /// The file, and the line.
        place: String,
        /// Why not.
        cause: String,
    },
    /// A file of the course could not be read.
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
    /// A chapter says something that the course doesn't know how to do.
    Chapter {
        /// The chapter.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        cause: String,
    },
    /// A file of the chapter could not be written in the lab.
    Write {
        /// The file, as the lab sees it.
        path: PathBuf,
        /// What the lab answered.
        cause: String,
    },
    /// A command answered something else than its chapter says.
    Mismatch {
        /// The chapter.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// The command as typed.
        command: String,
    },
    /// A page could not be filled in to its end.
    Page {
        /// The chapter.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Why its walk ended there.
        cause: Text,
    },
    /// Pages were built that say what failed in them.
    Pages(String),
    /// What mdBook sent is nothing that its protocol knows.
    Book(String),
    /// mdBook, which only the book needs, is not there.
    NoTool {
        /// Its name.
        name: &'static str,
    },
    /// mdBook has failed; it has said why.
    Tool {
        /// Its name.
        name: &'static str,
        /// How it ended.
        cause: String,
    },
    /// The pages are built, and no browser shows them.
    NoBrowser {
        /// The first page.
        page: PathBuf,
        /// How what should open it ended.
        cause: String,
    },
    /// A lesson has no questions.
    NoQuiz {
        /// The lesson's name.
        lesson: String,
    },
    /// A file of questions makes no sense.
    Quiz {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        cause: String,
    },
    /// The lab refused.
    Lab(lab::Error),
    /// Commands answered something else than their chapter says, and the learner went on.
    Mismatches(usize),
    /// The learner had enough; no error to them.
    Quit,
    /// A command for the learner's own machine did not run.
    Host {
        /// The command as typed.
        command: String,
        /// Why not.
        cause: io::Error,
    },
    /// No exercise answers to that name, or more than one.
    UnknownExercise {
        /// What was asked for.
        wanted: String,
        /// The exercises that exist, for the message.
        known: String,
    },
    /// An author's name for a new exercise cannot be one.
    BadExerciseName {
        /// What was asked for.
        name: String,
    },
    /// A file of the learner's could not be written.
    Save {
        /// The file or directory.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// Cargo failed for a reason that is not the submission's.
    Cargo {
        /// What cargo said last.
        cause: String,
    },
    /// The learner asked for the next exercise after the last.
    AllDone,
    /// The learner wants to see a solution before a pass.
    NoSolutionYet {
        /// The exercise, such as `1.2`.
        exercise: String,
    },
    /// There is nothing to check yet.
    NotStarted {
        /// The exercise, such as `1.2`.
        exercise: String,
    },
    /// There is no lab of this project to join.
    NothingToJoin,
    /// Several can be joined, or none of the name that was given.
    WhichLab {
        /// Whose they are, such as `1, 2.8`.
        known: String,
    },
    /// The learner wants an editor, and the environment names none.
    NoEditor,
    /// The learner's editor did not start.
    Editor {
        /// As the environment has it.
        editor: String,
        /// Why not.
        cause: io::Error,
    },
    /// No mode of the lab works; what was tried was printed.
    NoLab,
    /// A submission did not pass; its verdict was printed.
    NotPassed,
    /// The kill matrix has holes; they were printed.
    Holes(usize),
    /// The terminal, file or pipe that the course prints to.
    Output(io::Error),
    /// The terminal that the course listens to.
    Input(io::Error),
}

impl std::error::Error for Error {}

impl From<lab::Error> for Error {
    fn from(error: lab::Error) -> Self {
        Error::Lab(error)
    }
}

impl Error {
    pub(crate) fn read(path: &Path, cause: io::Error) -> Self {
        Error::Read { path: path.to_owned(), cause: said(&cause) }
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

/// The cause as strerror(3) words it, without Rust's "(os error 2)".
pub(crate) fn said(cause: &io::Error) -> String {
    let text = cause.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}
