//! The register: all dates that were given out, each with a number, one more than the one before.
//!
//! The number is what makes a loss visible. Whoever has 41 and 43, in a file or in two answers,
//! knows that somebody has 42.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, FixedOffset, Utc};
use date_daemon::DatesFile;
use date_daemon::daemon::Output;
use leveled_logger::info;

use crate::Error;

/// How a date is written, for strftime(3). With its zone, so that no hour comes twice.
pub const DATE_FORMAT: &str = "%Y-%m-%dT%H:%M:%S%z";

/// More than any line has; the end of a file is looked at, not all of it.
const TAIL: u64 = 1024;

/// A line of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counted from 1.
    pub number: u64,
    /// When it was given out.
    pub date: DateTime<FixedOffset>,
}

/// What the last entry makes one wonder about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is old: nobody was there to write.
    Gap(Duration),
    /// It lies ahead: the clock was wrong then, or is wrong now.
    ClockWentBack(Duration),
}

impl Entry {
    /// Reads a line without its newline.
    pub fn parse(line: &str) -> Option<Entry> {
        let (number, date) = line.split_once(' ')?;
        let date = DateTime::parse_from_str(date, DATE_FORMAT).ok()?;
        Some(Entry { number: number.parse().ok()?, date })
    }

    /// Whether the service went on as it should: a date each `interval`, the last one `now`. A
    /// restart may cost one of them.
    pub fn doubt(&self, now: DateTime<Utc>, interval: Duration) -> Option<Doubt> {
        let age = now.signed_duration_since(self.date);
        match age.to_std() {
            Ok(age) if age > interval * 3 + Duration::from_secs(1) => Some(Doubt::Gap(age)),
            Ok(_) => None,
            Err(_) => age.abs().to_std().ok().map(Doubt::ClockWentBack),
        }
    }
}

/// The open register.
pub struct Register {
    file: DatesFile,
    last: Option<Entry>,
    number: u64,
}

impl Register {
    /// Opens the file, or begins it. Where it has just been rotated away, the numbers go on from
    /// the file that has `.1` behind its name.
    ///
    /// # Errors
    ///
    /// When the file can't be read or written, or is no register.
    pub fn open(path: PathBuf) -> Result<Register, Error> {
        let mut rotated = path.clone().into_os_string();
        rotated.push(".1");
        let last = match last_entry(&path)? {
            None => last_entry(Path::new(&rotated))?,
            last => last,
        };
        let number = last.map_or(0, |entry| entry.number);
        Ok(Register { file: DatesFile::open(path)?, last, number })
    }

    /// The last entry that was there when the register was opened.
    pub fn last(&self) -> Option<Entry> {
        self.last
    }

    /// The number of the last date that was written.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Writes a date, and returns its number.
    ///
    /// # Errors
    ///
    /// When the file does not take it; the number is then the next date's.
    pub fn enter(&mut self, date: &str) -> Result<u64, date_daemon::Error> {
        let next = self.number + 1;
        self.file.append(&format!("{next} {}\n", date.trim_end()))?;
        self.number = next;
        Ok(next)
    }
}

/// The register, for the thread that ticks and for the one that answers.
#[derive(Clone)]
pub struct SharedRegister(Arc<Mutex<Register>>);

impl SharedRegister {
    /// Shares it.
    pub fn new(register: Register) -> SharedRegister {
        SharedRegister(Arc::new(Mutex::new(register)))
    }

    /// The register, for one thread at a time.
    pub fn lock(&self) -> MutexGuard<'_, Register> {
        // A number counts as given only when its line is written, so a panic leaves all well.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What lesson 1's daemon writes to.
impl Output for SharedRegister {
    type Error = date_daemon::Error;

    fn append(&mut self, line: &str) -> Result<(), date_daemon::Error> {
        self.lock().enter(line).map(drop)
    }

    fn reopen(&mut self) -> Result<(), date_daemon::Error> {
        let mut register = self.lock();
        register.file.reopen()?;
        info!("the register stands at {}", register.number);
        Ok(())
    }
}

/// The last whole line; `None` for a file that is empty, or is not there.
fn last_entry(path: &Path) -> Result<Option<Entry>, Error> {
    let text = match tail(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(Error::ReadRegister { path: path.to_owned(), cause }),
    };
    // Behind the last newline stands what a crash left of a line: it was never answered.
    let Some((whole, _)) = text.rsplit_once('\n') else {
        return Ok(None);
    };
    let line = whole.rsplit('\n').next().unwrap_or_default();
    match Entry::parse(line) {
        Some(entry) => Ok(Some(entry)),
        None => {
            Err(Error::NoRegister { path: path.to_owned(), line: line.chars().take(80).collect() })
        }
    }
}

fn tail(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
