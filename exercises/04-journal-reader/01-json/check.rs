//! 4.1: what `journalctl -o json` prints; journalctl(1), `-o json`.

use check::{Directory, Explain, Failure, Result, program, text};
use serde_json::{Value, json};

use super::shared::{expect_lines, json_file};

/// Prints the entries, and expects the lines.
#[track_caller]
fn check(entries: &[Value], lines: &[&str], say: &'static str) -> Result {
    let directory = Directory::new()?;
    let file = json_file(&directory, entries)?;
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    expect_lines(&file, &[], &lines, say, "lines")
}

#[test]
fn prints_text_with_the_name_of_its_sender() -> Result {
    check(
        &[
            json!({"MESSAGE": "hello", "SYSLOG_IDENTIFIER": "app", "_COMM": "python3"}),
            json!({"MESSAGE": "a = [1, 2]", "SYSLOG_IDENTIFIER": "math"}),
            json!({"MESSAGE": "\t indented  ", "SYSLOG_IDENTIFIER": "as it is"}),
            json!({"MESSAGE": "one\ntwo \\n", "SYSLOG_IDENTIFIER": "lines"}),
        ],
        &["app: hello", "math: a = [1, 2]", "as it is: \t indented  ", "lines: one", "two \\n"],
        "each message is a line of its own, after the identifier, a colon and a blank",
    )
}

#[test]
fn falls_back_to_the_command_and_then_to_unknown() -> Result {
    check(
        &[json!({"MESSAGE": "hello", "_COMM": "cat"}), json!({"MESSAGE": "who am I"})],
        &["cat: hello", "unknown: who am I"],
        "who gives no SYSLOG_IDENTIFIER is called by _COMM, and without that, unknown",
    )
}

#[test]
fn reads_the_name_as_it_reads_the_message() -> Result {
    check(
        &[
            json!({"MESSAGE": "one", "SYSLOG_IDENTIFIER": "ñ".as_bytes()}),
            json!({"MESSAGE": "two", "SYSLOG_IDENTIFIER": [[104, 255], "second"]}),
            json!({"MESSAGE": "three", "_COMM": [111, 107, 27]}),
            json!({"MESSAGE": "four", "_COMM": ["first", "second"]}),
            json!({"MESSAGE": "five", "SYSLOG_IDENTIFIER": "", "_COMM": "sh"}),
            json!({"MESSAGE": "six", "SYSLOG_IDENTIFIER": null, "_COMM": "sh"}),
        ],
        &[
            "ñ: one",
            "h\u{fffd}: two",
            "ok\u{1b}: three",
            "first: four",
            ": five",
            "(too long): six",
        ],
        "the name is a field like any other: bytes, or several values of which the first counts",
    )
}

#[test]
fn decodes_what_is_no_text() -> Result {
    check(
        &[
            json!({"MESSAGE": [104, 105, 27], "SYSLOG_IDENTIFIER": "ascii"}),
            json!({"MESSAGE": "ñandú".as_bytes(), "SYSLOG_IDENTIFIER": "utf8"}),
            json!({"MESSAGE": [111, 107, 255, 33], "SYSLOG_IDENTIFIER": "other"}),
            json!({"MESSAGE": [195, 177, 255, 195, 177, 0], "SYSLOG_IDENTIFIER": "both"}),
        ],
        &["ascii: hi\u{1b}", "utf8: ñandú", "other: ok\u{fffd}!", "both: ñ\u{fffd}ñ\0"],
        "an array of numbers is one value: its bytes, which are UTF-8 as far as they are, and \
         U+FFFD where they are not",
    )
}

#[test]
fn prints_each_value_of_a_field_that_is_there_twice() -> Result {
    check(
        &[
            json!({"MESSAGE": ["one", "two", "two", "one"], "SYSLOG_IDENTIFIER": "app"}),
            json!({"MESSAGE": [[104, 105, 255], "there"], "SYSLOG_IDENTIFIER": "mixed"}),
            json!({"MESSAGE": [[104, 105, 255], [104, 111]], "SYSLOG_IDENTIFIER": "bytes"}),
            json!({"MESSAGE": "once", "SYSLOG_IDENTIFIER": ["first", "second"]}),
        ],
        &[
            "app: one",
            "app: two",
            "app: two",
            "app: one",
            "mixed: hi\u{fffd}",
            "mixed: there",
            "bytes: hi\u{fffd}",
            "bytes: ho",
            "first: once",
        ],
        "an array of anything but numbers holds several values, each of which may be text or bytes",
    )?;
    let values: Vec<String> = (0..300).map(|at| format!("value {at}")).collect();
    let lines: Vec<String> = values.iter().map(|value| format!("app: {value}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    check(
        &[json!({"MESSAGE": values, "SYSLOG_IDENTIFIER": "app"})],
        &lines,
        "print a line for each value, however many there are",
    )
}

#[test]
fn says_what_is_too_long_and_leaves_out_what_is_not_there() -> Result {
    check(
        &[
            json!({"MESSAGE": null, "SYSLOG_IDENTIFIER": "app"}),
            json!({"SYSLOG_IDENTIFIER": "silent"}),
            json!({"MESSAGE": ["short", null], "SYSLOG_IDENTIFIER": "both"}),
            json!({"MESSAGE": "", "SYSLOG_IDENTIFIER": "empty"}),
            json!({"MESSAGE": [null, [104, 111]], "SYSLOG_IDENTIFIER": "no text"}),
            json!({"MESSAGE": [null, null], "SYSLOG_IDENTIFIER": "long"}),
        ],
        &[
            "app: (too long)",
            "both: short",
            "both: (too long)",
            "empty: ",
            "no text: (too long)",
            "no text: ho",
            "long: (too long)",
            "long: (too long)",
        ],
        "null is a value that journalctl has left out, for it is too long; a field that is \
         missing is no value at all",
    )
}

#[test]
fn takes_a_line_of_any_length() -> Result {
    // Letters of several bytes, wherever somebody may cut.
    let (text, rest) = ("long ñ ".repeat(20_000), "ñ☃x".repeat(5_000));
    let bytes = [&[0xff], rest.as_bytes()].concat();
    let directory = Directory::new()?;
    let entries = [
        json!({"MESSAGE": text, "SYSLOG_IDENTIFIER": "app"}),
        json!({"MESSAGE": bytes, "SYSLOG_IDENTIFIER": "app"}),
    ];
    let file = json_file(&directory, &entries)?;
    let ended = program()?.arg(file.path()).output()?;
    let wanted = [format!("app: {text}"), format!("app: \u{fffd}{rest}")];
    let mut lines = ended.stdout.lines();
    for wanted in &wanted {
        let line = lines.next().unwrap_or_default();
        if line != wanted {
            let count = |line: &str| line.chars().count();
            return Err(Failure::new(
                text!("all {count} letters of a line", count = count(wanted)),
                text!("{count} letters", count = count(line)),
            )
            .say(
                "the strange entry that one is looking for is often a long one: all of it, \
                 whatever its length",
            )
            .in_function("lines"));
        }
    }
    Ok(())
}
