//! Time spans: `90`, `1min 30s`, `1.5h`, `infinity`; systemd.time(7).
//!
//! A number without a unit counts in seconds. `m` is a minute and `M` a month.
//!
//! Months and years have fixed lengths, as a span has no date that it begins at.

use std::fmt;
use std::time::Duration;

use super::Invalid;

/// The spellings of each unit, and how many nanoseconds it has; systemd.time(7).
const UNITS: [(&[&str], u128); 10] = [
    (&["y", "year", "years"], YEAR),
    (&["M", "month", "months"], MONTH),
    (&["w", "week", "weeks"], 7 * 24 * HOUR),
    (&["d", "day", "days"], 24 * HOUR),
    (&["h", "hr", "hour", "hours"], HOUR),
    (&["m", "min", "minute", "minutes"], 60 * SECOND),
    (&["s", "sec", "second", "seconds"], SECOND),
    (&["ms", "msec"], SECOND / 1000),
    (&["us", "usec", "\u{3bc}s", "\u{b5}s"], 1000),
    (&["ns", "nsec"], 1),
];

const SECOND: u128 = 1_000_000_000;
const HOUR: u128 = 3600 * SECOND;
/// 30.44 days.
const MONTH: u128 = 2_629_800 * SECOND;
/// 365.25 days.
const YEAR: u128 = 31_557_600 * SECOND;

/// A span of time, to the microsecond, or no end.
///
/// ```
/// use unit_file::values::TimeSpan;
///
/// assert_eq!(TimeSpan::parse("1.5h")?.to_string(), "1h 30min");
/// assert_eq!(TimeSpan::parse("90")?, TimeSpan::parse("1min 30s")?);
/// // Not a minute: M is a month.
/// assert_eq!(TimeSpan::parse("1M")?.micros(), Some(2_629_800_000_000));
/// # Ok::<(), unit_file::values::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeSpan {
    /// So long.
    Finite(Duration),
    /// Without end.
    Infinity,
}

impl TimeSpan {
    /// Reads a span as most keys have it: a bare number counts in seconds.
    ///
    /// Terms add up in any order, and one without a unit counts in the unit of the key, which is
    /// a second for nearly all.
    pub fn parse(value: &str) -> Result<TimeSpan, Invalid> {
        TimeSpan::parse_with_unit(value, Duration::from_secs(1))
    }

    /// Reads a span whose bare numbers count in `unit`.
    pub fn parse_with_unit(value: &str, unit: Duration) -> Result<TimeSpan, Invalid> {
        let micros = parse(value, unit.as_nanos(), 1000)?;
        Ok(micros
            .map_or(TimeSpan::Infinity, |micros| TimeSpan::Finite(Duration::from_micros(micros))))
    }

    /// The span in microseconds; `None` for infinity.
    pub fn micros(self) -> Option<u128> {
        match self {
            TimeSpan::Finite(duration) => Some(duration.as_micros()),
            TimeSpan::Infinity => None,
        }
    }
}

/// Reads a span to the nanosecond, a bare number counting in nanoseconds, as `TimerSlackNSec=`
/// does.
///
/// The kernel counts timer slack in nanoseconds, so here a bare number does not mean seconds.
pub fn parse_nanoseconds(value: &str) -> Result<Option<u64>, Invalid> {
    parse(value, 1, 1)
}

/// Reads a span in ticks of so many nanoseconds; `None` is infinity.
fn parse(value: &str, default_unit: u128, tick: u128) -> Result<Option<u64>, Invalid> {
    let text = value.trim_start_matches(BLANKS);
    if let Some(rest) = text.strip_prefix("infinity") {
        let nothing_follows = rest.trim_start_matches(BLANKS).is_empty();
        let refusal = || Invalid::whole(value, "infinity stands alone");
        return nothing_follows.then_some(None).ok_or_else(refusal);
    }
    let mut total = 0_u64;
    let mut at = value.len() - text.len();
    loop {
        let rest = value[at..].trim_start_matches(BLANKS);
        let start = value.len() - rest.len();
        if rest.is_empty() {
            break;
        }
        let (ticks, length) =
            read_term(rest, default_unit, tick).map_err(|reason| refusal(value, start, reason))?;
        let sum = total.checked_add(ticks).filter(|sum| *sum < u64::MAX);
        total = sum.ok_or_else(|| Invalid::whole(value, "the time span is too long"))?;
        at = start + length;
    }
    if text.is_empty() {
        return Err(Invalid::whole(value, "a time span is missing"));
    }
    Ok(Some(total))
}

