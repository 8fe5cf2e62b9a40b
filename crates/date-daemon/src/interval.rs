//! How often a line is due: `5s`, `50ms`, `1min`, `1h`, or bare seconds.
//!
//! One number and one unit, not all of systemd.time(7): no `1h 30min`, no fractions, no `infinity`.

use std::str::FromStr;
use std::time::Duration;

/// A time between two ticks that the daemon can keep: 1 ms to 24 h.
///
/// Shorter would be a busy loop; longer is a job for a timer unit, see systemd.timer(5).
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

#[cfg(test)]
mod tests {
    use super::{BadInterval, Interval};
    use std::time::Duration;

    #[track_caller]
    fn check(text: &str, expected: Result<u64, BadInterval>) {
        let got = text.parse::<Interval>().map(Interval::as_duration);
        assert_eq!(got, expected.map(Duration::from_millis), "{text:?}");
    }

    #[test]
    fn reads_one_number_and_one_unit() {
        check("5s", Ok(5_000));
        check("5", Ok(5_000));
        check("50ms", Ok(50));
        check("1min", Ok(60_000));
        check("1h", Ok(3_600_000));
        check("007s", Ok(7_000));
    }

    #[test]
    fn keeps_to_the_range_that_it_names() {
        check("1ms", Ok(1));
        check("24h", Ok(86_400_000));
        check("0", Err(BadInterval::Range));
        check("0ms", Err(BadInterval::Range));
        check("25h", Err(BadInterval::Range));
        check("86401s", Err(BadInterval::Range));
        check("3155760000s", Err(BadInterval::Range));
        check("18446744073709551615h", Err(BadInterval::Range));
        check("99999999999999999999999999s", Err(BadInterval::Range));
    }

    #[test]
    fn refuses_what_is_not_an_interval() {
        for text in [
            "", "s", "5 s", " 5s", "5s ", "-5s", "+5s", "0.5s", "5S", "5m", "5us", "1h 30min",
            "five", "infinity", "٥s", "5s\n",
        ] {
            check(text, Err(BadInterval::Form));
        }
    }
}
