//! 5.2: a format string, read once; "printf-style String Formatting" in Python's library reference.

use check::{Explain, Failure, Result, Text, text};

use super::shared::{ended_with, run, same_lines};

const PIECES: &str =
    "a format is text and fields, one after the other, and the text stays as it is";
const WIDTH: &str = "a width is the least number of characters, and never cuts";
const LEFT: &str = "a - means that the value stands on the left, and is filled up on the right";
const RIGHT: &str = "without a - a value stands on the right";
const PRECISION: &str = "a precision is the most that is shown of a value";
const CHARACTERS: &str = "width and precision are counted in characters, not in bytes";
const PERCENT: &str = "%% is the sign itself, once";
const EARLY: &str = "a bad format is found before the first line, and also when there is none";
const NO_FORMAT: &str = "what is in a message is no format, and is said as it is";
const EACH: &str = "each line is made by itself, whatever came before it";

#[test]
fn fields_are_put_into_the_text() -> Result {
    check("%(levelname)s - %(message)s", &[("INFO", "hello")], &["INFO - hello"], PIECES)?;
    check("<%(message)s|%(message)s> (%(name)s)", &[("INFO", "hi")], &["<hi|hi> (root)"], PIECES)?;
    let many = "%(levelname)s - %(message)s, ".repeat(50);
    let line = "INFO - hi, ".repeat(50);
    check(&many, &[("INFO", "hi"), ("INFO", "hi")], &[&line, &line], PIECES)?;
    check("\t %(message)s \t ", &[("INFO", "hi")], &["\t hi \t "], PIECES)?;
    check("no field at all ", &[("INFO", "hi")], &["no field at all "], PIECES)
}

#[test]
fn a_width_fills_up_and_a_precision_cuts() -> Result {
    check("%(levelname)-8s|", &[("INFO", "x")], &["INFO    |"], LEFT)?;
    check("%(levelname)8s|", &[("INFO", "x")], &["    INFO|"], RIGHT)?;
    check(
        "%(levelname)3s|%(message)-3s|",
        &[("WARNING", "long one")],
        &["WARNING|long one|"],
        WIDTH,
    )?;
    let wide = format!("{}INFO|", " ".repeat(996));
    check("%(levelname)1000s|", &[("INFO", "x")], &[&wide], WIDTH)?;
    check("%(message)-s|", &[("INFO", "hello")], &["hello|"], LEFT)?;
    check("%(message).3s|", &[("INFO", "hello")], &["hel|"], PRECISION)?;
    check("%(message)-.3s|", &[("INFO", "hello")], &["hel|"], PRECISION)?;
    check("%(levelname).2s|%(name)5.1s|", &[("INFO", "x")], &["IN|    r|"], PRECISION)?;
    check("%(message).0s|%(message)-3.0s|", &[("INFO", "hello")], &["|   |"], PRECISION)?;
    check("%(message)-0s|%(message)012s|", &[("INFO", "hello")], &["hello|       hello|"], WIDTH)?;
    check(
        "%(message)-6.3s|%(message)12.9s|",
        &[("INFO", "hello")],
        &["hel   |       hello|"],
        PRECISION,
    )
}

#[test]
fn characters_are_counted_and_not_bytes() -> Result {
    check("%(message)-6s|%(message)6s|", &[("INFO", "ñandú")], &["ñandú | ñandú|"], CHARACTERS)?;
    check("→%(message).2s|", &[("INFO", "aññ")], &["→añ|"], CHARACTERS)
}

#[test]
fn two_percent_signs_are_one() -> Result {
    check("100%% %(message)s%%", &[("INFO", "sure")], &["100% sure%"], PERCENT)?;
    check("%%(message)s %(message)s", &[("INFO", "x")], &["%(message)s x"], PERCENT)
}

#[test]
fn a_bad_format_is_found_before_the_first_line() -> Result {
    let bad = [
        "%(user)s",
        "%(message)s %(levelnam)s",
        "%(message)y",
        "%(message",
        "%(message)",
        "100%",
        "%s",
        "%%%",
        "%(message)d",
        "%(message)8d",
        "%(message).-3s",
        "%(message)5-s",
        "%(message)--5s",
        "%(message)+5s",
        "%(message)#5s",
        "%(message) 5s",
        "%(message)5.3.2s",
        "%(message)5",
        "%(message)5.3",
        "%(Message)s",
        "%( message)s",
        "%(message )s",
        "%()s",
        "%(mess%age)s",
        "% (message)s",
        "%ñ",
        "%(ñ)s",
        "%(message)ñ",
        "%(message)s and %(message)s and %",
        // Names and kinds that Python has, and this one has not.
        "%(asctime)s",
        "%(levelno)s",
        "%(msg)s",
        "%(root)s",
        "%(message)S",
        "%(message)r",
        "%(message)a",
        "%(message)i",
        "%(message)f",
        "%(message)c",
        "%(message)x",
    ];
    for format in bad {
        for args in [&[format][..], &[format, "INFO", "hello"]] {
            let ended = run(args)?;
            if ended.status.code() != Some(2) {
                let format = Text::quoted(format);
                let got = text!("{status}", status = ended.status);
                return Err(Failure::new(
                    text!("exit status 2 for the format {format}", format),
                    got,
                )
                .say(EARLY)
                .in_function("compile"));
            }
            if !ended.stdout.is_empty() {
                let got = text!("{said}", said = ended.stdout.trim());
                return Err(Failure::new("nothing said", got).say(EARLY).in_function("compile"));
            }
        }
    }
    Ok(())
}

#[test]
fn messages_are_said_as_they_are() -> Result {
    let tricky = [
        ("INFO", "100% sure"),
        ("INFO", "%(levelname)s"),
        ("ERROR", "%(message)s and %%"),
        ("INFO", ""),
        ("INFO", "{} $message \\ ñ"),
    ];
    let expected: Vec<String> =
        tricky.iter().map(|(level, message)| format!("{level}: {message}")).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check("%(levelname)s: %(message)s", &tricky, &expected, NO_FORMAT)
}

#[test]
fn each_line_is_made_by_itself() -> Result {
    let said = [("INFO", "a"), ("CRITICAL", "bbbbbbbbbb"), ("INFO", "c"), ("DEBUG", "dd")];
    let expected = ["    INFO a  ", "CRITICAL bbbbbbbbbb", "    INFO c  ", "   DEBUG dd "];
    check("%(levelname)8s %(message)-3s", &said, &expected, EACH)?;
    let many: Vec<(&str, &str)> = (0..100).map(|at| said[at % 4]).collect();
    let expected: Vec<&str> = (0..100).map(|at| expected[at % 4]).collect();
    check("%(levelname)8s %(message)-3s", &many, &expected, EACH)
}

fn check(format: &str, said: &[(&str, &str)], lines: &[&str], say: &'static str) -> Result {
    let mut args = vec![format];
    args.extend(said.iter().flat_map(|(level, message)| [*level, *message]));
    let ended = run(&args)?;
    ended_with(&ended, 0, say)?;
    let expected: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let got: Vec<&str> = ended.stdout.lines().collect();
    same_lines(&got, &expected, say, "line")
}
