//! 1.1: print the date in local time. The judge is date(1), which knows time zones: for each
//! instant it says what is right, and what each usual mistake would print.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, UNIX_EPOCH};
use std::{env, fs};

use check::{Clock, Explain, Failure, Program, Result, Text, program, text};

use super::shared::{by, is_date, some};

const RIGHT: &str = "%Y-%m-%d %H:%M:%S";
const UTC: Option<&str> = Some("UTC0");
/// How often a machine may be too slow to print a line.
const TRIES: usize = 10;

/// What people write instead, and what to say to them.
const MISTAKES: [(&str, &str); 13] = [
    ("%Y-%M-%d %H:%m:%S", "month and minute are swapped: %m is the month, %M the minute"),
    ("%Y-%m-%d %I:%M:%S", "%I counts the hours of half a day; %H counts 24"),
    ("%y-%m-%d %H:%M:%S", "%y is the year without its century; %Y has all four digits"),
    (
        "%Y-%d-%m %H:%M:%S",
        "day and month are swapped: the month comes first, so that lines sort by time",
    ),
    ("%Y-%m-%e %k:%M:%S", "%e and %k fill up with blanks; %d and %H fill up with zeros"),
    (
        "%Y-%-m-%-d %-H:%-M:%-S",
        "each number but the year has two digits, with a zero in front if need be",
    ),
    (
        "%G-%m-%d %H:%M:%S",
        "%G is the year of the week, which begins some days apart from the year; %Y",
    ),
    ("%Y-%m-%dT%H:%M:%S", "a blank stands before the time, not a T"),
    ("%Y-%m-%d %H:%M:%S ", "the line ends after %S, without a blank"),
    ("%D %T", "%D is the American order; %Y-%m-%d sorts by itself"),
    ("%Y-%m-%d %H:%M:%S.%3N", "a second is exact enough: the line ends after %S"),
    ("%Y-%m-%d %H:%M:%S %z", "the line ends after the seconds, without a zone"),
    (
        "%Y-%m-%dT%H:%M:%S%:z",
        "RFC 3339 is for machines; here a blank stands before the time, and no zone after it",
    ),
];

#[test]
fn follows_the_time_zone() -> Result {
    // Half an hour apart from everybody; another day than in Greenwich, in the east and the west.
    is_as_date_says(1_780_000_000, Some("IST-5:30"))?;
    is_as_date_says(1_767_232_800, Some("EST5"))?;
    // Summer and winter, and on the other half of the Earth winter and summer; and the seconds
    // about the changes, which are not at midnight and not always of an hour.
    for (zone, changes) in [
        ("CET-1CEST,M3.5.0,M10.5.0/3", [1_774_746_000, 1_792_890_000]),
        ("EST5EDT,M3.2.0,M11.1.0", [1_772_953_200, 1_793_512_800]),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", [1_775_318_400, 1_791_043_200]),
        ("LHST-10:30LHDT-11,M10.1.0,M4.1.0", [1_775_314_800, 1_791_041_400]),
    ] {
        for change in changes {
            for instant in [change - 1, change, change + some(0..3600), change + 5_000_000] {
                is_as_date_says(instant, Some(zone))?;
            }
        }
    }
    is_as_date_says(some(0..4_000_000_000), Some(&some_zone()))?;
    // Without TZ, the machine's own; and one by its name, where the machine knows it.
    set_the_machines_zone()?;
    is_as_date_says(some(0..4_000_000_000), None)?;
    if Path::new("/usr/share/zoneinfo/Asia/Kathmandu").exists() {
        is_as_date_says(1_780_000_000, Some("Asia/Kathmandu"))
    } else {
        Ok(())
    }
}

#[test]
fn is_right_at_any_instant() -> Result {
    // Not the same in any two checks, so that no answer can be written down. 2^31 seconds are over
    // in 2038, 2^32 in 2106; and 0 is an instant too.
    is_as_date_says(0, UTC)?;
    for range in [0..1 << 31, 0..1 << 31, 1 << 31..1 << 32, 1 << 32..253_402_214_400] {
        is_as_date_says(some(range.clone()), UTC)?;
        is_as_date_says(some(range), UTC)?;
    }
    // A Friday, and a Monday, whose weeks are counted with another year.
    is_as_date_says(1_798_800_000, UTC)?;
    is_as_date_says(1_735_560_000, UTC)
}

#[test]
fn is_right_for_one_known_instant() -> Result {
    is_as_date_says(1_772_355_907, UTC)
}

#[test]
fn pads_with_zeros_and_counts_24_hours() -> Result {
    // 2001-02-03 04:05:06, and midnight, noon and the last second of a year.
    for instant in [981_173_106, 1_767_225_600, 1_767_268_800, 1_798_761_599] {
        is_as_date_says(instant, UTC)?;
    }
    Ok(())
}

#[test]
fn prints_now_without_an_argument() -> Result {
    let clock = Clock::new()?;
    let zone = some_zone();
    for _ in 0..TRIES {
        // Late in a second: whoever rounds is a second ahead.
        let seconds = some(0..4_000_000_000);
        let now = UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_millis(700);
        let begin = Instant::now();
        clock.set(now)?;
        let got = line(by(&clock, program()?.env("TZ", &zone)))?;
        let took = begin.elapsed();
        let date_after = |passed: u64| date(&format!("@{}", seconds + passed), Some(&zone), RIGHT);
        let (expected, next) = (date_after(0)?, date_after(1)?);
        if got == expected {
            return Ok(());
        }
        if took > Duration::from_millis(200) {
            // The second is over, or may be.
            continue;
        }
        let say = if got == next {
            "the second that has begun counts: a time that is rounded up has not come yet"
        } else if is_date(&got) {
            "without an argument it is now, in the time zone that TZ names; main asks the clock \
             already, and label gets the instant"
        } else {
            "a second is exact enough: the form is %Y-%m-%d %H:%M:%S"
        };
        let expected = text!("{line}, which is now", line = Text::quoted(&expected));
        return Err(Failure::new(expected, Text::quoted(&got)).say(say).in_function("label"));
    }
    Err(Failure::new("a line within a fifth of a second", "one that is later each time")
        .say("check it again when less else is going on: this is not your mistake"))
}

