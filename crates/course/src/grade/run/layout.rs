//! What a check needs, laid out in a directory of its own that a lab can show.

use std::fs;
use std::io;
use std::num::NonZero;
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
    pub(super) fn begin(dir: &Path) -> io::Result<Self> {
        let _ = fs::remove_dir_all(dir);
        fs::create_dir_all(dir)?;
        Ok(Layout { dir: dir.to_owned(), check: dir.join("checks"), program: None })
    }

    /// Lays out `submission`, what was built from it, and the binary `check`.
    pub(super) fn complete(
        &mut self,
        submission: &Submission,
        program: Option<&Path>,
        check: &Path,
    ) -> io::Result<()> {
        self.fill(submission, program)?;
        link(check, &self.check)
    }

    /// The same in `dir` and without a check, for somebody who tries it by hand.
    pub(crate) fn by_hand(
        dir: &Path,
        submission: &Submission,
        program: Option<&Path>,
    ) -> io::Result<Self> {
        let mut layout = Layout::begin(dir)?;
        layout.fill(submission, program)?;
        Ok(layout)
    }

    fn fill(&mut self, submission: &Submission, program: Option<&Path>) -> io::Result<()> {
        submission.lay_out(&self.files())?;
        self.program = program.map(|_| self.dir.join("program"));
        match (program, &self.program) {
            (Some(from), Some(to)) => link(from, to),
            _ => Ok(()),
        }
    }

    /// The submission's files, and those that come with the exercise.
    pub(crate) fn files(&self) -> PathBuf {
        self.dir.join("files")
    }

    /// What the check must know, as `crates/check` reads it.
    pub(super) fn env(&self, side_by_side: NonZero<u8>) -> Vec<(&'static str, String)> {
        let mut env = vec![
            // Whoever is root in the lab may put programs into /usr/local.
            ("PATH", "/usr/bin:/bin:/usr/sbin:/sbin".to_owned()),
            ("SUBMISSION", self.files().display().to_string()),
            ("RUST_TEST_THREADS", side_by_side.to_string()),
        ];
        let program = self.program.iter().map(|program| program.display().to_string());
        env.extend(program.map(|program| ("SUBMISSION_PROGRAM", program)));
        env
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
