//! Whether a line has the date at which it is written, and not that of the moment before its sleep,
//! nor of the one after it: with an interval of a few milliseconds, all of them have the same.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use check::{Clock, Directory, Explain, Failure, Result, Text, text};

use super::super::shared::timetable::{Attempt, until_clear};
use super::super::shared::{LONG_MS, by, daemon, program_on, wait_for_dates};
use super::labels;

const HOUR: Duration = Duration::from_millis(LONG_MS);
/// How fast time passes: an hour in a twentieth of a second.
const HURRY: u32 = 72_000;
const MAN: &str = "clock_gettime(2)";

/// Fails if a line has the date of its neighbour, where an hour is between two.
pub(super) fn has_its_own_date() -> Result {
    first_of_an_hour()?;
    until_clear(|| {
        let (directory, clock) = (Directory::new()?, Clock::new()?);
        let file = directory.file("dates.log");
        clock.hurry(HURRY)?;
        let program = program_on(&file, LONG_MS)?.env("TZ", "UTC0");
        let mut daemon = by(&clock, program).start()?;
        let begin = Instant::now();
        wait_for_dates(&mut daemon, &file, 2).in_function("run")?;
        if begin.elapsed() < HOUR / HURRY / 4 {
            // It doesn't wait for an hour: that is another promise.
            return Err(Failure::later());
        }
        let lines = file.lines()?;
        let apart = seconds(&lines[1])?.saturating_sub(seconds(&lines[0])?);
        // The first one may be late, as the machine is busy; the second one can't be early.
        if apart > HOUR.as_secs() / 2 {
            return Ok(Attempt::Kept);
        }
        let got = text!("{first} and {second}", first = &lines[0], second = &lines[1]);
        Err(Failure::new("an hour between the dates of two lines, as INTERVAL_MS is one", got)
            .say("the date is that of another moment: ask for it when the sleep is over")
            .man(MAN)
            .in_function("run"))
    })
}

/// Fails if the line that comes at once has the date of the one after it.
fn first_of_an_hour() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("dates.log");
    let begin = SystemTime::now();
    let mut daemon = daemon(&file, LONG_MS)?;
    wait_for_dates(&mut daemon, &file, 1).in_function("run")?;
    let passed = begin.elapsed().unwrap_or_default();
    let line = file.lines()?.swap_remove(0);
    // The zone is the machine's, here and there.
    let since = begin.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let possible = labels(since, passed, None)?;
    if possible.contains(&line) {
        return Ok(());
    }
    let expected = text!("a first line with the date of now, {label}", label = &possible[0]);
    Err(Failure::new(expected, Text::verbatim(line))
        .say("the date is that of another moment: each line has the one at which it is written")
        .man(MAN)
        .in_function("run"))
}

/// The seconds since 1970 in a date of Greenwich, as date(1) counts them.
fn seconds(line: &str) -> Result<u64> {
    let date = format!("-d{line}");
    let output = std::process::Command::new("date").args(["-u", &date, "+%s"]).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or_default())
}
