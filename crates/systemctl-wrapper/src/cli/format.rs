//! Times and sizes, as systemd writes them; systemd.time(7).

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use systemctl_wrapper::Unit;

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
const MONTH: u64 = 2_629_800 * SECOND;
const YEAR: u64 = 365 * DAY + 6 * HOUR;

/// A moment, in microseconds since 1970, in local time; `n/a` for none.
pub(crate) fn timestamp(usec: u64) -> Option<String> {
    let usec = i64::try_from(usec).ok().filter(|usec| *usec > 0)?;
    let moment = Timestamp::from_microsecond(usec).ok()?.to_zoned(zone().clone());
    Some(moment.strftime("%a %Y-%m-%d %H:%M:%S %Z").to_string())
}

/// The zone of this machine, as localtime(5) has it; UTC where there is none.
///
/// jiff asks for its name as well, and looks through all of /usr/share/zoneinfo for it: that takes
/// longer than the manager's answer.
fn zone() -> &'static TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| {
        if std::env::var_os("TZ").is_some() {
            return TimeZone::system();
        }
        let rules = std::fs::read("/etc/localtime").ok();
        let zone = rules.and_then(|rules| TimeZone::tzif("localtime", &rules).ok());
        zone.unwrap_or(TimeZone::UTC)
    })
}

/// How long ago that was, in two parts at most.
pub(crate) fn ago(usec: u64, now: u64) -> String {
    let (span, word) = match now.checked_sub(usec) {
        Some(past) => (past, "ago"),
        None => (usec - now, "left"),
    };
    format!("{} {word}", coarse(span))
}

/// The greatest parts of a span, one or two: `2h 5min`; format_timestamp_relative() of systemd's.
fn coarse(span: u64) -> String {
    let two = |great: (u64, &str), small: (u64, &str)| {
        let several = |count: u64, name: &str| match count {
            1 => format!("1 {name}"),
            _ => format!("{count} {name}s"),
        };
        let (whole, rest) = (span / great.0, span % great.0 / small.0);
        format!("{} {}", several(whole, great.1), several(rest, small.1))
    };
    match span {
        _ if span >= YEAR => two((YEAR, "year"), (MONTH, "month")),
        _ if span >= MONTH => two((MONTH, "month"), (DAY, "day")),
        _ if span >= WEEK => two((WEEK, "week"), (DAY, "day")),
        _ if span >= 2 * DAY => format!("{} days", span / DAY),
        _ if span >= 25 * HOUR => format!("1 day {}h", (span - DAY) / HOUR),
        _ if span >= 6 * HOUR => format!("{}h", span / HOUR),
        _ if span >= HOUR => format!("{}h {}min", span / HOUR, span % HOUR / MINUTE),
        _ if span >= 5 * MINUTE => format!("{}min", span / MINUTE),
        _ if span >= MINUTE => format!("{}min {}s", span / MINUTE, span % MINUTE / SECOND),
        _ if span >= SECOND => format!("{}s", span / SECOND),
        _ if span >= 1000 => format!("{}ms", span / 1000),
        _ => format!("{span}us"),
    }
}

/// Now, in microseconds since 1970.
pub(crate) fn now() -> u64 {
    u64::try_from(Timestamp::now().as_microsecond()).unwrap_or(0)
}

/// When a timer elapses next, in microseconds since 1970: 0 if never, `None` if it is no timer.
///
/// Its next time is one of the calendar, or one since boot: the sooner counts.
pub(crate) fn next_elapse(unit: &Unit) -> Option<u64> {
    unit.properties.get("NextElapseUSecRealtime")?;
    let number = |name: &str| unit.properties.number(name).filter(|usec| *usec > 0);
    let calendar = number("NextElapseUSecRealtime");
    let since_boot = number("NextElapseUSecMonotonic").map(|usec| boot_time() + usec);
    Some(calendar.into_iter().chain(since_boot).min().unwrap_or(0))
}

/// When the machine booted, in microseconds since 1970; proc(5), uptime.
fn boot_time() -> u64 {
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds = uptime.split_whitespace().next().and_then(|text| text.parse().ok());
    let seconds: f64 = seconds.unwrap_or(0.0);
    now().saturating_sub((seconds * 1e6) as u64)
}

/// A span in full, as `show` has it: `1min 30s`, `1.500000s`, `infinity`.
pub(crate) fn timespan(usec: u64, accuracy: u64) -> String {
    const UNITS: [(u64, &str); 9] = [
        (YEAR, "y"),
        (MONTH, "month"),
        (WEEK, "w"),
        (DAY, "d"),
        (HOUR, "h"),
        (MINUTE, "min"),
        (SECOND, "s"),
        (1000, "ms"),
        (1, "us"),
    ];
    if usec == u64::MAX {
        return "infinity".to_owned();
    }
    let mut parts = Vec::new();
    let mut rest = usec;
    for (size, name) in UNITS {
        if rest < size || rest < accuracy.max(1) {
            continue;
        }
        let (whole, left) = (rest / size, rest % size);
        // Below a minute, the last part has a fraction; its digits say how exact it is.
        if rest < MINUTE && left > 0 {
            let mut digits = size.ilog10() as usize;
            let mut fraction = left;
            let mut exact = accuracy.max(1);
            while exact > 1 {
                exact /= 10;
                fraction /= 10;
                digits = digits.saturating_sub(1);
            }
            if digits > 0 {
                parts.push(format!("{whole}.{fraction:0digits$}{name}"));
                rest = 0;
                continue;
            }
        }
        parts.push(format!("{whole}{name}"));
        rest = left;
    }
    if parts.is_empty() { "0".to_owned() } else { parts.join(" ") }
}

/// A size with one digit: `1.5M`.
pub(crate) fn bytes(size: u64) -> String {
    const UNITS: [(u32, &str); 6] =
        [(60, "E"), (50, "P"), (40, "T"), (30, "G"), (20, "M"), (10, "K")];
    for (shift, name) in UNITS {
        let unit = 1_u64 << shift;
        if size >= unit {
            let tenth = (u128::from(size % unit) * 10) >> shift;
            return format!("{}.{tenth}{name}", size / unit);
        }
    }
    format!("{size}B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_systemd_writes_them() {
        let check = |usec, expected: &str| assert_eq!(timespan(usec, 1), expected);
        check(0, "0");
        check(90 * SECOND, "1min 30s");
        check(1_500_000, "1.500000s");
        check(100_000, "100ms");
        check(1, "1us");
        check(u64::MAX, "infinity");
        check(DAY + 2 * HOUR, "1d 2h");
        assert_eq!(timespan(12_345, 1000), "12ms");
        assert_eq!(timespan(1_234_567, 1000), "1.234s");
    }

    #[test]
    fn moments_are_so_long_ago() {
        let check = |span, expected: &str| assert_eq!(ago(0, span), expected);
        check(19 * HOUR + 5 * MINUTE, "19h ago");
        check(5 * HOUR + 5 * MINUTE, "5h 5min ago");
        check(26 * HOUR, "1 day 2h ago");
        check(8 * DAY, "1 week 1 day ago");
        check(70 * DAY, "2 months 9 days ago");
        check(4 * MINUTE, "4min 0s ago");
        assert_eq!(ago(2 * SECOND, SECOND), "1s left");
    }

    #[test]
    fn sizes_have_one_digit() {
        assert_eq!(bytes(512), "512B");
        assert_eq!(bytes(1536 * 1024), "1.5M");
        assert_eq!(bytes(u64::MAX), "15.9E");
    }
}
