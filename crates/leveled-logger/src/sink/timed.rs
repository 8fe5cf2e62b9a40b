//! A file for each span of time: at midnight, `x.log` becomes `x.log.2024-06-15`.

use std::ffi::CStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

use super::file::{FileMode, append, open};
use super::rotating::rename_if_there;
use super::{About, Sink};
use crate::local_time::{self, TimeZone};
use crate::{Error, clock, report};

const DAY: i64 = 24 * 60 * 60;

/// How long a file lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Seconds, from when the file was begun.
    Second,
    /// Minutes, from when the file was begun.
    Minute,
    /// Hours, from when the file was begun.
    Hour,
    /// Days, from when the file was begun.
    Day,
    /// Until the next midnight.
    Midnight,
    /// Until the night before this day of the week; 0 is Monday.
    Weekday(u8),
}

impl FromStr for When {
    type Err = Error;

    /// Reads Python's `S`, `M`, `H`, `D`, `midnight` and `W0` to `W6`.
    fn from_str(text: &str) -> Result<When, Error> {
        match text.to_ascii_uppercase().as_bytes() {
            b"S" => Ok(When::Second),
            b"M" => Ok(When::Minute),
            b"H" => Ok(When::Hour),
            b"D" => Ok(When::Day),
            b"MIDNIGHT" => Ok(When::Midnight),
            [b'W', day @ b'0'..=b'6'] => Ok(When::Weekday(day - b'0')),
            _ => Err(Error::UnknownWhen(text.to_owned())),
        }
    }
}

impl When {
    fn seconds(self) -> i64 {
        match self {
            When::Second => 1,
            When::Minute => 60,
            When::Hour => 60 * 60,
            When::Day | When::Midnight => DAY,
            When::Weekday(_) => 7 * DAY,
        }
    }

    /// What is put behind the name of a file that is done.
    fn suffix(self) -> &'static CStr {
        match self {
            When::Second => c".%Y-%m-%d_%H-%M-%S",
            When::Minute => c".%Y-%m-%d_%H-%M",
            When::Hour => c".%Y-%m-%d_%H",
            When::Day | When::Midnight | When::Weekday(_) => c".%Y-%m-%d",
        }
    }

    /// The length of such a suffix, and the places of its digits.
    fn is_suffix(self, text: &str) -> bool {
        let shape = match self {
            When::Second => ".dddd-dd-dd_dd-dd-dd",
            When::Minute => ".dddd-dd-dd_dd-dd",
            When::Hour => ".dddd-dd-dd_dd",
            When::Day | When::Midnight | When::Weekday(_) => ".dddd-dd-dd",
        };
        let fits = |(c, s): (u8, u8)| if s == b'd' { c.is_ascii_digit() } else { c == s };
        text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
    }
}

/// Rotates by time. As for sizes: for one process.
#[derive(Debug)]
pub struct TimedSink {
    path: PathBuf,
    when: When,
    interval: i64,
    backups: usize,
    zone: TimeZone,
    open: Mutex<Open>,
    torn: AtomicBool,
}

#[derive(Debug)]
struct Open {
    file: File,
    until: i64,
}

impl TimedSink {
    /// A new file every `every` spans; `backups` older ones are kept, or all with 0. In local time,
    /// or in UTC.
    ///
    /// # Errors
    ///
    /// When the file can't be opened, or made.
    pub fn open(
        path: impl Into<PathBuf>,
        when: When,
        every: u32,
        backups: usize,
        zone: TimeZone,
    ) -> Result<TimedSink, Error> {
        let path = path.into();
        // A file that is there already goes on: its span began when it was last written.
        let begun = fs::metadata(&path).map(|meta| meta.mtime());
        let begun = begun.unwrap_or_else(|_| clock::now_ns().div_euclid(1_000_000_000));
        let file = open(&path, FileMode::Append)?;
        let interval = when.seconds() * i64::from(every.max(1));
        let until = next(when, interval, zone, begun);
        let open = Mutex::new(Open { file, until });
        Ok(TimedSink { path, when, interval, backups, zone, open, torn: AtomicBool::new(false) })
    }

    fn rotate(&self, open_now: &mut Open, now: i64) -> io::Result<()> {
        let mut begun = open_now.until - self.interval;
        // The wall clock's name for the beginning, also when summer time began or ended in between.
        begun += self.summer(now) - self.summer(begun);
        let mut name = self.path.as_os_str().to_owned();
        let mut suffix = String::new();
        local_time::write(begun, self.zone, self.when.suffix(), &mut suffix);
        name.push(suffix);
        // The span is over even when the file can't be moved: else each line would try again.
        let mut until = next(self.when, self.interval, self.zone, now);
        while until <= now {
            until += self.interval;
        }
        open_now.until = until;
        rename_if_there(&self.path, Path::new(&name))?;
        open_now.file = open(&self.path, FileMode::Append).map_err(io::Error::other)?;
        self.remove_old()
    }

    fn summer(&self, second: i64) -> i64 {
        let parts = local_time::parts(second, self.zone);
        if parts.is_some_and(|parts| parts.tm_isdst > 0) { 60 * 60 } else { 0 }
    }

    fn remove_old(&self) -> io::Result<()> {
        if self.backups == 0 {
            return Ok(());
        }
        let directory = self.path.parent().filter(|directory| *directory != Path::new(""));
        let base = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut old = Vec::new();
        for entry in fs::read_dir(directory.unwrap_or(Path::new(".")))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.strip_prefix(&base).is_some_and(|suffix| self.when.is_suffix(suffix)) {
                old.push(entry.path());
            }
        }
        old.sort();
        old.truncate(old.len().saturating_sub(self.backups));
        old.iter().try_for_each(fs::remove_file)
    }
}

/// When a file that is begun at that second is done.
fn next(when: When, interval: i64, zone: TimeZone, begun: i64) -> i64 {
    let target = match when {
        When::Second | When::Minute | When::Hour | When::Day => return begun + interval,
        When::Midnight => None,
        When::Weekday(day) => Some(i64::from(day)),
    };
    let Some(parts) = local_time::parts(begun, zone) else {
        return begun + interval;
    };
    let (hour, minute, second) = (parts.tm_hour, parts.tm_min, parts.tm_sec);
    let mut until = begun + DAY - i64::from((hour * 60 + minute) * 60 + second);
    if let Some(day) = target {
        // The C library's week begins on Sunday, Python's on Monday.
        let today = i64::from((parts.tm_wday + 6) % 7);
        until += (day - today).rem_euclid(7) * DAY;
    }
    let is_summer =
        |second| local_time::parts(second, zone).is_some_and(|parts| parts.tm_isdst > 0);
    match (is_summer(begun), is_summer(until)) {
        (false, true) => until - 60 * 60,
        (true, false) => until + 60 * 60,
        _ => until,
    }
}

impl Sink for TimedSink {
    fn write_line(&self, line: &[u8], _: About) -> io::Result<()> {
        let now = clock::now_ns().div_euclid(1_000_000_000);
        let mut open_now = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= open_now.until
            && let Err(error) = self.rotate(&mut open_now, now)
        {
            // The line goes into the file that is open: late, and not lost.
            report::once(&self.path, &error);
        }
        append(&open_now.file, line, &self.torn)
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}
