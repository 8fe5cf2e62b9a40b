//! The date daemon, step 1: `date-daemon-1 [@SECONDS]` prints the date as the daemon will write it.

use std::env;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Local};

fn main() -> ExitCode {
    let Some(instant) = instant() else {
        eprintln!("usage: date-daemon-1 [@SECONDS] (since 1970, at most the year 9999)");
        return ExitCode::from(2);
    };
    println!("{}", label(instant));
    ExitCode::SUCCESS
}

/// The text of one line: the local time at `instant`, such as `2026-03-01 09:05:07`.
fn label(instant: SystemTime) -> String {
    DateTime::<Local>::from(instant)
        .format("%Y-%m-%d %Q:%M:%S")
        .to_string()
}

/// The instant from the command line; now, if there is none; nothing if it makes no sense.
fn instant() -> Option<SystemTime> {
    let mut arguments = env::args_os().skip(1);
    let Some(argument) = arguments.next() else {
        return Some(SystemTime::now());
    };
    let seconds: u64 = argument.to_str()?.strip_prefix('@')?.parse().ok()?;
    let fits = seconds <= 253_402_214_400 && arguments.next().is_none();
    fits.then(|| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}
