//! The submission under check, as the environment names it: `SUBMISSION` (its directory),
//! `SUBMISSION_PROGRAM` (what was built from it) and `SUBMISSION_UID` (who it runs as; without it,
//! whoever runs the check).

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, lchown};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::prctl;
use nix::sys::stat::{Mode, umask};

pub(crate) struct Submission {
    /// Its files. Nobody writes here.
    pub(crate) directory: PathBuf,
    /// What was built, at a place where its account can run it.
    pub(crate) program: Option<PathBuf>,
    pub(crate) uid: Option<u32>,
}

/// The one submission of this process.
pub(crate) fn get() -> io::Result<&'static Submission> {
    static SUBMISSION: OnceLock<io::Result<Submission>> = OnceLock::new();
    let read = SUBMISSION.get_or_init(read).as_ref();
    read.map_err(|error| io::Error::new(error.kind(), error.to_string()))
}

fn read() -> io::Result<Submission> {
    // A submission that runs under the same account must not reach into the check.
    prctl::set_dumpable(false)?;
    // Nor must the learner's own habits decide what the submission's account can read: systemd's
    // default is this too.
    umask(Mode::from_bits_truncate(0o022));
    let directory =
        env::var_os("SUBMISSION").ok_or_else(|| io::Error::other("SUBMISSION is not set"))?;
    let uid = env::var("SUBMISSION_UID").ok().map(|uid| uid.parse()).transpose();
    let uid = uid.map_err(|_| io::Error::other("SUBMISSION_UID is not a number"))?;
    let mut program = env::var_os("SUBMISSION_PROGRAM").map(PathBuf::from);
    if let (Some(program), Some(_)) = (&mut program, uid) {
        *program = reachable(program)?;
    }
    Ok(Submission { directory: directory.into(), program, uid })
}

/// A copy that any account can run: the directories above the original may be closed to all but
/// their owner.
fn reachable(program: &Path) -> io::Result<PathBuf> {
    // It stays as long as the lab does. On the host, TMPDIR is one that the course makes, and
    // removes when the check has run.
    let copy = make_directory()?.join(program.file_name().unwrap_or_default());
    // Not written by this process: what it forks meanwhile for another promise would hold the file
    // open for writing, and a file that is being written can't be run; see ETXTBSY in execve(2).
    let installed = Command::new("install").arg("--mode=755").args([program, &copy]).output()?;
    if !installed.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&installed.stderr).trim().to_owned()));
    }
    Ok(copy)
}

/// Makes an empty directory that the submission's account can read only.
pub(crate) fn make_directory() -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = env::temp_dir().join(format!("check-{}-{count}", process::id()));
    DirBuilder::new().mode(0o755).create(&path)?;
    Ok(path)
}

/// Makes `path` the submission's, if it runs under an account of its own.
pub(crate) fn give(path: &Path) -> io::Result<()> {
    if let Some(uid) = get()?.uid {
        lchown(path, Some(uid), Some(uid))?;
    }
    Ok(())
}

/// The text of one of its files.
pub(crate) fn file_text(file: &str) -> io::Result<String> {
    fs::read_to_string(get()?.directory.join(file))
}

/// The number of the first line of the submission's `file` that is the one that is meant.
pub(crate) fn line_of(file: &str, is_meant: impl FnMut(&str) -> bool) -> Option<usize> {
    let found = file_text(file).ok()?.lines().position(is_meant);
    found.map(|index| index + 1)
}

/// Whether the function `name` begins on `line`.
pub(crate) fn begins_function(line: &str, name: &str) -> bool {
    let begin = format!("fn {name}(");
    let code = line.split("//").next().unwrap_or_default();
    code.trim_start().starts_with(&begin) || code.contains(&format!(" {begin}"))
}
