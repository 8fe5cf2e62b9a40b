//! The days of a year, counted here: whether systemd counts alike is what is asked.

use std::time::SystemTime;

const DAY: u64 = 24 * 3600;

/// The year that it is.
pub(super) fn this_year() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let days = now.as_secs() / DAY;
    (1970..).find(|year| first_day(year + 1) > days).unwrap_or(1970)
}

/// The days from 1970 to the first day of `year`.
fn first_day(year: u64) -> u64 {
    let before = year - 1;
    let leap_days = before / 4 - before / 100 + before / 400;
    // Up to 1970 there were 719162 days, as the calendar goes now.
    before * 365 + leap_days - 719_162
}

/// The last day of the year before.
pub(super) fn eve_of(year: u64) -> String {
    format!("{}-12-31", year - 1)
}

/// The days from Monday to Friday in `year`, as `2026-03-02`.
pub(super) fn weekdays(year: u64) -> impl Iterator<Item = String> {
    let first = first_day(year);
    (first..first_day(year + 1))
        // The first of January 1970 was a Thursday.
        .filter(|day| (day + 3) % 7 < 5)
        .map(move |day| date(year, day - first))
}

/// The date of a day of `year`, counted from 0.
fn date(year: u64, day: u64) -> String {
    let is_leap = first_day(year + 1) - first_day(year) == 366;
    let february = if is_leap { 29 } else { 28 };
    let mut rest = day;
    for (month, days) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        if rest < days {
            return format!("{year}-{month:02}-{:02}", rest + 1);
        }
        rest -= days;
    }
    String::new()
}
