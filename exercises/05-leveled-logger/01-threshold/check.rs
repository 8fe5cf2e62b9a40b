//! 5.1: levels and the threshold; "Logging Levels" in Python's library reference.

use check::{Explain, Failure, Result, Text, text};

use super::shared::{ended_with, run, same_lines};

const NAMES: [(&str, i32); 5] =
    [("DEBUG", 10), ("INFO", 20), ("WARNING", 30), ("ERROR", 40), ("CRITICAL", 50)];

const REACHES: &str =
    "the threshold itself passes, and everything above it; the numbers grow with what matters";
const DEFAULT: &str = "a logger that nobody told otherwise has a threshold of WARNING, 30";
const NUMBERS: &str = "any number is a level, also one without a name: write it as Level 25";
const AS_NUMBERS: &str = "a level is a number, and 5 is less than 30";
const NAMED: &str = "the five have names, also when they are given as a number; any other number \
                     is written as Level 25";
const UNKNOWN: &str =
    "a name that is no level is an error, before anything is said; names are written in capitals";
const EACH: &str = "each message is judged by itself, whatever was said before it";

#[test]
fn what_reaches_the_threshold_is_said() -> Result {
    for (name, number) in NAMES {
        judge(name, number, &NAMES, REACHES)?;
    }
    Ok(())
}

#[test]
fn without_a_threshold_it_is_warning() -> Result {
    judge("-", 30, &NAMES, DEFAULT)?;
    judge("-", 30, &[("29", 29), ("30", 30), ("31", 31)], DEFAULT)
}

#[test]
fn any_number_is_a_level() -> Result {
    judge("25", 25, &[("20", 20), ("25", 25), ("26", 26), ("50", 50)], REACHES)?;
    judge("0", 0, &[("0", 0), ("-1", -1), ("DEBUG", 10), ("5", 5), ("ERROR", 40)], AS_NUMBERS)?;
    judge("30", 30, &[("5", 5), ("29", 29), ("100", 100), ("3", 3)], AS_NUMBERS)?;
    judge("-10", -10, &[("-11", -11), ("-10", -10), ("0", 0), ("-1", -1)], NUMBERS)?;
    judge(
        "2147483647",
        i32::MAX,
        &[("2147483647", i32::MAX), ("2147483646", i32::MAX - 1), ("-2147483648", i32::MIN)],
        NUMBERS,
    )?;
    judge(
        "-2147483648",
        i32::MIN,
        &[("-2147483648", i32::MIN), ("2147483647", i32::MAX)],
        NUMBERS,
    )?;
    judge("1000", 1000, &[("999", 999), ("1000", 1000), ("CRITICAL", 50)], NUMBERS)
}

#[test]
fn what_is_no_level_is_an_error() -> Result {
    for wrong in [
        "loud", "", " ", "3O", "info", "Info", "WARN", "FATAL", "NOTSET", "ALL", "INFO ", " 25",
        "25 ", "25abc", "25.5", "1e1", "0x19", "Level 25", "--", "²",
    ] {
        for args in [[wrong, "ERROR", "x"], ["INFO", wrong, "x"]] {
            says_nothing(&args)?;
        }
    }
    // Also where the first message would have been said.
    says_nothing(&["INFO", "ERROR", "said too early", "loud", "x"])
}

fn says_nothing(args: &[&str]) -> Result {
    let ended = run(args)?;
    let args = Text::quoted(args);
    if ended.status.code() != Some(2) {
        let got = text!("{status}", status = ended.status);
        return Err(Failure::new(text!("exit status 2 for {args}", args), got)
            .say(UNKNOWN)
            .in_function("number"));
    }
    if ended.stdout.is_empty() {
        return Ok(());
    }
    let got = text!("{said}", said = ended.stdout.trim());
    Err(Failure::new(text!("nothing said for {args}", args), got)
        .say(UNKNOWN)
        .in_function("number"))
}

#[test]
fn many_messages_are_judged_each_by_itself() -> Result {
    let levels: Vec<(String, i32)> = (0..300)
        .map(|at| {
            let number = at * 37 % 71;
            (number.to_string(), number)
        })
        .collect();
    let levels: Vec<(&str, i32)> =
        levels.iter().map(|(name, number)| (name.as_str(), *number)).collect();
    judge("WARNING", 30, &levels, EACH)
}

/// Says a message at each level, and compares what passes.
fn judge(threshold: &str, number: i32, levels: &[(&str, i32)], say: &'static str) -> Result {
    let mut args = vec![threshold.to_owned()];
    let mut expected = Vec::new();
    for (at, (level, value)) in levels.iter().enumerate() {
        args.push((*level).to_owned());
        args.push(format!("message {at}"));
        if *value >= number {
            let named = NAMES.iter().find(|(_, known)| known == value);
            let name = named.map_or(format!("Level {value}"), |(name, _)| (*name).to_owned());
            expected.push(format!("{name}:root:message {at}"));
        }
    }
    let ended = run(&args)?;
    ended_with(&ended, 0, NUMBERS)?;
    let lines: Vec<&str> = ended.stdout.lines().collect();
    // The right messages under the wrong names are another fault than the wrong messages.
    let message = |line: &str| line.rsplit_once(':').map(|(_, message)| message.to_owned());
    let said: Vec<_> = lines.iter().map(|line| message(line)).collect();
    let wanted: Vec<_> = expected.iter().map(|line| message(line)).collect();
    let (say, function) = if said == wanted { (NAMED, "name") } else { (say, "passes") };
    same_lines(&lines, &expected, say, function)
}
