//! What goes wrong while logging. There is no caller who could be told, so it is said on standard
//! error, once, and counted; the program goes on.

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::reason;

static SILENT: AtomicBool = AtomicBool::new(false);

/// Whether trouble with a handler is said on standard error; `true` unless you say otherwise. It is
/// counted in any case.
pub fn set_report_errors(reports: bool) {
    SILENT.store(!reports, Ordering::Relaxed);
}

/// One line on standard error, in one write. A closed standard error is nobody's fault, and nobody
/// is left to tell.
pub(crate) fn say(what: fmt::Arguments<'_>) {
    if !SILENT.load(Ordering::Relaxed) {
        let _ = io::stderr().write_all(format!("{what}\n").as_bytes());
    }
}

/// How a handler or a sink fares.
#[derive(Debug, Default)]
pub(crate) struct Health {
    lost: AtomicU64,
    failing: AtomicBool,
    bad_records: AtomicBool,
    reader_left: AtomicBool,
    /// Only while it fails: why, and how many lines were lost before.
    trouble: Mutex<Option<(String, u64)>>,
}

impl Health {
    /// How many lines could not be written, so far.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Whether nobody reads any more what is written.
    pub(crate) fn reader_left(&self) -> bool {
        self.reader_left.load(Ordering::Relaxed)
    }

    /// Whether the last write failed.
    #[inline]
    pub(crate) fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    /// All is well again. Says so, and how many lines are missing.
    #[cold]
    pub(crate) fn worked(&self, place: &str) {
        self.failing.store(false, Ordering::Relaxed);
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((why, before)) = trouble {
            let missing = self.lost() - before;
            say(format_args!(
                "leveled-logger: {place} works again; {missing} lines were lost: {why}"
            ));
        }
    }

    /// So many lines could not be written. Says so for the first only.
    #[cold]
    pub(crate) fn failed(&self, place: &str, error: &io::Error, lines: u64) {
        let before = self.lost.fetch_add(lines, Ordering::Relaxed);
        // A reader that left is no error: `program | head` is an ordinary thing to do.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return self.reader_left.store(true, Ordering::Relaxed);
        }
        if self.failing.swap(true, Ordering::Relaxed) {
            return;
        }
        let why = reason(error);
        say(format_args!("--- Logging error ---\nleveled-logger: cannot write to {place}: {why}"));
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some((why, before));
    }

    /// A record that can't be written at all, or a handler that panicked. Says so for the first
    /// only.
    #[cold]
    pub(crate) fn refused(&self, place: &str, why: fmt::Arguments<'_>) {
        self.lost.fetch_add(1, Ordering::Relaxed);
        if !self.bad_records.swap(true, Ordering::Relaxed) {
            say(format_args!("--- Logging error ---\nleveled-logger: {place}: {why}"));
        }
    }
}

/// Trouble that costs no line, as a file that can't be rotated. Said once in the life of the
/// program for a path.
pub(crate) fn once(path: &Path, error: &io::Error) {
    static SAID: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if !said.iter().any(|known| known == path) {
        said.push(path.to_owned());
        let why = reason(error);
        say(format_args!(
            "--- Logging error ---\nleveled-logger: cannot rotate {}: {why}; lines still go to the file that is open",
            path.display()
        ));
    }
}
