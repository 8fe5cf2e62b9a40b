//! A directory of its own for one promise, which the submission may write to.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::failure::Result;
use crate::log_file::LogFile;
use crate::submission;

/// The directory; gone when it is dropped.
///
/// ```no_run
/// use check::{Directory, Result};
///
/// fn begins_with_an_empty_directory() -> Result {
///     let log = Directory::new()?.file("app.log");
///     log.append("a line of somebody else\n")
/// }
/// ```
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Makes an empty directory that belongs to the submission's account.
    ///
    /// # Errors
    /// When there is no room for it, or the submission's environment is incomplete.
    pub fn new() -> Result<Self> {
        let directory = Directory::private()?;
        submission::give(&directory.path)?;
        Ok(directory)
    }

    /// Makes an empty directory that the submission can read only.
    pub(crate) fn private() -> Result<Self> {
        Ok(Directory { path: submission::make_directory()? })
    }

    /// Makes a directory in it, which belongs to the submission's account as well.
    ///
    /// # Errors
    /// When there is something already.
    pub fn directory(&self, name: &str) -> Result<Self> {
        let path = self.path.join(name);
        DirBuilder::new().mode(0o755).create(&path)?;
        let directory = Directory { path };
        submission::give(&directory.path)?;
        Ok(directory)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file in it, which need not exist.
    pub fn file(&self, name: &str) -> LogFile {
        LogFile::new(self.path.join(name))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // A submission may have left something odd; the lab's /tmp goes with the lab.
        let _ = fs::remove_dir_all(&self.path);
    }
}
