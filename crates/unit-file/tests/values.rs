//! Values are read as systemd reads them: tables of its own answers, then thousands of generated
//! ones.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod common;

use std::process::Command as Process;
use std::time::Duration;

use common::{Dice, has, rows};
use unit_file::values::{
    Backslash, Calendar, CommandLine, Prefix, TimeSpan, Word, parse_boolean, parse_integer,
    parse_mode, parse_nanoseconds, parse_size, simplify, split,
};

fn or_error<T: ToString, E>(result: Result<T, E>) -> String {
    result.map_or_else(|_| "error".to_owned(), |value| value.to_string())
}

#[test]
fn scalars_are_read_as_systemd_reads_them() {
    for row in rows(include_str!("cases/scalars.tsv")) {
        let text = row[1].as_str();
        let answer = match row[0].as_str() {
            "boolean" => or_error(parse_boolean(text).map(|yes| if yes { "yes" } else { "no" })),
            "size-1024" => or_error(parse_size(text)),
            "mode" => or_error(parse_mode(text)),
            "integer" => or_error(parse_integer(text)),
            other => panic!("nobody judges {other:?}"),
        };
        assert_eq!(answer, row[2], "{row:?}");
    }
}

fn span(text: &str, reading: &str) -> String {
    let span = match reading.strip_prefix("usec/") {
        _ if reading == "nsec" => {
            return parse_nanoseconds(text).map_or("error".to_owned(), or_infinity);
        }
        Some(unit) => TimeSpan::parse_with_unit(text, Duration::from_micros(unit.parse().unwrap())),
        None => TimeSpan::parse(text),
    };
    span.map_or("error".to_owned(), |span| or_infinity(span.micros()))
}

fn or_infinity<T: ToString>(number: Option<T>) -> String {
    number.map_or_else(|| "infinity".to_owned(), |number| number.to_string())
}

#[test]
fn time_spans_are_read_as_systemd_reads_them() {
    for row in rows(include_str!("cases/time-spans.tsv")) {
        assert_eq!(span(&row[1], &row[0]), row[2], "{row:?}");
    }
}

#[test]
fn time_spans_are_written_as_systemd_writes_them() {
    for (text, written) in [
        ("90", "1min 30s"),
        ("0", "0"),
        ("1.5h", "1h 30min"),
        ("61ms", "61ms"),
        ("1y 1M", "1y 1month"),
    ] {
        assert_eq!(TimeSpan::parse(text).unwrap().to_string(), written);
    }
}

/// The machine's zones, so that both sides know the same ones.
fn is_zone(name: &str) -> bool {
    let zones = std::path::Path::new("/usr/share/zoneinfo");
    !name.starts_with('/') && zones.join(name).is_file()
}

fn normal_form(text: &str) -> String {
    or_error(Calendar::parse(text, is_zone))
}

#[test]
fn calendars_are_read_as_systemd_reads_them() {
    for row in rows(include_str!("cases/calendars.tsv")) {
        assert_eq!(normal_form(&row[0]), row[1], "{row:?}");
    }
}

#[test]
fn words_are_split_as_systemd_splits_them() {
    let unquoted = |cell: &String| {
        if cell == "\"\"" { String::new() } else { cell.clone() }
    };
    for row in rows(include_str!("cases/words.tsv")) {
        let backslash = if row[1] == "escapes" { Backslash::Escapes } else { Backslash::Stays };
        let input = unquoted(&row[0]);
        let split = split(&input, backslash);
        let texts = split.words.iter().map(|word| word.text().into_owned());
        let mut texts: Vec<String> = texts.collect();
        texts.push(if split.error.is_some() { "error" } else { "end" }.to_owned());
        assert_eq!(texts, row[2..].iter().map(unquoted).collect::<Vec<_>>(), "{row:?}");
    }
}

#[test]
fn escapes_are_read_as_systemd_reads_them() {
    for row in rows(include_str!("cases/escapes.tsv")) {
        let split = split(&row[0], Backslash::Escapes);
        let [word] = &split.words[..] else {
            panic!("{row:?} is no word: {split:?}");
        };
        let unknown = if word.unknown_escape { "unknown" } else { "known" };
        assert_eq!((unknown, &*word.text()), (row[1].as_str(), row[2].as_str()), "{row:?}");
    }
}

#[test]
fn command_lines_are_read_as_systemd_reads_them() {
    for row in rows(include_str!("cases/commands.tsv")) {
        let answer: Vec<String> = match CommandLine::parse(&row[0], 262) {
            Err(_) => vec!["error".to_owned()],
            Ok(line) if line.commands.is_empty() => vec!["nothing".to_owned()],
            Ok(line) => line.commands.iter().flat_map(cells).collect(),
        };
        assert_eq!(answer, row[1..], "{row:?}");
    }
}

fn cells(command: &unit_file::values::Command) -> [String; 4] {
    let word = |index: usize| {
        command.arguments.get(index).map_or(".".to_owned(), |word: &Word| word.text().into_owned())
    };
    let ignored = if command.has(Prefix::IgnoreFailure) { "-" } else { "." };
    [ignored.to_owned(), simplify(&command.program), word(0), word(1)]
}

