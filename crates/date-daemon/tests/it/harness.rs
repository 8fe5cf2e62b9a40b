//! A running date-daemon, and how to read what it wrote. All waiting is for an event, with a
//! time-out.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// Labels with milliseconds, so that ticks of 1 ms can be told apart: `1795336918.200`.
pub(crate) const MILLIS: &str = "%s%.3f";

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_date-daemon");

/// A program that is killed when the test is over, and whose standard error is kept.
pub(crate) struct Running {
    child: Child,
    stderr: PathBuf,
}

impl Running {
    /// Starts `command`; its standard error goes to the file `stderr`.
    #[track_caller]
    pub(crate) fn start(command: &mut Command, stderr: PathBuf) -> Self {
        let log = File::create(&stderr).unwrap();
        let child = command.stderr(log).stdin(Stdio::null()).spawn().unwrap();
        Self { child, stderr }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).unwrap();
    }

    /// What it has said so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap()
    }

    #[track_caller]
    pub(crate) fn wait_for_log(&self, words: &str) {
        wait_until(&format!("the log says {words:?}"), || self.log().contains(words));
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        wait_until("the program ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Sends SIGTERM, and expects a clean end.
    #[track_caller]
    pub(crate) fn stop(&mut self) {
        self.signal(Signal::SIGTERM);
        let status = self.wait();
        assert_eq!(status.code(), Some(0), "{status}: {}", self.log());
    }

    /// How many ticks it says that it missed: the gaps that may be in the file.
    pub(crate) fn missed(&self) -> u64 {
        let log = self.log();
        let counts = log.split("missed ").skip(1);
        counts.map(|rest| rest.split(' ').next().unwrap().parse::<u64>().unwrap()).sum()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone, as a rule.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A fresh directory, and the daemon's command line for `dates.log` in it.
pub(crate) struct Place {
    pub(crate) directory: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { directory }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The daemon in this directory, with nothing of the test's own environment that it heeds.
    pub(crate) fn program(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM"] {
            command.env_remove(name);
        }
        command.current_dir(self.directory.path());
        command
    }

    /// The daemon with millisecond labels.
    pub(crate) fn command(&self, interval: &str) -> Command {
        let mut command = self.program();
        command.args(["--interval", interval, "--format", MILLIS]);
        command
    }

    #[track_caller]
    pub(crate) fn start(&self, interval: &str) -> Running {
        Running::start(&mut self.command(interval), self.path("stderr"))
    }

    #[track_caller]
    pub(crate) fn wait_for_lines(&self, name: &str, count: usize) {
        wait_until(&format!("{count} lines in {name}"), || {
            fs::read_to_string(self.path(name)).is_ok_and(|text| text.lines().count() >= count)
        });
    }
}

/// Asks until the answer is yes; a minute without it is a failure.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited a minute until {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The wall clock in milliseconds.
pub(crate) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}

/// A number that differs from call to call, for moments that no one chose.
pub(crate) fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    u64::from_ne_bytes(bytes) % below
}

/// The labels in a file, in milliseconds. Anything but whole lines is a failure.
#[track_caller]
pub(crate) fn labels(path: &Path) -> Vec<u64> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "a torn last line: {text:?}");
    text.lines().map(label).collect()
}

#[track_caller]
pub(crate) fn label(line: &str) -> u64 {
    let (seconds, millis) = line.split_once('.').unwrap_or_else(|| panic!("a torn line: {line:?}"));
    assert!(seconds.len() == 10 && millis.len() == 3, "a torn line: {line:?}");
    format!("{seconds}{millis}").parse().unwrap()
}

/// Fails unless the labels rise by `interval_ms`, but for as many gaps as the daemon itself has
/// reported.
#[track_caller]
pub(crate) fn assert_none_lost(labels: &[u64], interval_ms: u64, missed: u64) {
    assert!(labels.is_sorted_by(|a, b| a < b), "a label twice, or out of order: {labels:?}");
    let (Some(first), Some(last)) = (labels.first(), labels.last()) else {
        panic!("no line at all");
    };
    let due = (last - first) / interval_ms + 1;
    // The first tick of all can already be late, and what it missed is before the first label.
    let lost = due - labels.len() as u64;
    let at_start = missed.saturating_sub(lost);
    assert!(
        lost <= missed && at_start < 1000,
        "{due} lines due, {lost} not there, {missed} reported"
    );
}

/// A promise that this machine cannot show is named, never passed over in silence.
pub(crate) fn not_proved(test: &str, reason: &str) {
    let line = format!("NOT PROVED: {test}: {reason}\n");
    eprint!("{line}");
    if let Some(path) = std::env::var_os("NOT_PROVED") {
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
}
