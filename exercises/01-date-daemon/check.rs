//! What the checks of lesson 1 share: the date daemon at work, and what a line of it looks like.

use check::{Explain, Failure, LogFile, Result, Running, Text, program};

/// Longer than any check: what has to happen at once doesn't wait for the next tick.
pub(crate) const LONG_MS: u64 = 3_600_000;

/// Starts the daemon on `file`, with `interval_ms` between two lines.
#[track_caller]
pub(crate) fn daemon(file: &LogFile, interval_ms: u64) -> Result<Running> {
    program()?.arg(file.path()).arg(interval_ms.to_string()).start()
}

/// Waits for `count` lines, all of them dates.
#[track_caller]
pub(crate) fn wait_for_dates(daemon: &mut Running, file: &LogFile, count: usize) -> Result {
    let lines = daemon.wait_for_lines(file, count).explain(|failure| {
        let why = why_no_line(file, &failure.got());
        failure.add_say(why);
    })?;
    all_dates(&lines).in_function("run")
}

/// Fails at the first line that isn't a date.
pub(crate) fn all_dates(lines: &[String]) -> Result {
    let Some(line) = lines.iter().find(|line| !is_date(line)) else {
        return Ok(());
    };
    let say = match line.as_str() {
        "" => "there is an empty line; the newline ends a line, it doesn't begin one",
        _ => "each line is a date and a newline, nothing else",
    };
    Err(Failure::new("lines such as \"2026-03-01 09:05:07\"", Text::quoted(line)).say(say))
}

/// Whether `line` has the shape `2026-03-01 09:05:07`.
pub(crate) fn is_date(line: &str) -> bool {
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    line.bytes().map(shape).eq(*b"0000-00-00 00:00:00")
}

/// What a colleague says when no line comes.
pub(crate) fn why_no_line(file: &LogFile, got: &str) -> &'static str {
    let text = file.text().unwrap_or_default();
    if got.contains("Bad file descriptor") {
        "the file is open for reading only; append(true) opens it for writing"
    } else if !file.exists() {
        "there is no file; OpenOptions makes a missing one only when it is told to: create(true)"
    } else if text.is_empty() {
        "no line reaches the file; a BufWriter keeps them to itself until it holds 8 KiB or is flushed"
    } else if text.starts_with('\n') {
        "the newline ends a line, it doesn't begin one"
    } else if !text.contains('\n') {
        "a line ends with a newline, also the last one"
    } else {
        "no new line came"
    }
}
