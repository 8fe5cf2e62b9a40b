//! What can be wrong with what the program, or its user, asked for. Not what goes wrong while
//! logging: see `report`.

use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

use crate::Style;

/// Each names the thing and the cause; where there is a cure, also that.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The format does not say what to write.
    #[error("invalid format {format:?} (style {style}), column {column}: {reason}")]
    BadFormat {
        /// The whole format.
        format: String,
        /// How it was to be read.
        style: Style,
        /// Where it goes wrong, in characters, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The datefmt cannot be given to strftime(3).
    #[error("invalid datefmt {0:?}: it holds a NUL")]
    BadDateFormat(String),
    /// There is no level of this name.
    #[error(
        "unknown level {0:?}: use DEBUG, INFO, WARNING, ERROR or CRITICAL, in capitals, or a number"
    )]
    UnknownLevel(String),
    /// A format is written with `%`, `{{` or `$`.
    #[error("unknown style {0:?}: use %, {{ or $")]
    UnknownStyle(String),
    /// Neither `r`, `w`, `x` nor `a`.
    #[error(
        "unknown filemode {0:?}: use a to append, w to begin anew, x for a file that must not exist"
    )]
    UnknownFileMode(String),
    /// Where the lines go was said twice.
    #[error("{0} cannot be given together: both say where the lines go, or how")]
    Conflict(&'static str),
    /// A list of levels as `warning,app.db=debug` cannot be read.
    #[error("{part:?} in the levels {list:?}: {reason}")]
    BadLevels {
        /// The whole list.
        list: String,
        /// The part that is wrong.
        part: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file cannot be opened or made.
    #[error("cannot open {}: {}{}", path.display(), reason(cause), cure(path, cause))]
    Open {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        cause: io::Error,
    },
    /// Nobody listens where the lines should go.
    #[error("cannot reach {place}: {}", reason(cause))]
    Unreachable {
        /// A socket or an address.
        place: String,
        /// What the kernel said.
        cause: io::Error,
    },
    /// The process has one subscriber, and it is not ours.
    #[error(
        "another tracing subscriber is already installed: add leveled_logger::layer() to it instead"
    )]
    OtherSubscriber,
    /// The time at which to rotate is none of Python's.
    #[error("unknown time {0:?}: use S, M, H, D, MIDNIGHT or W0 (Monday) to W6")]
    UnknownWhen(String),
}

/// What to do about a directory that is not there, or a file that is there already.
fn cure(path: &Path, error: &io::Error) -> String {
    match (path.parent(), error.kind()) {
        (Some(directory), io::ErrorKind::NotFound) if !directory.exists() => {
            format!("; mkdir -p {} makes its directory", directory.display())
        }
        (_, io::ErrorKind::AlreadyExists) => "; filemode a appends to it".to_owned(),
        _ => String::new(),
    }
}

/// The cause in the kernel's words, without the number that the standard library adds.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => Errno::from_raw(number).desc().to_owned(),
        None => error.to_string(),
    }
}
