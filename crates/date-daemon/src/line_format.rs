//! The form of a line: a strftime(3) format that is known to be good before the first tick.
//!
//! It is chrono's dialect, not quite the C library's. Chrono finds a mistake only when it formats,
//! and `to_string()` on such a date panics: a daemon with a misspelt `--format` would die at its
//! first tick, hours after the mistake. So the format is tried once at start.

use std::fmt::Write;
use std::str::FromStr;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, Local, Utc};

/// A format whose lines are one non-empty line of at most 255 bytes.
///
/// ```
/// use date_daemon::{BadFormat, LineFormat};
///
/// let format: LineFormat = "noon is at %H".parse()?;
/// assert!(format.line(chrono::Utc::now()).starts_with("noon is at "));
/// assert_eq!("%Q".parse::<LineFormat>().unwrap_err(), BadFormat::Unknown);
/// # Ok::<(), BadFormat>(())
/// ```
#[derive(Clone, Debug)]
pub struct LineFormat(Vec<Item<'static>>);

/// Why a text is no [`LineFormat`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFormat {
    /// Nothing would be written.
    #[error("is empty")]
    Empty,
    /// The format, or what it makes of a date, is longer than a line may be.
    #[error("makes a line longer than 255 bytes")]
    TooLong,
    /// A `%` with something that chrono does not know.
    #[error("holds a conversion that is not known; %% writes a percent sign")]
    Unknown,
    /// A newline or another control character: a date would no longer be one line.
    #[error("holds a control character; a date is one line")]
    Control,
}

/// As in the longest file name: more than any date needs, and a bound on what waits in memory.
const MAX_BYTES: usize = 255;

impl LineFormat {
    /// The line for `due`, in local time ($TZ, or /etc/localtime), with its newline.
    ///
    /// Where clocks are set back in autumn, an hour of labels comes twice; with TZ=UTC, or `%z` in
    /// the format, none does.
    pub fn line(&self, due: DateTime<Utc>) -> String {
        // What could fail was tried in `from_str`, with this very function.
        self.try_line(due).unwrap_or_default() + "\n"
    }

    fn try_line(&self, due: DateTime<Utc>) -> Result<String, std::fmt::Error> {
        let local = due.with_timezone(&Local);
        let mut line = String::with_capacity(32);
        write!(line, "{}", local.format_with_items(self.0.iter()))?;
        Ok(line)
    }
}

impl FromStr for LineFormat {
    type Err = BadFormat;

    fn from_str(text: &str) -> Result<Self, BadFormat> {
        if text.len() > MAX_BYTES {
            return Err(BadFormat::TooLong);
        }
        let items = StrftimeItems::new(text).parse_to_owned();
        let format = Self(items.map_err(|_| BadFormat::Unknown)?);
        // A Wednesday in September: with `%A, %B %d` no date is longer, so that every line keeps
        // the bound.
        let longest = DateTime::from_timestamp(1_790_164_799, 999_999_999).unwrap_or_default();
        let sample = format.try_line(longest).map_err(|_| BadFormat::Unknown)?;
        match sample {
            line if line.is_empty() => Err(BadFormat::Empty),
            line if line.len() > MAX_BYTES => Err(BadFormat::TooLong),
            // Asked of the result, because `%n` writes a newline too. A tab (`%t`) is welcome.
            line if line.contains(|c: char| c.is_control() && c != '\t') => Err(BadFormat::Control),
            _ => Ok(format),
        }
    }
}
