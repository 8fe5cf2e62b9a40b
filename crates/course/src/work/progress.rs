//! What the learner has done: kept in `work/progress.json`, by exercise name and content, and
//! written whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use check_report::{Text, text};
use nix::fcntl::OFlag;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;
use crate::exercise::Exercise;
use crate::files::{free_name, hash, read_text, write_json};
use crate::project::Project;

/// All that is remembered of a learner's work.
#[derive(Debug)]
pub(crate) struct Progress {
    path: PathBuf,
    records: BTreeMap<String, Record>,
    /// What happened to a file that could not be read, to be said once.
    pub(crate) warning: Option<Text>,
}

/// What is remembered of one exercise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Record {
    /// The content of the exercise that was passed; empty before.
    pub(crate) passed: String,
    /// The content that was last started or checked: it finds an exercise again that was renamed.
    pub(crate) seen: String,
    /// How many hints were asked for.
    pub(crate) hints: usize,
    /// Whether the solution was shown before a pass.
    pub(crate) gave_up: bool,
    /// What a newer version of the course has noted: not ours to lose.
    #[serde(flatten)]
    other: BTreeMap<String, Value>,
}

impl Progress {
    /// Reads the progress. A file that makes no sense is set aside, not lost.
    pub(crate) fn read(project: &Project) -> Result<Self, Error> {
        let mut progress = Progress {
            path: project.work.join("progress.json"),
            records: BTreeMap::new(),
            warning: None,
        };
        progress.read_again()?;
        Ok(progress)
    }

    fn read_again(&mut self) -> Result<(), Error> {
        let path = &self.path;
        if !path.exists() {
            return Ok(());
        }
        let read = read_text(path, path).map_err(|error| error.to_string());
        match read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string())) {
            Ok(records) => self.records = records,
            Err(cause) => {
                let aside =
                    free_name(|number| path.with_extension(format!("json.unreadable-{number}")));
                fs::rename(path, &aside).map_err(|error| Error::write(path, error))?;
                self.warning = Some(text!(
                    "cannot read the progress: {cause}; what was there is kept in {aside}",
                    cause = Text::of(&cause),
                    aside = aside.display(),
                ));
            }
        }
        Ok(())
    }

    /// What is known of `exercise`: under its name, or under the name that it had before.
    pub(crate) fn record(&self, exercise: &Exercise) -> Record {
        let by_content = || self.records.values().find(|record| is_of(&record.seen, exercise));
        self.records.get(&exercise.key).or_else(by_content).cloned().unwrap_or_default()
    }

    /// Changes what is known of `exercise`, and writes it. What another terminal has noted since is
    /// kept.
    pub(crate) fn note(
        &mut self,
        exercise: &Exercise,
        change: impl FnOnce(&mut Record),
    ) -> Result<(), Error> {
        let lock = self.path.with_extension("json.lock");
        let _turn = take_turn(&lock).map_err(|error| Error::write(&lock, error))?;
        self.read_again()?;
        let mut record = self.record(exercise);
        record.seen = content(exercise);
        change(&mut record);
        self.records.insert(exercise.key.clone(), record);
        write_json(&self.path, &self.path.with_extension("json.new"), &self.records)
            .map_err(|error| Error::write(&self.path, error))
    }
}

/// Whoever holds the file `lock` may change the progress.
fn take_turn(lock: &Path) -> io::Result<File> {
    fs::create_dir_all(lock.parent().unwrap_or(Path::new("/")))?;
    // A link in its place might lead to a file that is not ours, and that must stay as it is.
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits())
        .open(lock)?;
    file.lock()?;
    Ok(file)
}

/// Whether `seen` names what `exercise` asks for, in this version or in an earlier one that asked
/// for the same.
pub(super) fn is_of(seen: &str, exercise: &Exercise) -> bool {
    exercise.manifest.earlier.iter().any(|earlier| earlier == seen) || seen == content(exercise)
}

/// A name for what an exercise asks for: its task, starter and check. Hints and variants may change
/// without it.
///
/// It finds changes; it keeps nobody from forging the file of their own progress.
fn content(exercise: &Exercise) -> String {
    let asked = ["README.md", "check.rs"].map(|file| exercise.dir.join(file)).into_iter();
    let edited = exercise.manifest.edit.iter().map(|file| exercise.starter().join(file));
    let bytes = asked.chain(edited).flat_map(|path| fs::read(path).unwrap_or_default());
    let hash = hash(bytes);
    format!("{hash:016x}")
}
