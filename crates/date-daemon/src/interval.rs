//! How often a line is due: `5s`, `50ms`, `1min`, `1h`, or bare seconds.
//!
//! One number and one unit, not all of systemd.time(7): no `1h 30min`, no fractions, no `infinity`.

use std::str::FromStr;
use std::time::Duration;

/// A time between two ticks that the daemon can keep: 1 ms to 24 h.
///
/// Shorter would be a busy loop; longer is a job for a timer unit, see systemd.timer(5).
///
/// ```
/// use std::time::Duration;
///
/// use date_daemon::{BadInterval, Interval};
///
/// let interval: Interval = "5s".parse()?;
/// assert_eq!(interval.as_duration(), Duration::from_secs(5));
/// assert_eq!("2days".parse::<Interval>(), Err(BadInterval::Form));
/// # Ok::<(), BadInterval>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval(Duration);

impl Interval {
    const MIN: Duration = Duration::from_millis(1);
    const MAX: Duration = Duration::from_secs(24 * 60 * 60);

    /// The interval as the standard library counts time.
    pub fn as_duration(self) -> Duration {
        self.0
    }
}

/// Why a text is no [`Interval`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadInterval {
    /// Not a number with one of the units.
    #[error("want a whole number and a unit, such as 50ms, 5s, 1min or 1h")]
    Form,
    /// A number outside what the daemon can keep.
    #[error("must be between 1ms and 24h")]
    Range,
}

impl FromStr for Interval {
    type Err = BadInterval;

    fn from_str(text: &str) -> Result<Self, BadInterval> {
        let unit_at = text.find(|c: char| !c.is_ascii_digit());
        let (digits, unit) = text.split_at(unit_at.unwrap_or(text.len()));
        let millis_per_unit = match unit {
            "ms" => 1,
            // A bare number is seconds, as in systemd.time(7).
            "" | "s" => 1000,
            "min" => 60 * 1000,
            "h" => 60 * 60 * 1000,
            _ => return Err(BadInterval::Form),
        };
        if digits.is_empty() {
            return Err(BadInterval::Form);
        }
        // Only digits are left, so what fails to parse here is too large, not malformed.
        let count: u64 = digits.parse().map_err(|_| BadInterval::Range)?;
        let millis = count.checked_mul(millis_per_unit);
        let interval = Duration::from_millis(millis.ok_or(BadInterval::Range)?);
        if (Self::MIN..=Self::MAX).contains(&interval) {
            Ok(Self(interval))
        } else {
            Err(BadInterval::Range)
        }
    }
}
