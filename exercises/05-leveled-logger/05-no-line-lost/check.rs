//! 5.5: lines that are collected, and what becomes of them at the end; exit(3), the docs of
//! `std::process::exit`.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use check::{
    Directory, Ended, Explain, Failure, LogFile, PATIENCE, Result, Running, Text, program, text,
};

use super::shared::{ended_with, is_no_success, same_lines};

const RETURN: &str = "after a return from main all lines are there: a static is never dropped, so \
                      nobody flushes for you";
const EXIT: &str = "process::exit runs no destructor and flushes nothing: what is held back has \
                    to be written before";
const PANIC: &str =
    "a panic is an end, too: a hook, or whoever catches it, has to write what is held back";
const SERIOUS: &str = "an error is in the file at once, with all that came before it: the program \
                       may not live to write it later";
const ORDER: &str = "lines are in the file in the order in which they were said, each line once";
const NOTHING: &str =
    "nothing is dropped, however much is said: when the buffer is full, it is written";
const YESTERDAY: &str = "what the file has of yesterday stays, and the new lines follow: append";
const STATUS_101: &str = "a panic ends the program with exit status 101, as without a log";
const STATUS_3: &str = "the program ends with exit status 3, as it was asked to";
const MESSAGE: &str = "the message of a panic goes to standard error, as without a log";

#[test]
fn a_return_loses_nothing() -> Result {
    let (ended, file) = run("return", &messages(10))?;
    all(&file, &messages(10), RETURN)?;
    ended_with(&ended, 0, RETURN)
}

#[test]
fn an_exit_loses_nothing() -> Result {
    let (ended, file) = run("exit", &messages(10))?;
    all(&file, &messages(10), EXIT)?;
    ended_with(&ended, 3, STATUS_3)
}

#[test]
fn a_panic_loses_nothing_and_is_still_a_panic() -> Result {
    let (ended, file) = run("panic", &messages(10))?;
    all(&file, &messages(10), PANIC)?;
    ended_with(&ended, 101, STATUS_101)?;
    if ended.stderr.contains("on purpose") {
        return Ok(());
    }
    Err(Failure::new("\"on purpose\" on standard error", "not a word").say(MESSAGE))
}

#[test]
fn an_error_is_there_at_once() -> Result {
    let mut shortest = Duration::MAX;
    for level in ["ERROR", "CRITICAL"] {
        let mut said = messages(5);
        said.push((level, "it".to_owned()));
        // And the next time, too.
        said.extend(messages(7));
        said.push(("ERROR", "again".to_owned()));
        for at in 0..20 {
            said.push(("INFO", format!("in between {at}")));
            said.push((level, format!("and again {at}")));
        }
        said.push((level, "once more".to_owned()));
        let directory = Directory::new()?;
        let file = directory.file("app.log");
        let begin = Instant::now();
        let mut running = start(&file, "wait", &said)?;
        let lines = running.wait_for_lines(&file, said.len()).say(SERIOUS).in_function("say")?;
        shortest = shortest.min(begin.elapsed());
        same_lines(&lines, &expected(&said), ORDER, "say")?;
        // Whoever looks now and then writes many of them at once.
        let serious = said.iter().filter(|(level, _)| ["ERROR", "CRITICAL"].contains(level));
        let (serious, writes) = (serious.count(), running.writes()?);
        if writes < serious {
            let expected = text!("{serious} times that it is written, one for each error", serious);
            return Err(Failure::new(expected, text!("{writes} of them", writes))
                .say(SERIOUS)
                .in_function("say"));
        }
        // From here on nothing can be caught.
        running.signal(check::Signal::SIGKILL)?;
        running.end(PATIENCE)?;
        all(&file.lines()?, &said, ORDER)?;
    }
    // A busy machine makes one of them wait, and not both.
    if shortest < PATIENCE / 3 {
        return Ok(());
    }
    let got = text!("{shortest} at best", shortest = Text::quoted(shortest));
    Err(Failure::new("an error in the file at once", got).say(SERIOUS).in_function("say"))
}

#[test]
fn much_is_said_and_all_of_it_is_there() -> Result {
    // Some hundred kilobytes: more than any buffer should hold, with an error here and there.
    for end in ["return", "exit", "panic"] {
        let mut said = messages(1500);
        for at in (0..said.len()).step_by(1200) {
            said[at].0 = "ERROR";
        }
        for message in &mut said {
            message.1.push_str(&"x".repeat(60));
        }
        let (_, file) = run(end, &said)?;
        all(&file, &said, NOTHING)?;
    }
    let mut said = messages(9000);
    said[4000].1 = "longer than the buffer ".repeat(4500);
    let (_, file) = run("exit", &said)?;
    all(&file, &said, NOTHING)?;
    // And an error is there at once, however much was collected before it.
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    let mut said = messages(700);
    said.push(("ERROR", "it".to_owned()));
    let mut running = start(&file, "wait", &said)?;
    let lines = running.wait_for_lines(&file, said.len()).say(SERIOUS).in_function("say")?;
    all(&lines, &said, ORDER)
}

#[test]
fn what_was_in_the_file_stays() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    file.append("yesterday 1\nyesterday 2\n")?;
    start(&file, "return", &messages(4))?.end(PATIENCE)?;
    let mut wanted = ["yesterday 1", "yesterday 2"].map(str::to_owned).to_vec();
    wanted.extend(expected(&messages(4)));
    same_lines(&file.lines()?, &wanted, YESTERDAY, "start")?;
    let full = directory.file("full.log");
    full.leave_room(30)?;
    let ended = start(&full, "return", &messages(4))?.end(PATIENCE)?;
    // What it says on standard error is said as well.
    if ended.stderr.is_empty() { is_no_success(&ended, "write") } else { Ok(()) }
}

fn messages(count: usize) -> Vec<(&'static str, String)> {
    let levels = ["DEBUG", "INFO", "WARNING", "INFO"];
    (0..count).map(|at| (levels[at % 4], format!("message {at}"))).collect()
}

fn start(file: &LogFile, end: &str, said: &[(&'static str, String)]) -> Result<Running> {
    let program = program()?.arg(file.path()).arg(end);
    said.iter().fold(program, |program, (level, message)| program.arg(level).arg(message)).start()
}

/// Runs it to its end; the directory may go, the file's text is kept.
fn run(end: &str, said: &[(&'static str, String)]) -> Result<(Ended, Vec<String>)> {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    let ended = start(&file, end, said)?.end(PATIENCE)?;
    let lines = file.lines()?;
    Ok((ended, lines))
}

fn expected(said: &[(&'static str, String)]) -> Vec<String> {
    said.iter().map(|(level, message)| format!("{level}:root:{message}")).collect()
}

fn all(got: &[String], said: &[(&'static str, String)], say: &'static str) -> Result {
    let expected = expected(said);
    // What is there twice, or elsewhere, is another fault than what is missing.
    let there: HashSet<&String> = got.iter().collect();
    let is_missing =
        got.len() <= expected.len() && expected.iter().any(|line| !there.contains(line));
    same_lines(got, &expected, if is_missing { say } else { ORDER }, "flush")
}
