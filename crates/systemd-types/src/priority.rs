//! The eight syslog priorities, which the journal, sd-daemon(3) prefixes and `LogLevelMax=` share;
//! syslog(3).

use std::fmt;
use std::str::FromStr;

/// How urgent a message is: 0 is an emergency, 7 a debugging aid. Smaller is more urgent, also in
/// comparisons.
///
/// ```
/// use systemd_types::Priority;
///
/// let given: Priority = "warning".parse()?;
/// assert_eq!((given, given.number()), (Priority::WARNING, 4));
/// assert!(Priority::ERR < Priority::WARNING);
/// # Ok::<(), systemd_types::UnknownPriority>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority(u8);

impl Priority {
    /// The system is unusable.
    pub const EMERG: Priority = Priority(0);
    /// Somebody must act at once.
    pub const ALERT: Priority = Priority(1);
    /// A critical condition.
    pub const CRIT: Priority = Priority(2);
    /// Something failed.
    pub const ERR: Priority = Priority(3);
    /// Something is about to fail, or was worked around.
    pub const WARNING: Priority = Priority(4);
    /// Normal, but worth noting.
    pub const NOTICE: Priority = Priority(5);
    /// What a service has to tell; the journal's default.
    pub const INFO: Priority = Priority(6);
    /// Of use to the author only.
    pub const DEBUG: Priority = Priority(7);

    /// The names of syslog(3), by number.
    const NAMES: [&'static str; 8] =
        ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    /// The priority of a number; `None` above 7.
    pub fn new(number: u8) -> Option<Priority> {
        (number <= 7).then_some(Priority(number))
    }

    /// The number, 0 to 7.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The name that syslog(3) and journalctl(1) use.
    pub fn name(self) -> &'static str {
        Priority::NAMES[usize::from(self.0)]
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Priority {
    type Err = UnknownPriority;

    /// Reads a name or a digit, as `journalctl --priority=` takes them.
    fn from_str(text: &str) -> Result<Priority, UnknownPriority> {
        let named = Priority::NAMES.iter().position(|name| *name == text);
        let number = named.and_then(|at| u8::try_from(at).ok()).or_else(|| text.parse().ok());
        number.and_then(Priority::new).ok_or_else(|| UnknownPriority(text.to_owned()))
    }
}

/// The text is neither a digit from 0 to 7 nor one of the eight names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPriority(String);

impl fmt::Display for UnknownPriority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no priority: use 0 to 7, or {}", self.0, Priority::NAMES.join(", "))
    }
}

impl std::error::Error for UnknownPriority {}
