//! 1.1: print the date in local time. The judge is date(1), which knows time zones: for each instant it says what is
//! right, and what each usual mistake would print.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use check::{Explain, Failure, Result, Text, program, text};

const RIGHT: &str = "%Y-%m-%d %H:%M:%S";

/// What people write instead, and what to say to them.
const MISTAKES: [(&str, &str); 10] = [
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
    // Half an hour apart from everybody; another day than in Greenwich; summer and winter.
    is_as_date_says(1_780_000_000, "IST-5:30")?;
    is_as_date_says(1_767_223_800, "EST5")?;
    for instant in [1_768_000_000, 1_784_000_000] {
        is_as_date_says(instant, "CET-1CEST,M3.5.0,M10.5.0/3")?;
    }
    Ok(())
}

#[test]
fn is_right_at_any_instant() -> Result {
    // Not the same in any two checks, so that no answer can be written down.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos() as u64);
    let mut seed = now;
    for _ in 0..8 {
        // Knuth's constants for a linear congruential generator: good enough to land anywhere in 126 years.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        is_as_date_says((seed >> 16) % 4_000_000_000, "UTC0")?;
    }
    Ok(())
}

#[test]
fn is_right_for_one_known_instant() -> Result {
    is_as_date_says(1_772_355_907, "UTC0")
}

#[test]
fn pads_with_zeros_and_counts_24_hours() -> Result {
    // 2001-02-03 04:05:06, and midnight, noon and the last second of a year.
    for instant in [981_173_106, 1_767_225_600, 1_767_268_800, 1_798_761_599] {
        is_as_date_says(instant, "UTC0")?;
    }
    Ok(())
}

#[test]
fn prints_now_without_an_argument() -> Result {
    let before = date("now", "UTC0", RIGHT)?;
    let got = line("UTC0", None)?;
    let after = date("now", "UTC0", RIGHT)?;
    // The form sorts by itself, so that text compares as time does.
    if before <= got && got <= after {
        return Ok(());
    }
    let expected = text!("{line}, which is now", line = Text::quoted(&before));
    Err(Failure::new(expected, Text::quoted(&got))
        .say("print the instant that you are given, not another one")
        .in_function("label"))
}

/// Compares the learner's line with date(1)'s.
fn is_as_date_says(seconds: u64, zone: &str) -> Result {
    let instant = format!("@{seconds}");
    let expected = date(&instant, zone, RIGHT)?;
    let got = line(zone, Some(&instant))?;
    if got == expected {
        return Ok(());
    }
    let expected = Text::quoted(&expected);
    let expected = text!("{expected} for {instant} with TZ={zone}", expected, instant, zone);
    Err(Failure::new(expected, Text::quoted(&got))
        .say(explain(&got, &instant, zone)?)
        .man("strftime(3)")
        .in_function("label"))
}

/// Finds the mistake that prints `got`.
fn explain(got: &str, instant: &str, zone: &str) -> Result<&'static str> {
    for (format, say) in MISTAKES {
        if date(instant, zone, format)? == got {
            return Ok(say);
        }
    }
    Ok(match got == date(instant, "UTC0", RIGHT)? {
        true => "this is the time in Greenwich; take chrono::Local, which asks TZ and the machine",
        false => "the form is %Y-%m-%d %H:%M:%S, and the instant is the one that you are given",
    })
}

/// What the submission prints: one line.
fn line(zone: &str, instant: Option<&str>) -> Result<String> {
    let run = instant.into_iter().fold(program()?.env("TZ", zone), |run, instant| run.arg(instant));
    let ended = run.output()?;
    match ended.stdout.strip_suffix('\n') {
        Some(line) if ended.status.success() => Ok(line.to_owned()),
        _ => Err(Failure::new(
            "one line and exit status 0",
            text!(
                "{stdout} and {status}; {stderr}",
                stdout = Text::quoted(&ended.stdout),
                status = ended.status,
                stderr = ended.stderr.trim(),
            ),
        )
        .say("main prints the line already; the rest is up to label")
        .in_function("label")),
    }
}

/// What date(1) prints.
fn date(instant: &str, zone: &str, format: &str) -> Result<String> {
    let output = Command::new("date")
        .args(["-d", instant])
        .arg(format!("+{format}"))
        .env("TZ", zone)
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())
}
