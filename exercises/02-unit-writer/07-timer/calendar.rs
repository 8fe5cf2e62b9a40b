//! What systemd makes of a timer's calendar: its events, and the moments that they mean.

use std::collections::BTreeSet;
use std::process::Command;

use check::{Explain, Failure, Result, text};

use super::FILE;
use super::days::{eve_of, this_year};

/// More than there are weekdays in a year.
const ITERATIONS: usize = 264;
/// After so many years, each date has been each day of the week.
const CYCLE: u64 = 28;
/// How many of the years that events name are looked at.
const NAMED_MAX: usize = 8;
/// How many moments a failure shows.
const SHOWN: usize = 5;

/// The moments of a timer that is right, on those days: the second is the learner's to choose.
pub(super) fn in_their_minute(
    days: &BTreeSet<String>,
    moments: &BTreeSet<String>,
) -> BTreeSet<String> {
    let first_of = |day: &String| {
        let minute = format!("{day} 06:30:");
        let mut found = moments.iter().filter(|moment| moment.starts_with(&minute));
        found.next().cloned().unwrap_or_else(|| format!("{minute}00"))
    };
    days.iter().map(first_of).collect()
}

/// The years that need a look because of an event: for one that is not about each day of each
/// month, all in which the days of the week can fall otherwise; those that it names, and the ones
/// after them.
pub(super) fn of_interest(events: &[String]) -> BTreeSet<u64> {
    let years = this_year()..this_year() + CYCLE;
    let words = events.iter().flat_map(|event| event.split(|sign: char| !sign.is_ascii_digit()));
    let named = words.filter(|word| word.len() == 4).filter_map(|word| word.parse().ok());
    let named = named.flat_map(|year: u64| [year, year + 1]).filter(|year| *year > this_year());
    let is_plain = events.iter().all(|event| event.contains("*-*-*"));
    years.filter(|_| !is_plain).chain(named.take(NAMED_MAX)).collect()
}

/// The calendar events of the timer, as systemd writes them: `{ OnCalendar=Mon..Fri *-*-* 06:30:00
/// ; next_elapse=…`
pub(super) fn events<'a>(shown: impl Iterator<Item = &'a str>) -> Vec<String> {
    let event =
        |line: &str| Some(line.split_once("OnCalendar=")?.1.split(" ; ").next()?.to_owned());
    shown.filter_map(event).collect()
}

/// The time zone at the end of an event, if there is one: `Mon..Fri *-*-* 06:30:00 Europe/Madrid`.
pub(super) fn zone_of(event: &str) -> Option<&str> {
    let last = event.rsplit(' ').next()?;
    last.starts_with(|sign: char| sign.is_ascii_alphabetic()).then_some(last)
}

/// The moments in the year that an event means, as far as there are not too many.
pub(super) fn moments_of(event: &str, zone: &str, year: u64) -> Result<Vec<String>> {
    let output = Command::new("systemd-analyze")
        .args(["calendar", "--base-time", &format!("{} 23:59:59", eve_of(year))])
        .args([&format!("--iterations={ITERATIONS}"), event])
        .env("TZ", zone)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    // `    Next elapse: Mon 2026-03-02 06:30:00 CET`, and from the second on `       Iter. #2: …`
    let moment = |line: &str| {
        let (label, rest) = line.split_once(": ")?;
        let mut words = rest.split(' ').skip(1);
        let moment = format!("{} {}", words.next()?, words.next()?);
        let is_moment = label.contains("elapse") || label.contains("Iter");
        (is_moment && moment.starts_with(&year.to_string())).then_some(moment)
    };
    Ok(text.lines().filter_map(moment).collect())
}

/// Fails at the first moments that are too many or too few.
pub(super) fn differs(wanted: &BTreeSet<String>, moments: &BTreeSet<String>, year: u64) -> Result {
    let list = |moments: Vec<&String>| {
        moments.into_iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let missing = list(wanted.difference(moments).collect());
    let extra = list(moments.difference(wanted).collect());
    let got = match (missing.as_str(), extra.as_str()) {
        ("", "") => return Ok(()),
        ("", extra) => text!("also {extra} …", extra),
        (missing, "") => text!("not {missing} …", missing),
        (missing, extra) => text!("not {missing} …; but {extra} …", missing, extra),
    };
    let expected = text!("06:30 on all weekdays of {year}, and at no other time", year);
    Err(Failure::new(expected, got)
        .say("systemd-analyze calendar shows what an event means, and --iterations=7 a week of it")
        .man("systemd.time(7), CALENDAR EVENTS")
        .at_setting(FILE, "On"))
}
