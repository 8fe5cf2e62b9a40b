//! What the checks of lesson 6 share: programs and callers.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use check::{Failure, Result, Text, Unit, proc_of, text, time_span, wait_until};

pub(crate) use check::{needed, put_program};

/// How long a read waits before it looks whether all patience is over.
const MOMENT: Duration = Duration::from_millis(20);
/// How long a line of an answer may be, in bytes.
const LINE_MAX: usize = 4096;

/// A word of eight letters that nobody could know.
pub(crate) fn random_word() -> String {
    let number = RandomState::new().hash_one(0);
    (0..8).map(|place| char::from(b'a' + (number >> (place * 8)) as u8 % 26)).collect()
}

/// Reads a time span as systemd prints it, such as `1min 30s`; nothing for a day and more.
pub(crate) fn seconds(words: &str) -> Option<Duration> {
    time_span(words).filter(|time| *time < Duration::from_secs(24 * 3600))
}

/// How many starts in which time the limit `kind` lets `unit` have, such as `StartLimit`; nothing if
/// there is one in each `span`, all day.
pub(crate) fn rationed(unit: Unit<'_>, kind: &str, span: Duration) -> Result<Option<[String; 2]>> {
    let burst = unit.property(&format!("{kind}Burst"))?;
    let interval = unit.property(&format!("{kind}IntervalUSec"))?;
    let count = burst.parse::<u32>().unwrap_or(u32::MAX);
    // What is longer than hours is too long for any number that somebody would write there.
    let is_short = seconds(&interval).is_some_and(|time| time <= span.saturating_mul(count));
    Ok((interval != "0" && count > 0 && !is_short).then_some([burst, interval]))
}

/// The directory on the way to `path` that not everybody may pass, if there is one; a symbolic link
/// leads on.
pub(crate) fn closed_directory(path: &'static str) -> Option<PathBuf> {
    let real = fs::canonicalize(path).ok()?;
    let is_closed = |directory: &&Path| {
        fs::metadata(directory).is_ok_and(|found| found.permissions().mode() & 0o001 == 0)
    };
    real.ancestors().skip(1).find(is_closed).map(Path::to_path_buf)
}

/// The processes that `unit` has, as directories in `/proc`; see proc(5).
pub(crate) fn processes_of(unit: &str) -> Vec<PathBuf> {
    let processes = fs::read_dir(proc_of("")).into_iter().flatten().flatten();
    let belongs_to = |process: &PathBuf| {
        let cgroups = fs::read_to_string(process.join("cgroup")).unwrap_or_default();
        cgroups.lines().any(|line| line.split('/').any(|part| part == unit))
    };
    processes.map(|entry| entry.path()).filter(belongs_to).collect()
}

/// Somebody who has called, and talks line by line.
pub(crate) struct Caller {
    stream: UnixStream,
    read: Vec<u8>,
}

impl Caller {
    /// Calls at `path`.
    ///
    /// # Errors
    /// When nobody listens there.
    #[track_caller]
    pub(crate) fn at(path: &'static str) -> Result<Self> {
        let stream = UnixStream::connect(path).map_err(|error| {
            Failure::new(text!("somebody to listen at {path}", path), Text::verbatim(error))
        })?;
        stream.set_read_timeout(Some(MOMENT))?;
        Ok(Caller { stream, read: Vec::new() })
    }

    /// Says `words`. That nobody hears them shows in what is answered.
    pub(crate) fn say(&mut self, words: &str) {
        let _ = self.stream.write_all(words.as_bytes());
    }

    /// Waits for a line.
    ///
    /// # Errors
    /// When the call ends without one, or none comes in time.
    #[track_caller]
    pub(crate) fn hear(&mut self) -> Result<String> {
        wait_until("an answer on the connection", || self.hear_so_far())
    }

    fn hear_so_far(&mut self) -> Result<Option<String>> {
        if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.read.drain(..=end).collect();
            return Ok(Some(String::from_utf8_lossy(&line[..end]).into_owned()));
        }
        let mut bytes = [0; 512];
        let ended = |got: Text| Failure::new("an answer on the connection", got);
        match self.stream.read(&mut bytes) {
            Ok(0) => Err(ended("the connection was closed, without an answer".into())),
            Ok(count) if self.read.len() < LINE_MAX => {
                self.read.extend(&bytes[..count]);
                Ok(None)
            }
            Ok(_) => Err(ended("a line without an end".into())),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                Ok(None)
            }
            Err(error) => Err(ended(text!("the connection was cut: {error}", error))),
        }
    }
}