/// Why the term at a place is none: mostly for a unit that systemd does not have.
///
/// Of `5mins`, systemd reads `5min` and then fails at the `s`; who wrote it sees one word.
fn refusal(value: &str, start: usize, reason: String) -> Invalid {
    let is_letter = |c: char| c.is_alphabetic();
    let before = value[..start].trim_end_matches(is_letter).len();
    let number = |c: char| c.is_ascii_digit() || BLANKS.contains(&c) || c == '.';
    let from = value.len() - value[before..].trim_start_matches(number).len();
    let length = value[from..].find(|c| !is_letter(c)).unwrap_or(value.len() - from);
    let unit = from..from + length;
    let is_known = unit_of(&value[unit.clone()]).is_some_and(|(name, _)| name.len() == length);
    if unit.is_empty() || from == 0 || is_known {
        return Invalid::at(start..value.len(), reason);
    }
    let reason = format!("{:?} is not a unit of time such as s, min or h", &value[unit.clone()]);
    Invalid::at(unit, reason)
}

/// One number with its unit: the ticks, and how much of the text it took.
///
/// Between the number and its unit there may be blanks, so "5 s" is one term; "5 5s" is two.
fn read_term(text: &str, default_unit: u128, tick: u128) -> Result<(u64, usize), String> {
    if text.starts_with('-') {
        return Err("a time span is not negative".to_owned());
    }
    let number = text.strip_prefix('+').unwrap_or(text);
    let sign = text.len() - number.len();
    let whole_digits = digits(number);
    let mut at = sign + whole_digits;
    let mut fraction = "";
    if text[at..].starts_with('.') {
        fraction = &text[at + 1..at + 1 + digits(&text[at + 1..])];
        if fraction.is_empty() || sign > 0 && whole_digits == 0 {
            return Err(format!("{text:?} has no digit after its point"));
        }
        at += 1 + fraction.len();
    } else if whole_digits == 0 {
        return Err(format!("{text:?} is not a number with a unit such as s, min or h"));
    }
    let rest = text[at..].trim_start_matches(BLANKS);
    let unit = unit_of(rest).filter(|(_, nanos)| nanos / tick > 0);
    let unit_nanos = unit.map_or(default_unit, |(_, nanos)| nanos);
    let end = text.len() - rest.len() + unit.map_or(0, |(name, _)| name.len());
    if end == at && end < text.len() {
        return Err(format!("{:?} is not a unit of time such as s, min or h", unknown_unit(rest)));
    }
    let whole = if whole_digits == 0 { "0" } else { &number[..whole_digits] };
    let ticks = ticks(whole, fraction, unit_nanos / tick)
        .ok_or_else(|| "the time span is too long".to_owned())?;
    Ok((ticks, end))
}

/// The unit that a text begins with, in its longest spelling: `min` is no `m` with more behind it.
fn unit_of(text: &str) -> Option<(&'static str, u128)> {
    let spelt =
        UNITS.iter().flat_map(|(names, nanos)| names.iter().map(move |name| (*name, *nanos)));
    spelt.filter(|(name, _)| text.starts_with(name)).max_by_key(|(name, _)| name.len())
}

/// The first word of what should have been a unit.
fn unknown_unit(rest: &str) -> &str {
    rest.split(BLANKS).next().unwrap_or(rest)
}

/// Digits beyond the tick are cut off, one by one, as systemd does it.
///
/// The sum is kept below the largest number, which stands for infinity in systemd.
fn ticks(whole: &str, fraction: &str, unit: u128) -> Option<u64> {
    let whole: i64 = whole.parse().ok()?;
    let mut ticks = u128::try_from(whole).ok()?.checked_mul(unit)?;
    let mut place = unit / 10;
    for digit in fraction.bytes() {
        ticks += u128::from(digit - b'0') * place;
        place /= 10;
    }
    u64::try_from(ticks).ok().filter(|ticks| *ticks < u64::MAX)
}

const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

impl fmt::Display for TimeSpan {
    /// Writes a span as systemd does, largest unit first: `1min 30s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TimeSpan::Finite(duration) = self else {
            return f.write_str("infinity");
        };
        let units: [(&str, u128); 9] = [
            ("y", YEAR),
            ("month", MONTH),
            ("w", 7 * 24 * HOUR),
            ("d", 24 * HOUR),
            ("h", HOUR),
            ("min", 60 * SECOND),
            ("s", SECOND),
            ("ms", SECOND / 1000),
            ("us", 1000),
        ];
        let mut rest = duration.as_nanos();
        let mut separator = "";
        for (unit, nanos) in units {
            if rest / nanos > 0 {
                write!(f, "{separator}{}{unit}", rest / nanos)?;
                separator = " ";
            }
            rest %= nanos;
        }
        if separator.is_empty() { f.write_str("0") } else { Ok(()) }
    }
}
