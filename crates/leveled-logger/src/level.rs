//! A level: how much a line matters, as a number. Not a priority of syslog, which counts the other
//! way.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use systemd_types::Priority;

use crate::Error;

/// How much a line matters; larger is more serious. Five numbers have names, and any other will do.
///
/// ```
/// use leveled_logger::Level;
///
/// assert_eq!("WARNING".parse::<Level>().unwrap(), Level::WARNING);
/// assert_eq!(Level::new(25).to_string(), "Level 25");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(i32);

/// The names that every program knows. The second name of a number is only read, never written.
const NAMES: [(&str, i32); 8] = [
    ("CRITICAL", 50),
    ("ERROR", 40),
    ("WARNING", 30),
    ("INFO", 20),
    ("DEBUG", 10),
    ("NOTSET", 0),
    ("FATAL", 50),
    ("WARN", 30),
];

/// The names that the program added; almost always none, and then nobody takes the lock.
static ADDED: RwLock<Vec<(String, i32)>> = RwLock::new(Vec::new());
static ANY_ADDED: AtomicBool = AtomicBool::new(false);

impl Level {
    /// No threshold of its own: a logger asks its parent, a handler takes all.
    pub const NOTSET: Level = Level(0);
    /// Of use to the author only.
    pub const DEBUG: Level = Level(10);
    /// All goes as it should.
    pub const INFO: Level = Level(20);
    /// Something unexpected, and it still works. This is the threshold unless you say otherwise.
    pub const WARNING: Level = Level(30);
    /// Something was not done.
    pub const ERROR: Level = Level(40);
    /// The program can't go on.
    pub const CRITICAL: Level = Level(50);

    /// The level of that number.
    pub const fn new(number: i32) -> Level {
        Level(number)
    }

    /// Its number: 10 for DEBUG, 50 for CRITICAL.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// Its name: the one that was added last for the number, one of the five, or `Level 25`.
    pub fn name(self) -> Cow<'static, str> {
        if ANY_ADDED.load(Ordering::Relaxed) {
            let added = ADDED.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((name, _)) = added.iter().rev().find(|(_, number)| *number == self.0) {
                return Cow::Owned(name.clone());
            }
        }
        match NAMES.iter().find(|(_, number)| *number == self.0) {
            Some((name, _)) => Cow::Borrowed(name),
            None => Cow::Owned(format!("Level {}", self.0)),
        }
    }

    /// Gives a number a name of your own, for writing and for reading.
    pub fn add_name(self, name: &str) {
        let mut added = ADDED.write().unwrap_or_else(PoisonError::into_inner);
        added.push((name.to_owned(), self.0));
        ANY_ADDED.store(true, Ordering::Relaxed);
    }

    /// The level of tracing that other layers see. There are only five, so CRITICAL is an ERROR to
    /// them.
    pub const fn tracing(self) -> tracing::Level {
        match self.0 {
            40.. => tracing::Level::ERROR,
            30..40 => tracing::Level::WARN,
            20..30 => tracing::Level::INFO,
            10..20 => tracing::Level::DEBUG,
            _ => tracing::Level::TRACE,
        }
    }

    /// The level of what was said with tracing's own macros; TRACE is 5.
    pub const fn from_tracing(level: tracing::Level) -> Level {
        match level {
            tracing::Level::ERROR => Level::ERROR,
            tracing::Level::WARN => Level::WARNING,
            tracing::Level::INFO => Level::INFO,
            tracing::Level::DEBUG => Level::DEBUG,
            tracing::Level::TRACE => Level(5),
        }
    }

    /// The priority in the journal. A number between two names counts as the more serious one, and
    /// what is above CRITICAL is an alert: so says python-systemd's handler, which journals
    /// know from Python's services.
    pub fn priority(self) -> Priority {
        match self.0 {
            ..=10 => Priority::DEBUG,
            11..=20 => Priority::INFO,
            21..=30 => Priority::WARNING,
            31..=40 => Priority::ERR,
            41..=50 => Priority::CRIT,
            51.. => Priority::ALERT,
        }
    }

    /// The priority for syslog(3). Python's own syslog handler looks at the *name*, and takes any
    /// that is not one of the five for a warning; so `Level 25` and `Level 45` are warnings
    /// here, and not in the journal.
    pub fn syslog_priority(name: &str) -> Priority {
        match name {
            "DEBUG" => Priority::DEBUG,
            "INFO" => Priority::INFO,
            "ERROR" => Priority::ERR,
            "CRITICAL" => Priority::CRIT,
            _ => Priority::WARNING,
        }
    }
}

impl From<i32> for Level {
    fn from(number: i32) -> Level {
        Level(number)
    }
}

impl FromStr for Level {
    type Err = Error;

    /// Reads a name, in capitals as Python has them. A number is no name: use [`Level::new`].
    fn from_str(name: &str) -> Result<Level, Error> {
        let added = ADDED.read().unwrap_or_else(PoisonError::into_inner);
        let added = added.iter().rev().map(|(name, number)| (name.as_str(), *number));
        let mut names = added.chain(NAMES);
        match names.find(|(known, _)| *known == name) {
            Some((_, number)) => Ok(Level(number)),
            None => Err(Error::UnknownLevel(name.to_owned())),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name())
    }
}
