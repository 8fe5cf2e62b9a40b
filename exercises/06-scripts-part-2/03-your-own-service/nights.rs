//! The report of the night: when it is due, and what it says.

use std::process::Command;
use std::time::Duration;

use check::{Explain, Failure, Result, Text, systemctl, text, wait_until};

use super::system::{REPORT, SERVICE, TIMER, WARNING, said_in};
use crate::l06::shared::seconds;

/// A year of nights.
const NIGHTS: usize = 366;
/// When the night is over.
const MORNING: Duration = Duration::from_secs(6 * 3600);

/// Fails unless the report is due once each night, all year.
pub(super) fn is_nightly() -> Result {
    let calendar = systemctl(&["show", "--value", "--property=TimersCalendar", TIMER.name()])?;
    let events =
        calendar.lines().filter_map(|line| line.split_once("OnCalendar=")?.1.split(" ; ").next());
    let mut nights = Vec::new();
    for event in events {
        let output = Command::new("systemd-analyze")
            .args(["calendar", &format!("--iterations={NIGHTS}"), event])
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let moments = text.lines().filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let name = name.trim();
            (name == "Next elapse" || name.starts_with("Iter")).then(|| value.trim().to_owned())
        });
        nights.extend(moments);
    }
    let hour =
        |moment: &String| moment.split([' ', ':']).nth(2).and_then(|hour| hour.parse::<u8>().ok());
    let mut days: Vec<&str> = nights.iter().filter_map(|moment| moment.split(' ').nth(1)).collect();
    days.sort_unstable();
    // Each event has brought as many of its own: the first of them all are the next year's.
    days.truncate(NIGHTS);
    let count = days.len();
    days.dedup();
    let is_night = nights.iter().all(|moment| hour(moment).is_some_and(|hour| hour < 6));
    if is_night {
        is_not_late(&nights)?;
    }
    let [persistent, next, starts] =
        TIMER.properties(["Persistent", "NextElapseUSecRealtime", "Unit"])?;
    let is_due = !next.is_empty() && starts == REPORT.name();
    // As many days as nights, so none has two; and none is left out in a year.
    if is_night
        && count == NIGHTS
        && days.len() == count
        && persistent == "yes"
        && is_due
        && spans_a_year(&days)
    {
        return Ok(());
    }
    let seen = nights.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    Err(Failure::new(
        "a report each night between 00:00 and 06:00, also when the machine was off (Persistent=)",
        text!(
            "next {next}; on the calendar: {seen}; Persistent={persistent}",
            next,
            seen,
            persistent
        ),
    )
    .man("systemd.timer(5), OnCalendar= and Persistent=; systemd.time(7)")
    .at_setting(TIMER.name(), "OnCalendar="))
}

/// Fails if the latest night, with all that the timer may add to it, is over after six.
fn is_not_late(nights: &[String]) -> Result {
    let since_midnight = |moment: &String| {
        let mut parts = moment.split(' ').nth(2)?.split(':').map(|part| part.parse::<u64>().ok());
        Some(parts.next()?? * 3600 + parts.next()?? * 60 + parts.next()??)
    };
    let latest = nights.iter().filter_map(since_midnight).max().unwrap_or_default();
    let [random, accuracy] = TIMER.properties(["RandomizedDelayUSec", "AccuracyUSec"])?;
    let added = [&random, &accuracy].into_iter().filter_map(|span| seconds(span)).sum();
    if Duration::from_secs(latest) + added <= MORNING {
        return Ok(());
    }
    Err(Failure::new(
        "a report between 00:00 and 06:00",
        text!("RandomizedDelaySec={random}, AccuracySec={accuracy}", random, accuracy),
    )
    .say("a timer may be late by both of them: then the night is over")
    .man("systemd.timer(5), RandomizedDelaySec= and AccuracySec=")
    .at_setting(TIMER.name(), "[Timer]"))
}

/// How many warnings the program itself has written since the journal began.
pub(super) fn warnings() -> Result<usize> {
    let said = said_in(&format!("_SYSTEMD_UNIT={SERVICE}"))?;
    Ok(said.iter().filter(|line| line.priority == WARNING).count())
}

/// Starts the report, and reads how many were recorded and refused.
pub(super) fn report() -> Result<(usize, usize)> {
    // Not by its run: of a process that has ended before journald looked, it could not say which
    // run that was.
    let field = format!("_SYSTEMD_UNIT={REPORT}");
    let before = said_in(&field)?.len();
    REPORT
        .start()
        .say("the report's service fails")
        .at_setting("recorder-report", "#!")
        .journal_of(REPORT)?;
    let mut seen = String::new();
    wait_until("the two lines of the report", || {
        let lines = said_in(&field)?;
        let new = lines.get(before..).unwrap_or_default();
        let number = |name: &str| {
            let mut found =
                new.iter().filter_map(|line| line.text.strip_prefix(name)?.trim().parse().ok());
            found.next()
        };
        seen = new.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
        Ok(number("records ").zip(number("refused ")))
    })
    .explain(|failure| failure.set_got(Text::verbatim(&seen)))
    .say("it prints two lines, such as `records 12` and `refused 3`")
    .at_setting("recorder-report", "#!")
    .journal_of(REPORT)
}

/// Whether the days are those of a year, from the first to the last: the same day, a year later.
fn spans_a_year(days: &[&str]) -> bool {
    let year = |day: &str| day.split('-').next().and_then(|year| year.parse::<i32>().ok());
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return false };
    let rest = |day: &str| day.split_once('-').map(|(_, rest)| rest.to_owned());
    // 366 nights end where they began, or a day before that in a leap year.
    match (year(first), year(last)) {
        (Some(one), Some(other)) => other == one + 1 && rest(last) <= rest(first) || other == one,
        _ => false,
    }
}
