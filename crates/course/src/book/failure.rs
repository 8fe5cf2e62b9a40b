//! What went wrong with a page. The page is built nevertheless, and says so; the build fails.
//!
//! mdBook writes no page when its preprocessor fails. So `course book` asks the preprocessor to
//! note what failed in a file, and fails itself once the pages are written.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use check_report::{Text, text};

use crate::error::Error;
use crate::files::read_text;

/// Names the file in which the preprocessor notes what failed.
pub(super) const VARIABLE: &str = "COURSE_BOOK_OUTCOME";

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

/// The file that says whether all went well, as long as nothing is noted in it.
pub(super) fn outcome_file(directory: &Path) -> Result<PathBuf, Error> {
    let path = directory.join("book-outcome");
    let write = fs::create_dir_all(directory).and_then(|()| fs::write(&path, ""));
    write.map_err(|error| Error::write(&path, error))?;
    Ok(path)
}

/// The failures that were noted in the file, if there were any.
pub(super) fn noted(path: &Path) -> Result<(), Error> {
    let faults = read_text(path, path)?;
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::Says(text!(
        "{faults}\nthe pages are built, and say what is missing in them",
        faults
    )))
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
