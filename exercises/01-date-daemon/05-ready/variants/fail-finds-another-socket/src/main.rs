//! The date daemon, step 5: `date-daemon-5 FILE INTERVAL_MS` appends the date to FILE, and tells systemd when it is ready.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};
use std::{env, io};

use chrono::{DateTime, Local};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

fn main() -> ExitCode {
    let Some((path, interval)) = arguments() else {
        eprintln!("usage: date-daemon-5 FILE INTERVAL_MS (1 to 86400000)");
        return ExitCode::from(2);
    };
    match run(&path, interval) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("date-daemon-5: cannot write to {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

/// Appends a line to the file at `path` at once, and then one at each deadline, until somebody asks it to stop.
fn run(path: &Path, interval: Duration) -> io::Result<()> {
    let signals = signals()?;
    let mut file = open_and_tell(path)?;
    let mut due = Instant::now();
    loop {
        // One place to wait for both: the deadline is a time-out, a signal is a message.
        match signals.recv_timeout(due.saturating_duration_since(Instant::now())) {
            Err(RecvTimeoutError::Timeout) => {
                append(&mut file)?;
                due = next_deadline(due, interval);
            }
            Ok(_) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

/// A channel that brings the number of each signal that asks the daemon to stop.
fn signals() -> io::Result<Receiver<i32>> {
    let (sender, receiver) = mpsc::channel();
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            let _ = sender.send(signal);
        }
    });
    Ok(receiver)
}

/// The deadline that comes after `due`. Deadlines are a whole number of intervals apart, for as long as the daemon runs.
fn next_deadline(due: Instant, interval: Duration) -> Instant {
    let late = due.elapsed();
    let since_the_last = (late.as_nanos() % interval.as_nanos()) as u64;
    due + late - Duration::from_nanos(since_the_last) + interval
}

/// Opens the file, and tells systemd, if it wants to know, that the daemon is ready.
fn open_and_tell(path: &Path) -> io::Result<File> {
    let file = open(path)?;
    match env::var_os("NOTIFY_SOCKET") {
        Some(socket) => UnixDatagram::unbound()?.send_to(b"READY=1", socket).map(drop)?,
        None => drop(UnixDatagram::unbound()?.send_to(b"READY=1", "/run/systemd/notify")),
    }
    Ok(file)
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
