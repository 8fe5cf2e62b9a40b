//! A small project with chapters of its own, and the `course` command in it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A project with these chapters: name of the file and text.
pub(crate) fn project(chapters: &[(&str, &[u8])]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("docs/en");
    fs::create_dir_all(&directory).unwrap();
    for (name, text) in chapters {
        fs::write(directory.join(name), text).unwrap();
    }
    root
}

/// The `course` command, run in `root`.
pub(crate) fn course(root: &Path) -> Command {
    let mut command = Command::new(program());
    command.current_dir(root);
    command
}

pub(crate) fn program() -> &'static str {
    env!("CARGO_BIN_EXE_course")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Whether a lab can run here; where it can't, says that `promise` is not proved.
pub(crate) fn can_boot(promise: &str) -> bool {
    match lab::Lab::boot(&lab::Options::default()) {
        Ok(_) => true,
        Err(error) => {
            lab::not_proved(promise, &error.to_string().replace('\n', " "));
            false
        }
    }
}

/// A number that no other process on this machine has in its command line.
pub(crate) fn mark() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("7{:07}{count:03}", std::process::id())
}

/// Whether some process on this machine sleeps for `mark` seconds: a unit of a lab that still runs.
pub(crate) fn sleeps(mark: &str) -> bool {
    let processes = fs::read_dir("/proc").unwrap();
    processes.filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok()).any(|line| {
        line.split(|byte| *byte == 0).any(|word| word == mark.as_bytes())
            && line.starts_with(b"/usr/bin/sleep")
    })
}

/// Waits until `done`, for at most a minute: the machine may be busy.
#[track_caller]
pub(crate) fn wait_until(what: &str, done: impl FnMut() -> bool) {
    wait_for(Duration::from_secs(60), what, done);
}

/// Waits until `done`, for at most five minutes: cargo may be busy with the builds of other tests
/// first, and the machine with something else.
#[track_caller]
pub(crate) fn wait_for_cargo(what: &str, done: impl FnMut() -> bool) {
    wait_for(Duration::from_secs(300), what, done);
}

#[track_caller]
fn wait_for(limit: Duration, what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
