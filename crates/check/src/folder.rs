//! A folder of its own for one promise, which the submission may write to.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::failure::Result;
use crate::log_file::LogFile;
use crate::submission;

/// The folder; gone when it is dropped.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes an empty folder that belongs to the submission's account.
    ///
    /// # Errors
    /// When there is no room for it, or the submission's environment is incomplete.
    pub fn new() -> Result<Self> {
        let folder = Folder::private()?;
        submission::give(&folder.path)?;
        Ok(folder)
    }

    /// Makes an empty folder that the submission can read only.
    pub(crate) fn private() -> Result<Self> {
        Ok(Folder { path: submission::make_folder()? })
    }

    /// Makes a folder in it, which belongs to the submission's account as well.
    ///
    /// # Errors
    /// When there is something already.
    pub fn folder(&self, name: &str) -> Result<Self> {
        let path = self.path.join(name);
        DirBuilder::new().mode(0o755).create(&path)?;
        let folder = Folder { path };
        submission::give(&folder.path)?;
        Ok(folder)
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

impl Drop for Folder {
    fn drop(&mut self) {
        // A submission may have left something odd; the lab's /tmp goes with the lab.
        let _ = fs::remove_dir_all(&self.path);
    }
}
