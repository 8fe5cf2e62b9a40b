//! What can go wrong with a journal file. Each error names the file, and the offset where there is
//! one.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file, or a part of it, can't be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refuses.
    #[error("cannot read {}: {}", path.display(), words(cause))]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// It is no journal file, or one of a kind that nobody knows yet.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Something in it can't be as it is.
    #[error("{}: damaged at offset {offset}: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in the file, in bytes.
        offset: u64,
        /// What is wrong there.
        reason: &'static str,
    },
}

impl Error {
    pub(crate) fn io(path: &Path, cause: io::Error) -> Error {
        Error::Io { path: path.to_owned(), cause }
    }

    pub(crate) fn unreadable(path: &Path, reason: impl Into<String>) -> Error {
        Error::Unreadable { path: path.to_owned(), reason: reason.into() }
    }
}

/// The system's words without Rust's "(os error 2)".
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
