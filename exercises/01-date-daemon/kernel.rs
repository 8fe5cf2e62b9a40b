//! What the kernel knows of a daemon at work: its open files, what it has written, the time it had
//! on a processor and the time it waited for one; see proc(5).

use std::fmt::Display;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use check::{Running, Signal};

/// See open(2).
const O_ACCMODE: u32 = 3;
const O_APPEND: u32 = 0o2000;

/// One open file of the daemon.
pub(crate) struct Descriptor {
    /// The file itself, whatever its name is now: device and inode.
    file: (u64, u64),
    flags: u32,
}

impl Descriptor {
    /// Whether it is the file that has the name `path` now.
    pub(crate) fn is(&self, path: &Path) -> bool {
        Some(self.file) == file_at(path)
    }

    /// Whether it can only read.
    pub(crate) fn reads_only(&self) -> bool {
        self.flags & O_ACCMODE == 0
    }

    /// Whether it can write.
    pub(crate) fn writes(&self) -> bool {
        self.flags & O_ACCMODE != 0
    }

    /// Whether it can write, and does so wherever it happens to stand instead of at the end.
    pub(crate) fn writes_without_append(&self) -> bool {
        self.writes() && self.flags & O_APPEND == 0
    }
}

/// The file that has the name `path` now; a number stays the file's when it is renamed.
pub(crate) fn file_at(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// What the daemon has open. What it closes meanwhile is left out.
pub(crate) fn descriptors(daemon: &Running) -> Vec<Descriptor> {
    let directory = format!("/proc/{}", daemon.pid());
    let names = fs::read_dir(format!("{directory}/fd")).into_iter().flatten().flatten();
    names
        .filter_map(|name| {
            let file = file_at(&name.path())?;
            let info = Path::new(&directory).join("fdinfo").join(name.file_name());
            let info = fs::read_to_string(info).ok()?;
            // A shell puts a file on 1 and takes it away again: these may be another's flags.
            file_at(&name.path()).filter(|now| *now == file)?;
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
            Some(Descriptor { file, flags: u32::from_str_radix(flags.trim(), 8).ok()? })
        })
        .collect()
}

/// How many bytes the daemon has written so far, to whatever it was; see `wchar` in proc_pid_io(5).
pub(crate) fn bytes_written(daemon: &Running) -> u64 {
    let io = fs::read_to_string(format!("/proc/{}/io", daemon.pid())).unwrap_or_default();
    let bytes = io.lines().find_map(|line| line.strip_prefix("wchar: ")?.parse().ok());
    bytes.unwrap_or_default()
}

/// How long the daemon's threads have run on a processor, and how long they were ready to and had
/// none.
pub(crate) fn time_on_processors(daemon: &Running) -> (Duration, Duration) {
    let threads = fs::read_dir(format!("/proc/{}/task", daemon.pid())).into_iter().flatten();
    let times = threads.flatten().filter_map(|thread| {
        // Two numbers, in nanoseconds, and a third; see Documentation/scheduler/sched-stats.rst of
        // the kernel.
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        let mut numbers = text.split_whitespace().map(|word| word.parse().unwrap_or_default());
        Some((Duration::from_nanos(numbers.next()?), Duration::from_nanos(numbers.next()?)))
    });
    times.fold((Duration::ZERO, Duration::ZERO), |sum, time| (sum.0 + time.0, sum.1 + time.1))
}

/// Whether the process `pid` has a handler for `signal`; see `SigCgt` in proc_pid_status(5).
pub(crate) fn catches(pid: impl Display, signal: Signal) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:\t"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask, 16).ok()).unwrap_or_default();
    caught >> (signal as u32 - 1) & 1 == 1
}

/// Whether all threads of the daemon sleep just now; see `State` in proc_pid_status(5).
pub(crate) fn sleeps(daemon: &Running) -> bool {
    let threads = fs::read_dir(format!("/proc/{}/task", daemon.pid())).into_iter().flatten();
    threads.flatten().all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('S'))
    })
}
