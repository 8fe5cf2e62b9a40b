//! The date daemon, step 3: `date-daemon-3 FILE INTERVAL_MS` appends the date to FILE, and keeps to its timetable.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};
use std::{env, io};

use chrono::{DateTime, Local};

fn main() -> ExitCode {
    let Some((path, interval)) = arguments() else {
        eprintln!("usage: date-daemon-3 FILE INTERVAL_MS (1 to 86400000)");
        return ExitCode::from(2);
    };
    match run(&path, interval) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("date-daemon-3: cannot write to {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

/// See timespec(3type).
#[repr(C)]
#[derive(Clone, Copy)]
struct Timespec {
    seconds: i64,
    nanos: i64,
}

const CLOCK_MONOTONIC: i32 = 1;
const TIMER_ABSTIME: i32 = 1;

unsafe extern "C" {
    fn clock_gettime(clock: i32, now: *mut Timespec) -> i32;
    fn clock_nanosleep(clock: i32, flags: i32, until: *const Timespec, left: *mut Timespec) -> i32;
}

/// The nanoseconds since the boot.
fn now() -> i64 {
    let mut now = Timespec { seconds: 0, nanos: 0 };
    // SAFETY: `now` is there to be written to.
    unsafe { clock_gettime(CLOCK_MONOTONIC, &mut now) };
    now.seconds * 1_000_000_000 + now.nanos
}

fn sleep_until(nanos: i64) {
    let until = Timespec { seconds: nanos / 1_000_000_000, nanos: nanos % 1_000_000_000 };
    // SAFETY: `until` is there to be read; nothing is written. A signal may end it too early.
    while unsafe { clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, std::ptr::null_mut()) } != 0 {}
}

/// Appends a line to the file at `path` at once, and then one at each deadline.
fn run(path: &Path, interval: Duration) -> io::Result<()> {
    let mut file = open(path)?;
    let start = now();
    loop {
        append(&mut file)?;
        sleep_until(next_deadline(start, interval.as_nanos() as i64));
    }
}

/// The deadline that comes after `due`. Deadlines are a whole number of intervals apart, for as long as the daemon runs.
fn next_deadline(start: i64, interval: i64) -> i64 {
    start + ((now() - start) / interval + 1) * interval
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

/// Appends the date, with its newline, in one write.
fn append(file: &mut File) -> io::Result<()> {
    let line = format!("{}\n", label(SystemTime::now()));
    file.write_all(line.as_bytes())
}

/// The text of one line: the local time at `instant`.
fn label(instant: SystemTime) -> String {
    DateTime::<Local>::from(instant)
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// The file and the interval from the command line, or nothing if they make no sense.
fn arguments() -> Option<(PathBuf, Duration)> {
    let mut arguments = env::args_os().skip(1);
    let path = PathBuf::from(arguments.next()?);
    let millis = arguments.next()?.to_str()?.parse().ok()?;
    let fits = (1..=86_400_000).contains(&millis) && arguments.next().is_none();
    fits.then_some((path, Duration::from_millis(millis)))
}
