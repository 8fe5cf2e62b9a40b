//! What the logger promises, tried in programs of its own: each of these tests runs itself again as
//! a child.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod disk;
mod end;
mod escape;
mod fork;
mod handlers;
mod in_lab;
mod journal;
mod levels;
mod strange;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use leveled_logger::{Batched, FileMode, FileSink, Formatter, Handler, Level, Sink, Style, root};

/// Longer than anything takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The directory of the child that this process is, if it is one.
fn child_directory() -> Option<PathBuf> {
    env::var_os("LEVELED_LOGGER_CHILD").map(PathBuf::from)
}

/// This test again, in a process of its own, for that directory.
fn child(test: &str, directory: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env("LEVELED_LOGGER_CHILD", directory)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A handler at the root, for the message alone.
fn at_root(sink: impl Sink + 'static) -> Arc<Handler> {
    let format = Formatter::new("%(message)s", None, Style::Percent).unwrap();
    let handler = Arc::new(Handler::new(sink).with_formatter(format));
    root().add_handler(&handler);
    root().set_level(Level::DEBUG);
    handler
}

fn batched(path: &Path) -> Arc<Handler> {
    at_root(Batched::new(FileSink::open(path, FileMode::Append).unwrap()))
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < until, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