/// A zone that is some minutes apart from all others.
fn some_zone() -> String {
    format!("XXX{}:{}", some(0..23) as i64 - 11, some(10..60))
}

/// Gives the lab a zone of its own, which is not Greenwich's; see tzfile(5).
fn set_the_machines_zone() -> Result {
    // Where there is no lab, the zone is somebody's, and stays as it is.
    if env::var_os("SUBMISSION_UID").is_none() {
        return Ok(());
    }
    let (hours, minutes) = (some(1..12), some(10..50));
    // One kind of time and no changes: a header with the numbers of each, the offset, and the name.
    let counts = [0u32, 0, 0, 0, 1, 4].map(u32::to_be_bytes).concat();
    let offset = (hours * 3600 + minutes * 60) as u32;
    let part = [b"TZif2", &[0; 15][..], &counts, &offset.to_be_bytes(), b"\0\0XXX\0"].concat();
    let rule = format!("\nXXX-{hours}:{minutes}\n");
    // A link may be in its place, to a file that is not the lab's.
    let _ = fs::remove_file("/etc/localtime");
    Ok(fs::write("/etc/localtime", [&part[..], &part, rule.as_bytes()].concat())?)
}

/// Compares the learner's line with date(1)'s.
fn is_as_date_says(seconds: u64, zone: Option<&str>) -> Result {
    let instant = format!("@{seconds}");
    let expected = date(&instant, zone, RIGHT)?;
    let program = program()?.arg(&instant);
    let got = line(match zone {
        Some(zone) => program.env("TZ", zone),
        None => program.without_env("TZ"),
    })?;
    if got == expected {
        return Ok(());
    }
    let expected = Text::quoted(&expected);
    let expected = match zone {
        Some(zone) => text!("{expected} for {instant} with TZ={zone}", expected, instant, zone),
        None => text!("{expected} for {instant} without TZ", expected, instant),
    };
    Err(Failure::new(expected, Text::quoted(&got))
        .say(explain(&got, &instant, zone)?)
        .man("strftime(3)")
        .in_function("label"))
}

/// Finds the mistake that prints `got`.
fn explain(got: &str, instant: &str, zone: Option<&str>) -> Result<&'static str> {
    for (format, say) in MISTAKES {
        if date(instant, zone, format)? == got {
            return Ok(say);
        }
    }
    let utc = date(instant, UTC, RIGHT)?;
    Ok(if got == utc {
        "this is the time in Greenwich; take chrono::Local, which asks TZ and the machine"
    } else if is_a_day_off(got, &date(instant, zone, RIGHT)?) {
        "the time of day is right, and the date is that of another day: both depend on the zone, \
            so take both from the same DateTime<Local>"
    } else if is_hours_off(got, instant)? {
        "this is the time of another zone, or of the right one in another season: chrono::Local \
            finds the offset of this instant"
    } else {
        "the form is %Y-%m-%d %H:%M:%S, and the instant is the one that you are given"
    })
}

/// Whether only the date is wrong.
fn is_a_day_off(got: &str, right: &str) -> bool {
    is_date(got) && got[..10] != right[..10] && got[10..] == right[10..]
}

/// Whether `got` is the right instant in some other time zone.
fn is_hours_off(got: &str, instant: &str) -> Result<bool> {
    if !is_date(got) {
        return Ok(false);
    }
    let seconds = |text: &str| text.parse().unwrap_or(i64::MIN);
    let read = seconds(&date(got, UTC, "%s")?);
    let apart = read.saturating_sub(seconds(instant.trim_start_matches('@')));
    Ok(apart % 60 == 0 && apart.saturating_abs() < 26 * 3600)
}

/// What the submission prints: one line.
fn line(program: Program) -> Result<String> {
    let ended = program.output()?;
    match ended.stdout.strip_suffix('\n') {
        Some(line) if ended.status.success() => Ok(line.to_owned()),
        _ => {
            let got = text!(
                "{stdout} and {status}; {stderr}",
                stdout = Text::quoted(&ended.stdout),
                status = ended.status,
                stderr = ended.stderr.trim(),
            );
            let failure = Failure::new("one line and exit status 0", got).in_function("label");
            // So chrono says that it does not know the format.
            Err(if ended.stderr.contains("a Display implementation returned an error") {
                failure
                    .say("a letter after % is none that chrono knows: its docs list them")
                    .man("chrono::format::strftime")
            } else {
                failure.say("main prints the line already; the rest is up to label")
            })
        }
    }
}

/// What date(1) prints.
fn date(instant: &str, zone: Option<&str>, format: &str) -> Result<String> {
    let mut date = Command::new("date");
    date.args(["-d", instant]).arg(format!("+{format}"));
    match zone {
        Some(zone) => date.env("TZ", zone),
        None => date.env_remove("TZ"),
    };
    let output = date.output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())
}
