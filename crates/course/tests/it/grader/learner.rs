//! A learner with a directory of their own, in this very course, and the verdicts they get.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::project::{program, stderr, stdout};

/// The exercise that most tests hand answers in to, and its directory.
pub(crate) const APPEND: &str = "1.2";
const APPEND_DIR: &str = "01-date-daemon/02-append";
/// One for answers that keep the compiler busy: those to one exercise are graded one after the
/// other.
const STOP: &str = "1.4";
const STOP_DIR: &str = "01-date-daemon/04-stop";

/// This course.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

/// The authors' own answer to [`APPEND`].
pub(crate) fn reference() -> String {
    fs::read_to_string(variant("pass-reference")).unwrap()
}

/// Where a variant of [`APPEND`] is.
pub(crate) fn variant(name: &str) -> PathBuf {
    let directory = root().join("exercises").join(APPEND_DIR).join("variants");
    directory.join(name).join("src/main.rs")
}

/// Copies a directory with all that is in it.
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Somebody who has started an exercise.
pub(crate) struct Learner {
    directory: TempDir,
    /// The exercise, such as `1.2`.
    pub(crate) id: &'static str,
    key: &'static str,
}

/// What came of a check.
pub(crate) struct Verdict {
    pub(crate) status: Option<i32>,
    pub(crate) json: Value,
    took: Duration,
}

impl Learner {
    /// Somebody who has started [`APPEND`].
    pub(crate) fn start() -> Self {
        Learner::start_with(APPEND, APPEND_DIR)
    }

    /// Somebody who will keep the compiler busy for long.
    pub(crate) fn start_slowly() -> Self {
        Learner::start_with(STOP, STOP_DIR)
    }

    /// Somebody who has started the exercise `id` in the directory `key`.
    pub(crate) fn start_with(id: &'static str, key: &'static str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let learner = Learner { directory, id, key };
        let output = learner.course(&["start", id]);
        assert!(output.status.success(), "{}", stderr(&output));
        learner
    }

    /// The directory that `--work` names.
    pub(crate) fn work(&self) -> &Path {
        self.directory.path()
    }

    /// The directory of the exercise.
    pub(crate) fn exercise(&self) -> PathBuf {
        self.work().join(self.key)
    }

    /// The file to edit.
    pub(crate) fn file(&self) -> PathBuf {
        self.exercise().join("src/main.rs")
    }

    /// `course` with these arguments, not yet run.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.current_dir(root()).arg("--work").arg(self.work()).args(args);
        command
    }

    pub(crate) fn course(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Saves `source` and checks it.
    #[track_caller]
    pub(crate) fn hands_in(&self, source: impl AsRef<[u8]>) -> Verdict {
        fs::write(self.file(), source).unwrap();
        self.checks()
    }

    /// Checks what is there.
    #[track_caller]
    pub(crate) fn checks(&self) -> Verdict {
        let begin = Instant::now();
        let output = self.course(&["check", self.id, "--json"]);
        let (text, errors) = (stdout(&output), stderr(&output));
        assert!(!errors.contains("panicked"), "{errors}");
        Verdict {
            status: output.status.code(),
            json: serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{error}: {text:?}; {errors}")),
            took: begin.elapsed(),
        }
    }
}

impl Verdict {
    #[track_caller]
    pub(crate) fn passed(&self) {
        assert_eq!(self.json["passed"], true, "{:#}", self.json);
        assert_eq!(self.status, Some(0));
    }

    /// Refused, in words among which are these.
    #[track_caller]
    pub(crate) fn refused(&self, words: &str) {
        let text = self.json.to_string();
        assert_eq!(self.json["passed"], false, "{:#}", self.json);
        assert_eq!(self.status, Some(1), "{text}");
        assert!(text.contains(words), "{words:?}: {:#}", self.json);
    }

    /// An answer that would go on for ever, or for very long, has been ended. Five minutes are wide:
    /// the builds of other tests may come first, and the machine may do much else.
    #[track_caller]
    pub(crate) fn came_in_time(&self) {
        assert!(self.took < Duration::from_secs(300), "{:?}", self.took);
    }

    /// Why it was not even tried.
    pub(crate) fn why(&self) -> &str {
        self.json["refused"]["why"].as_str().unwrap_or_default()
    }
}
