//! What went wrong with a page. The page is built nevertheless, and says so; the build fails.
//!
//! mdBook writes no page when its preprocessor fails. So `course book` asks the preprocessor to
//! note what failed in a file, and fails itself once the pages are written.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, id};

use check_report::{Text, text};

use crate::error::Error;
use crate::files::read_text;

/// Names the file in which the preprocessor notes what failed.
const VARIABLE: &str = "COURSE_BOOK_OUTCOME";

/// Where in a chapter its walk ended, and why.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// The chapter, relative to the project's root.
    pub(crate) path: PathBuf,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Why the walk ended.
    pub(crate) cause: Text,
}

impl From<&Failure> for Error {
    fn from(failure: &Failure) -> Error {
        let Failure { path, line, cause } = failure;
        let path = path.display();
        Error::Says(text!(
            "cannot build the page of {path}: line {line}: {cause}",
            path,
            line,
            cause
        ))
    }
}

/// The file that says whether all went well: empty, or the first failure.
pub(super) struct OutcomeFile(PathBuf);

impl OutcomeFile {
    /// A fresh one in `directory`.
    pub(super) fn in_directory(directory: &Path) -> Result<OutcomeFile, Error> {
        let path = directory.join(format!("book-outcome-{}", id()));
        let write = fs::create_dir_all(directory).and_then(|()| fs::write(&path, ""));
        write.map_err(|error| Error::write(&path, error))?;
        Ok(OutcomeFile(path))
    }

    /// Has the preprocessor that `mdbook` starts write to it.
    pub(super) fn is_told_by(&self, mdbook: &mut Command) {
        mdbook.env(VARIABLE, &self.0);
    }

    /// The failure that was noted, if there was one.
    pub(super) fn failure(&self) -> Result<(), Error> {
        let text = read_text(&self.0, &self.0)?;
        if text.is_empty() {
            return Ok(());
        }
        Err(Error::Says(text!(
            "{faults}\nthe pages are built, and say what is missing in them",
            faults = text,
        )))
    }
}

impl Drop for OutcomeFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Tells of `failures`: to the `course book` that waits for it, or by failing.
pub(super) fn tell(failures: Vec<Error>) -> Result<(), Error> {
    let Some(path) = env::var_os(VARIABLE).map(PathBuf::from) else {
        return failures.into_iter().next().map_or(Ok(()), Err);
    };
    let texts: Vec<String> = failures.iter().map(Error::to_string).collect();
    // The languages before this one have noted theirs.
    let all = read_text(&path, &path)? + &texts.join("\n");
    fs::write(&path, all).map_err(|error| Error::write(&path, error))
}
