//! What the checks of lesson 1 share: the date daemon at work, and what a line of it looks like.

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use check::{
    Clock, Directory, Explain, Failure, LogFile, Program, Result, Running, Signal, Text, file_text,
    program,
};

pub(crate) mod fifo;
pub(crate) mod kernel;
pub(crate) mod paced;
pub(crate) mod timetable;

/// The length of a line, with its newline.
pub(crate) const LINE: usize = 20;

/// Longer than any check: what has to happen at once doesn't wait for the next tick.
pub(crate) const LONG_MS: u64 = 3_600_000;

/// A number that nobody could know before: another one in each check.
pub(crate) fn some(range: Range<u64>) -> u64 {
    // The standard library's hash maps get random keys from the kernel.
    let random = RandomState::new().hash_one(range.start);
    range.start + random % (range.end - range.start)
}

/// The daemon on `file`, with `interval_ms` between two lines; not yet begun.
pub(crate) fn program_on(file: &LogFile, interval_ms: u64) -> Result<Program> {
    Ok(program()?.arg(file.path()).arg(interval_ms.to_string()))
}

/// Starts the daemon on `file`, with `interval_ms` between two lines.
#[track_caller]
pub(crate) fn daemon(file: &LogFile, interval_ms: u64) -> Result<Running> {
    program_on(file, interval_ms)?.start()
}

/// Gives the program a clock that the check sets.
pub(crate) fn by(clock: &Clock, program: Program) -> Program {
    clock.env().iter().fold(program, |program, (name, value)| program.env(name, value))
}

/// Tries what all else rests on, once in each check: the first line comes at once, whenever the
/// next one is due.
///
/// # Errors
/// Says what was wrong to whoever asks first.
pub(crate) fn first_line(function: &str) -> Result {
    let told = first_line_once().lock().unwrap_or_else(PoisonError::into_inner).1.take();
    told.map_or(Ok(()), |failure| Err(failure.in_function(function)))
}

/// For a promise that can't be tried where there is no first line.
///
/// # Errors
/// When there is none.
pub(crate) fn needs_first_line() -> Result {
    if first_line_once().lock().unwrap_or_else(PoisonError::into_inner).0 {
        Ok(())
    } else {
        Err(Failure::later())
    }
}

/// Whether there was a first line, and why not.
fn first_line_once() -> &'static Mutex<(bool, Option<Failure>)> {
    static FIRST: OnceLock<Mutex<(bool, Option<Failure>)>> = OnceLock::new();
    FIRST.get_or_init(|| {
        let try_it = || {
            let directory = Directory::new()?;
            let file = directory.file("dates.log");
            wait_for_dates(&mut daemon(&file, LONG_MS)?, &file, 1)
        };
        let failure = try_it().err();
        Mutex::new((failure.is_none(), failure))
    })
}

/// Waits for `count` lines, all of them dates.
#[track_caller]
pub(crate) fn wait_for_dates(daemon: &mut Running, file: &LogFile, count: usize) -> Result {
    let lines = daemon.wait_for_lines(file, count);
    let lines = match lines {
        Ok(lines) => lines,
        Err(failure) => return Err(failure.say(why_no_line(daemon, file)?)),
    };
    all_dates(&lines)
}

/// Lets a daemon go on until it has written `lines`, or for `limit`, and fails if it does not go on
/// after that.
pub(crate) fn goes_on(
    daemon: &mut Running,
    file: &LogFile,
    lines: usize,
    limit: Duration,
) -> Result {
    let deadline = Instant::now() + limit;
    while file.size() < (lines * LINE) as u64 && Instant::now() < deadline && !daemon.has_ended() {
        thread::sleep(Duration::from_millis(2));
    }
    let lines = file.lines()?.len();
    wait_for_dates(daemon, file, lines + 2).in_function("run")
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

/// What a colleague says of files that nobody closes.
pub(crate) const LEFT_OPEN: &str = "each line leaves one more descriptor open, and a process may \
    have 1024: then it can write no more; open the file once, or close it each time";

/// What a colleague says when no line comes.
pub(crate) fn why_no_line(daemon: &mut Running, file: &LogFile) -> Result<&'static str> {
    let (text, ended) = (file.text()?, daemon.has_ended());
    let said = daemon.said();
    Ok(if said.contains("Too many open files") {
        LEFT_OPEN
    } else if said.contains("memory allocation of") {
        "there is no more memory: something is kept of each line, and a daemon writes lines for \
         years"
    } else if said.contains("Bad file descriptor") {
        "the file is open for reading only; append(true) opens it for writing"
    } else if said.contains("No such file or directory") && !file.exists() {
        "OpenOptions makes a missing file only when it is told to: create(true)"
    } else if said.contains("File exists") {
        "create_new(true) wants a file that is not there yet; create(true) takes both"
    } else if said.contains("panicked") {
        "it panicked: the message on stderr says where"
    } else if ended && text.is_empty() {
        "it ended before a line was in the file"
    } else if ended {
        "a daemon goes on until it is asked to stop: the loop must not come to an end by itself"
    } else if !file.exists() && kernel::catches(daemon.pid(), Signal::SIGTERM) {
        "something before open waits, and never comes to an end: the loop over signals.forever() \
         belongs into a thread of its own"
    } else if !file.exists() {
        "nothing has opened the file: what does the program do, or wait for, before it gets there?"
    } else if text.is_empty() && file_text("src/main.rs")?.contains("BufWriter") {
        "no line reaches the file; a BufWriter keeps them to itself until it holds 8 KiB or is \
         flushed"
    } else if text.is_empty() {
        "the file is there, and no line reaches it: the first one comes at once, before the first \
         sleep"
    } else if text.starts_with('\n') {
        "the newline ends a line, it doesn't begin one"
    } else if !text.contains('\n') {
        "a line ends with a newline, also the last one"
    } else {
        "no new line came: it stops after some lines, or waits too long for the next one"
    })
}
