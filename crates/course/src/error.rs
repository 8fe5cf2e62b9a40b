//! What can go wrong in the course, each in one line that names the thing, the cause and the cure.

use std::fmt;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use check_report::{Text, text};
use nix::unistd::Uid;

/// An error of the course, as `main` prints it.
///
/// A variant is for what some caller handles. What can only be read has nothing but its words.
#[derive(Debug)]
pub enum Error {
    /// What went wrong, why, and what mends it.
    Says(Text),
    /// A chapter says something that the course doesn't know how to do.
    Chapter {
        /// The chapter.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        cause: String,
    },
    /// The lab refused.
    Lab(lab::Error),
    /// The learner had enough; no error to them.
    Quit,
    /// A submission did not pass; its verdict was printed.
    NotPassed,
    /// The terminal, file or pipe that the course prints to.
    Output(io::Error),
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().english())
    }
}

impl From<lab::Error> for Error {
    fn from(error: lab::Error) -> Self {
        Error::Lab(error)
    }
}

impl Error {
    /// What is said of it.
    pub fn text(&self) -> Text {
        match self {
            Error::Says(text) => text.clone(),
            Error::Chapter { path, line, cause } => {
                let (path, cause) = (path.display(), Text::of(cause));
                text!("cannot use {path}, line {line}: {cause}", path, line, cause)
            }
            Error::Lab(error) => crate::lab_words::error(error),
            Error::Quit => "ended by the learner".into(),
            Error::NotPassed => Text::default(),
            Error::Output(cause) => text!("cannot print: {cause}", cause = said(cause)),
        }
    }

    /// The file `path` could not be read.
    pub(crate) fn read(path: &Path, cause: io::Error) -> Self {
        Error::cannot_read(path, &said(&cause))
    }

    /// The same for a `cause` that may be a sentence of ours, and then has a translation.
    pub(crate) fn cannot_read(path: &Path, cause: &str) -> Self {
        let (path, cause) = (path.display(), Text::of(cause));
        Error::Says(text!("cannot read {path}: {cause}", path, cause))
    }

    /// The terminal, or the pipe, that the course listens to could not be read.
    pub(crate) fn input(cause: io::Error) -> Self {
        Error::Says(text!("cannot read the terminal: {cause}", cause = said(&cause)))
    }

    /// A file or directory of the learner's could not be written. After a `sudo cargo course`, some
    /// of them are root's.
    pub(crate) fn write(path: &Path, cause: io::Error) -> Self {
        let is_denied = cause.kind() == io::ErrorKind::PermissionDenied;
        let nearest = path.ancestors().find(|there| there.exists()).filter(|_| is_denied);
        let (path, cause) = (path.display(), said(&cause));
        if let Some(theirs) = nearest
            && theirs.metadata().is_ok_and(|there| there.uid() != Uid::effective().as_raw())
        {
            let directory = if theirs.is_dir() { Some(theirs) } else { theirs.parent() };
            return Error::Says(text!(
                "cannot write {path}: {cause}, for {theirs} is another user's; sudo chown -R $USER \
                 {directory}",
                path,
                cause,
                theirs = theirs.display(),
                directory = directory.unwrap_or(theirs).display(),
            ));
        }
        Error::Says(text!("cannot write {path}: {cause}", path, cause))
    }

    /// The learner asked for the next exercise after the last.
    pub(crate) fn all_done() -> Self {
        Error::Says("all exercises are passed; name one, such as 1.2, to do it again".into())
    }

    /// No mode of the lab works; what was tried was printed.
    pub(crate) fn no_lab() -> Self {
        Error::Says("no lab can run here".into())
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

/// What somebody has typed, as an error shows it.
pub(crate) fn typed(name: &str) -> String {
    name.escape_debug().take(80).collect()
}