/// Runs `systemd-analyze` on many texts; its answers in order, `error` where it complains.
fn analyze(verb: &str, answer_label: &str, texts: &[String]) -> Vec<String> {
    let mut answers = Vec::new();
    for some in texts.chunks(1000) {
        let verb = verb.split(' ');
        // Both streams go to one pipe, as the order of answers and complaints is what tells them
        // apart.
        let script = "systemd-analyze \"$@\" 2>&1";
        let output = Process::new("sh")
            .args(["-c", script, "sh"])
            .args(verb)
            .arg("--")
            .args(some)
            .output()
            .unwrap();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            if let Some(answer) = line.trim_start().strip_prefix(answer_label) {
                answers.push(answer.trim().to_owned());
            } else if line.starts_with("Failed to parse") {
                answers.push("error".to_owned());
            }
        }
    }
    assert_eq!(answers.len(), texts.len(), "one answer a text");
    answers
}

#[test]
fn ten_thousand_time_spans_equal_systemd_analyze() {
    if !has("systemd-analyze") {
        return;
    }
    let numbers =
        ["1", "2.5", "90", "0", ".5", "+3", "17.123456789", "1", "44", "7.", "-1", "99999999999"];
    let units = [
        "s", "ms", "m", "M", "min", "h", "hr", "d", "w", "y", "us", "month", "minutes", "sec",
        "µs", "usec", "day", "", "x",
    ];
    let mut dice = Dice(0x1234_5678);
    let mut term = || {
        [
            dice.pick(&numbers),
            dice.pick(&["", "", " "]),
            dice.pick(&units),
            dice.pick(&["", " ", "  "]),
        ]
        .concat()
    };
    let mut texts: Vec<String> =
        (0..9_990).map(|index| (0..=index % 3).map(|_| term()).collect()).collect();
    texts.extend(
        ["infinity", " infinity ", "infinity 1", "", " ", "s", "1e3", "1,5s", "5s infinity", "1 s"]
            .map(str::to_owned),
    );
    // The tool stops at the first text it refuses: what we take goes to it at once, what we refuse
    // one by one.
    let (refused, taken): (Vec<String>, Vec<String>) =
        texts.into_iter().partition(|text| span(text, "usec") == "error");
    assert!(taken.len() > 1000 && refused.len() > 1000);
    for (text, theirs) in taken.iter().zip(analyze("timespan", "μs:", &taken)) {
        // It prints infinity as the largest number.
        let theirs = if theirs == u64::MAX.to_string() { "infinity" } else { &theirs };
        assert_eq!(span(text, "usec"), theirs, "{text:?}");
    }
    for text in refused.iter().step_by(refused.len() / 500) {
        assert_eq!(analyze("timespan", "μs:", std::slice::from_ref(text)), ["error"], "{text:?}");
    }
}

#[test]
fn ten_thousand_calendars_equal_systemd_analyze() {
    if !has("systemd-analyze") {
        return;
    }
    let days =
        ["Mon", "tue", "Wed..Fri", "Sat,Sun", "Sunday", "Fri..Mon", "Thu-Sat", "Mon..", "Tues"];
    let fields = [
        "*", "1", "12", "05", "1..5", "2/3", "1,3", "*/2", "31", "0", "30..10", "5..20/4", "99",
        "70", "2024", "1.5", "59",
    ];
    let ends = ["", "", "", " UTC", " Europe/Madrid", " Nowhere/Land", " utc", "x"];
    let words = [
        "daily",
        "Hourly",
        "weekly",
        "yearly",
        "semi-annually",
        "@0",
        "@1493187147",
        "minutely",
        "never",
        "daily UTC",
    ];
    let mut dice = Dice(0x8765_4321);
    let mut text = || {
        let mut field = || dice.pick(&fields).to_owned();
        let parts = [field(), field(), field(), field(), field(), field()];
        let separator = if dice.roll(6) == 0 { "~" } else { "-" };
        let date = match dice.roll(4) {
            0 => String::new(),
            1 => format!("{}{separator}{}", parts[0], parts[1]),
            _ => format!("{}-{}{separator}{}", parts[0], parts[1], parts[2]),
        };
        let time = match dice.roll(4) {
            0 => String::new(),
            1 => format!("{}:{}", parts[3], parts[4]),
            _ => format!("{}:{}:{}", parts[3], parts[4], parts[5]),
        };
        let day = if dice.roll(3) == 0 { dice.pick(&days) } else { "" };
        let tail = dice.pick(&ends);
        match dice.roll(20) {
            0 => format!("{}{tail}", dice.pick(&words)),
            _ => format!(
                "{}{tail}",
                [day, &date, &time]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(" ")
            ),
        }
    };
    let texts: Vec<String> = (0..10_000).map(|_| text()).collect();
    for (text, theirs) in texts.iter().zip(analyze("calendar", "Normalized form:", &texts)) {
        assert_eq!(normal_form(text), theirs, "{text:?}");
    }
}

#[test]
fn knows_each_specifier_of_the_man_page() {
    for letter in "aAbBcCdDEfgGhHiIjJlLmMnNopPqrRsStTuUvVwWyY".chars() {
        let known = unit_file::values::specifier_of(letter);
        assert!(known.is_some_and(|known| !known.meaning.is_empty()), "%{letter}");
    }
    assert_eq!(unit_file::values::specifier_of('z'), None);
}
