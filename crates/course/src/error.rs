//! What can go wrong in the course, each in one line that names the thing, the cause and the cure.

use std::io;
use std::path::PathBuf;

/// An error of the course, as `main` prints it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither the working directory nor one above it is the project.
    #[error("cannot find the course: no docs/en in {} or above it; go into the project's folder", .from.display())]
    NoProject {
        /// Where the search began.
        from: PathBuf,
    },
    /// No chapter answers to that name.
    #[error("cannot find lesson {wanted}: there is {known}")]
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
    #[error("cannot go on: {}, line {line}: `{command}` did not answer as the chapter says", .path.display())]
    Mismatch {
        /// The chapter.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// The command as typed.
        command: String,
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
    /// The terminal, file or pipe that the course prints to.
    #[error("cannot print: {0}")]
    Output(io::Error),
    /// The terminal that the course listens to.
    #[error("cannot read the terminal: {0}")]
    Input(io::Error),
}

impl Error {
    /// Whether the reader of our output went away, which is theirs to decide: `course lesson 1 | head`.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Error::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe)
    }
}
