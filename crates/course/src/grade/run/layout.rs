//! What a check needs, laid out in a directory of its own that a lab can show.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::grade::submission::Submission;

/// The check binary, the submission's files and its program; gone when it is dropped.
pub(crate) struct Layout {
    pub(crate) dir: PathBuf,
    pub(super) check: PathBuf,
    /// What was built from the submission, if it is to be built.
    pub(crate) program: Option<PathBuf>,
}

impl Layout {
    /// Makes the directory `dir`, with nothing in it yet: a lab that is to show it can boot.
    pub(crate) fn begin(dir: &Path) -> io::Result<Self> {
        let _ = fs::remove_dir_all(dir);
        fs::create_dir_all(dir)?;
        Ok(Layout { dir: dir.to_owned(), check: dir.join("checks"), program: None })
    }

    /// Lays out `submission`, and the `program` that was built from it.
    pub(crate) fn fill(
        &mut self,
        submission: &Submission,
        program: Option<&Path>,
    ) -> io::Result<()> {
        submission.lay_out(&self.files())?;
        if let Some(built) = program {
            let program = self.dir.join("program");
            link(built, &program)?;
            self.program = Some(program);
        }
        Ok(())
    }

    /// Adds the binary `check`; who tries a submission by hand needs none.
    pub(super) fn add_check(&self, check: &Path) -> io::Result<()> {
        link(check, &self.check)
    }

    /// The submission's files, and those that come with the exercise.
    pub(crate) fn files(&self) -> PathBuf {
        self.dir.join("files")
    }
}

impl Drop for Layout {
    fn drop(&mut self) {
        // Only links and copies are in it.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// A second name costs nothing; where a file system has none, a copy does.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop))
}
