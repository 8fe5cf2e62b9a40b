//! The date daemon, step 2: `date-daemon-2 FILE INTERVAL_MS` appends the date to FILE, again and again.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, SystemTime};
use std::{env, io};

use chrono::{DateTime, Local};

fn main() -> ExitCode {
    let Some((path, interval)) = arguments() else {
        eprintln!("usage: date-daemon-2 FILE INTERVAL_MS (1 to 86400000)");
        return ExitCode::from(2);
    };
    match run(&path, interval) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("date-daemon-2: cannot write to {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

/// Appends a line to the file at `path` at once, and then one every `interval`.
fn run(path: &Path, interval: Duration) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    for _ in 0..2000 {
        file.write_all(format!("{}\n", label(SystemTime::now())).as_bytes())?;
        thread::sleep(interval);
    }
    Ok(())
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
