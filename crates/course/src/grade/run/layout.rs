//! What a check needs, laid out in a directory of its own that a lab can show.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::exercise::Rung;
use crate::grade::submission::Submission;

/// The check binary, the submission's files and its program; gone when it is dropped.
pub(crate) struct Layout {
    pub(crate) dir: PathBuf,
    pub(super) check: PathBuf,
    /// What was built from the submission, if it is to be built.
    pub(crate) program: Option<PathBuf>,
}

impl Layout {
    /// Lays out `submission` and the binary `check` in `dir`.
    pub(super) fn new(
        dir: &Path,
        submission: &Submission,
        check: &Path,
        program: Option<&Path>,
    ) -> io::Result<Self> {
        let layout = Layout::by_hand(dir, submission, program)?;
        link(check, &layout.check)?;
        Ok(layout)
    }

    /// The same without a check, for somebody who tries it by hand.
    pub(crate) fn by_hand(
        dir: &Path,
        submission: &Submission,
        program: Option<&Path>,
    ) -> io::Result<Self> {
        let _ = fs::remove_dir_all(dir);
        let layout = Layout {
            dir: dir.to_owned(),
            check: dir.join("checks"),
            program: program.map(|_| dir.join("program")),
        };
        submission.lay_out(&layout.files())?;
        if let (Some(from), Some(to)) = (program, &layout.program) {
            link(from, to)?;
        }
        Ok(layout)
    }

    /// The submission's files, and those that come with the exercise.
    pub(crate) fn files(&self) -> PathBuf {
        self.dir.join("files")
    }

    /// What the check must know, as `crates/check` reads it.
    pub(super) fn env(&self, rung: Rung) -> Vec<(&'static str, String)> {
        // Under systemd, promises share the units' names, and take turns.
        let threads = if rung == Rung::Lab { "1" } else { "4" };
        let mut env = vec![
            // Whoever is root in the lab may put programs into /usr/local.
            ("PATH", "/usr/bin:/bin:/usr/sbin:/sbin".to_owned()),
            ("SUBMISSION", self.files().display().to_string()),
            ("RUST_TEST_THREADS", threads.to_owned()),
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
