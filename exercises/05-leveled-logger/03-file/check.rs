//! 5.3: a file that lines are appended to; open(2), `O_APPEND`.

use std::thread;
use std::time::Duration;

use check::{
    Ended, Explain, Failure, Folder, LogFile, PATIENCE, Result, Running, Text, program, text,
};

use super::shared::{ended_with, same_lines};

const STAYS: &str = "a appends: what is in the file stays, as it is, and lines follow it";
const MADE: &str = "a file that is missing is made";
const ANEW: &str = "w begins anew: what was in the file is gone";
const ONCE: &str = "w begins anew once, when the file is opened, and not for each line";
const NEW: &str =
    "x is for a file that must not exist: it stays untouched, and the exit status is 1";
const AT_ONCE: &str = "a line is in the file as soon as it is said, while the program runs on";
const OTHERS: &str =
    "somebody else may append too: with O_APPEND the kernel looks for the end at each write";
const NEWLINE: &str = "a line ends with a newline, also the last one";
const NO_FOLDER: &str =
    "a folder that is missing is an error, and stays missing: a mistyped path shall be seen";
const ERROR: &str =
    "a file that cannot be written to is an error: exit status 1, and the path in the message";

/// Longer than any check.
const LONG_MS: &str = "600000";

#[test]
fn a_keeps_what_is_there_and_makes_what_is_missing() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("app.log");
    ended_with(&said(&file, "a", "0", &["one"])?, 0, MADE)?;
    same(&file, "INFO:root:one\n", NEWLINE)?;
    ended_with(&said(&file, "a", "0", &["two", "three"])?, 0, STAYS)?;
    same(&file, "INFO:root:one\nINFO:root:two\nINFO:root:three\n", STAYS)?;
    let torn = folder.file("torn.log");
    torn.append("no newline here")?;
    ended_with(&said(&torn, "a", "0", &["x"])?, 0, STAYS)?;
    same(&torn, "no newline hereINFO:root:x\n", STAYS)
}

#[test]
fn w_begins_anew_and_only_once() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("app.log");
    file.append("an old line that is longer than what follows, and an older one\n")?;
    ended_with(&said(&file, "w", "0", &["one"])?, 0, ANEW)?;
    same(&file, "INFO:root:one\n", ANEW)?;
    ended_with(&said(&file, "w", "0", &["1", "2", "3"])?, 0, ONCE)?;
    same(&file, "INFO:root:1\nINFO:root:2\nINFO:root:3\n", ONCE)?;
    let new = folder.file("new.log");
    ended_with(&said(&new, "w", "0", &["one"])?, 0, MADE)?;
    same(&new, "INFO:root:one\n", MADE)
}

#[test]
fn x_refuses_a_file_that_exists() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("app.log");
    ended_with(&said(&file, "x", "0", &["one", "two"])?, 0, MADE)?;
    same(&file, "INFO:root:one\nINFO:root:two\n", NEWLINE)?;
    ended_with(&said(&file, "x", "0", &["three"])?, 1, NEW)?;
    same(&file, "INFO:root:one\nINFO:root:two\n", NEW)
}

#[test]
fn a_line_is_there_at_once_and_others_may_append_too() -> Result {
    for mode in ["a", "w"] {
        let folder = Folder::new()?;
        let file = folder.file("app.log");
        let mut running = start(&file, mode, LONG_MS, &["one", "two"])?;
        running.wait_for_lines(&file, 1).say(AT_ONCE).man("open(2)").in_function("say")?;
        drop(running);

        let file = folder.file("shared.log");
        let said: Vec<String> = (0..15).map(|at| format!("message {at}")).collect();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        let mut running = start(&file, mode, "30", &said)?;
        running.wait_for_lines(&file, 1).say(AT_ONCE).in_function("say")?;
        let mut others = Vec::new();
        while !running.has_ended() {
            others.push(format!("somebody else says something that is not short {}", others.len()));
            file.append(&format!("{}\n", others[others.len() - 1]))?;
            thread::sleep(Duration::from_millis(10));
        }
        ended_with(&running.end(PATIENCE)?, 0, OTHERS)?;
        let lines = file.lines()?;
        let (mine, theirs): (Vec<String>, Vec<String>) =
            lines.into_iter().partition(|line| line.starts_with("INFO:root:message"));
        let expected: Vec<String> = said.iter().map(|said| format!("INFO:root:{said}")).collect();
        let say = if mode == "w" { ONCE } else { OTHERS };
        same_lines(&mine, &expected, say, "open")?;
        same_lines(&theirs, &others, OTHERS, "open")?;
    }
    Ok(())
}

#[test]
fn what_cannot_be_written_to_is_an_error() -> Result {
    let folder = Folder::new()?;
    let missing = folder.file("missing/app.log");
    for mode in ["a", "w", "x"] {
        let ended = said(&missing, mode, "0", &["one"])?;
        if missing.path().parent().is_some_and(std::path::Path::exists) {
            return Err(Failure::new("an error", "a folder that was made")
                .say(NO_FOLDER)
                .in_function("open"));
        }
        ended_with(&ended, 1, ERROR)?;
        if !ended.stderr.contains("missing/app.log") {
            let got = text!("{stderr}", stderr = Text::quoted(ended.stderr.trim()));
            return Err(Failure::new("a message with the path", got).say(ERROR));
        }
    }
    let no_file = folder.folder("no-file")?;
    let ended = program()?.arg(no_file.path()).arg("a").arg("0").arg("INFO").arg("x").output()?;
    ended_with(&ended, 1, ERROR)
}

fn start(file: &LogFile, mode: &str, interval_ms: &str, said: &[&str]) -> Result<Running> {
    let program = program()?.arg(file.path()).arg(mode).arg(interval_ms);
    said.iter().fold(program, |program, message| program.arg("INFO").arg(message)).start()
}

fn said(file: &LogFile, mode: &str, interval_ms: &str, said: &[&str]) -> Result<Ended> {
    start(file, mode, interval_ms, said)?.end(Duration::from_secs(5))
}

fn same(file: &LogFile, expected: &str, say: &'static str) -> Result {
    let got = file.text()?;
    if got == expected {
        return Ok(());
    }
    let got = text!("{text}", text = Text::quoted(&got));
    Err(Failure::new(text!("{text}", text = Text::quoted(expected)), got)
        .say(say)
        .in_function("open"))
}
