//! 5.3: a file that lines are appended to; open(2), `O_APPEND`.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use check::{
    Directory, Ended, Explain, Failure, LogFile, PATIENCE, Result, Running, Text, program, text,
};

use super::shared::{ended_with, is_no_success, same_lines};

const STAYS: &str = "a appends: what is in the file stays, as it is, and lines follow it";
const MADE: &str = "a file that is missing is made";
const ANEW: &str = "w begins anew: what was in the file is gone";
const ONCE: &str = "w begins anew once, when the file is opened, and not for each line";
const NEW: &str =
    "x is for a file that must not exist: it stays untouched, and the exit status is 1";
const LINK: &str = "a link has that name already: looking first and opening then are two steps, \
                    and create_new, O_EXCL, is one";
const AT_ONCE: &str = "a line is in the file as soon as it is said, while the program runs on";
const OTHERS: &str =
    "somebody else may append too: with O_APPEND the kernel looks for the end at each write";
const NEWLINE: &str = "a line ends with a newline, also the last one";
const AS_IT_IS: &str =
    "a message is said as it is, also when it is long, or has several lines, or blanks at its ends";
const NO_DIRECTORY: &str =
    "a directory that is missing is an error, and stays missing: a mistyped path shall be seen";
const ERROR: &str =
    "a file that cannot be written to is an error: exit status 1, and the path in the message";

const FLAG: &str = "going to the end and writing there are two steps, and a lock holds back only \
                    those who ask for it: O_APPEND, OpenOptions::append, makes one step of it";
const ONE_WRITE: &str = "a line is written with one call of write_all, newline and all: between \
                         two calls somebody else may write";
const SAME_FILE: &str = "w empties the file that is there; whoever has it open goes on writing to \
                         it, and his lines belong into it too";
/// So many lines that somebody else certainly gets in between, if that is possible.
const MANY: usize = 8_000;
/// O_APPEND in the flags of a descriptor; open(2).
const O_APPEND: u32 = 0o2000;

/// Longer than any check.
const LONG_MS: &str = "600000";

#[test]
fn a_keeps_what_is_there_and_makes_what_is_missing() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    ended_with(&said(&file, "a", "0", &["one"])?, 0, MADE)?;
    same(&file, "INFO:root:one\n", NEWLINE)?;
    ended_with(&said(&file, "a", "0", &["two", "three"])?, 0, STAYS)?;
    same(&file, "INFO:root:one\nINFO:root:two\nINFO:root:three\n", STAYS)?;
    let torn = directory.file("torn.log");
    torn.append("no newline here")?;
    ended_with(&said(&torn, "a", "0", &["x"])?, 0, STAYS)?;
    same(&torn, "no newline hereINFO:root:x\n", STAYS)?;
    ended_with(&said(&torn, "a", "0", &["two\nlines"])?, 0, STAYS)?;
    same(&torn, "no newline hereINFO:root:x\nINFO:root:two\nlines\n", AS_IT_IS)?;
    let odd = directory.file("odd.log");
    let long = "x ñ".repeat(20_000);
    let messages = ["", " blanks at both ends ", "\ttab\t", long.as_str(), "[]{}%s\\n", "<3>"];
    ended_with(&said(&odd, "a", "0", &messages)?, 0, STAYS)?;
    let expected = messages.map(|message| format!("INFO:root:{message}"));
    same_lines(&odd.lines()?, &expected, AS_IT_IS, "say")?;
    has_only(&directory, &["app.log", "torn.log", "odd.log"])
}

/// Whether the program has made no file beside its own.
fn has_only(directory: &Directory, names: &[&str]) -> Result {
    for entry in fs::read_dir(directory.path())?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !names.contains(&name.as_str()) {
            let got = text!("{name} beside it", name);
            return Err(Failure::new("the file that was named, and no other", got).say(
                "who looks after the directory does not know of it, and nobody takes it away",
            ));
        }
    }
    Ok(())
}

#[test]
fn w_begins_anew_and_only_once() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    file.append("an old line that is longer than what follows, and an older one\n")?;
    ended_with(&said(&file, "w", "0", &["one"])?, 0, ANEW)?;
    same(&file, "INFO:root:one\n", ANEW)?;
    ended_with(&said(&file, "w", "0", &["1", "2", "3"])?, 0, ONCE)?;
    same(&file, "INFO:root:1\nINFO:root:2\nINFO:root:3\n", ONCE)?;
    let new = directory.file("new.log");
    ended_with(&said(&new, "w", "0", &["one"])?, 0, MADE)?;
    same(&new, "INFO:root:one\n", MADE)
}

#[test]
fn x_refuses_a_file_that_exists() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    ended_with(&said(&file, "x", "0", &["one", "two"])?, 0, MADE)?;
    same(&file, "INFO:root:one\nINFO:root:two\n", NEWLINE)?;
    ended_with(&said(&file, "x", "0", &["three"])?, 1, NEW)?;
    same(&file, "INFO:root:one\nINFO:root:two\n", NEW)?;
    let empty = directory.file("empty.log");
    empty.append("")?;
    ended_with(&said(&empty, "x", "0", &["three"])?, 1, NEW)?;
    same(&empty, "", NEW)?;
    // A link that leads nowhere has the name all the same.
    let (link, nowhere) = (directory.file("link.log"), directory.file("nowhere.log"));
    symlink(nowhere.path(), link.path())?;
    ended_with(&said(&link, "x", "0", &["three"])?, 1, LINK)?;
    if nowhere.exists() {
        Err(Failure::new("no file", "one was made where the link leads").say(LINK))
    } else {
        Ok(())
    }
}

#[test]
fn a_line_is_there_at_once_and_others_may_append_too() -> Result {
    for mode in ["a", "w", "x"] {
        let directory = Directory::new()?;
        let file = directory.file("app.log");
        let mut running = start(&file, mode, LONG_MS, &["one", "two"])?;
        running.wait_for_lines(&file, 1).say(AT_ONCE).man("open(2)").in_function("say")?;
        let prints = !running.printed().is_empty() || !running.said().is_empty();
        let writes = running.writes()?;
        // What it prints is written too, and is nobody's harm.
        if writes > 1 && !prints {
            let got = text!("{writes} of them", writes);
            return Err(Failure::new("one call of write(2) for a line, newline and all", got)
                .say(ONE_WRITE)
                .man("write(2)")
                .in_function("say"));
        }
        if opened_otherwise(&running, file.path())? {
            return Err(Failure::new(
                "a file that is open with O_APPEND",
                "one that is open without",
            )
            .say(FLAG)
            .man("open(2), O_APPEND")
            .in_function("open"));
        }
        drop(running);

        let file = directory.file("shared.log");
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
        // Without O_APPEND, it would have been seen above.
        let say = if mode == "w" { ONCE } else { OTHERS };
        same_lines(&mine, &expected, say, "open")?;
        same_lines(&theirs, &others, OTHERS, "open")?;
    }
    Ok(())
}

/// Whether a program has the file open to write, and without O_APPEND; see `flags` in
/// proc_pid_fdinfo(5).
fn opened_otherwise(running: &Running, file: &Path) -> Result<bool> {
    let of_program = Path::new("/proc").join(running.pid().to_string());
    for fd in fs::read_dir(of_program.join("fd"))?.flatten() {
        let is_file = || fs::read_link(fd.path()).is_ok_and(|path| path == file);
        if is_file() {
            let info = fs::read_to_string(of_program.join("fdinfo").join(fd.file_name()));
            // Closed meanwhile, or another file by now, and these are its flags.
            let Some(info) = info.ok().filter(|_| is_file()) else { continue };
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
            let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
            // The last two bits are 0 for who only reads.
            if flags.is_some_and(|flags| flags & 3 != 0 && flags & O_APPEND == 0) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

#[test]
fn no_line_is_torn_while_others_write_as_fast_as_they_can() -> Result {
    // On a busy machine, one may be done before the other has begun: then it is no race.
    let mut switches = 0;
    for _ in 0..12 {
        switches += race()?;
        if switches > 400 {
            break;
        }
    }
    Ok(())
}

/// Two write into the same file; how often the one came after the other.
fn race() -> Result<usize> {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    file.append("")?;
    let said: Vec<String> = (0..MANY).map(|at| format!("m{at}")).collect();
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let mut other = OpenOptions::new().append(true).open(file.path())?;
    let done = AtomicBool::new(false);
    let written = thread::scope(|scope| {
        let appender = scope.spawn(|| {
            let mut count = 0;
            // As long as the other one writes, and no longer than there is room.
            while count < 400_000
                && !done.load(Ordering::Relaxed)
                && other.write_all(b"other\n").is_ok()
            {
                count += 1;
            }
            count
        });
        let ended = start(&file, "a", "0", &said).and_then(|running| running.end(PATIENCE));
        done.store(true, Ordering::Relaxed);
        (ended, appender.join().unwrap_or(0))
    });
    let (ended, count) = (written.0?, written.1);
    ended_with(&ended, 0, OTHERS)?;
    let text = fs::read_to_string(file.path())?;
    let (theirs, mine): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| *line == "other");
    let expected: Vec<String> = said.iter().map(|said| format!("INFO:root:{said}")).collect();
    same_lines(&mine, &expected, ONE_WRITE, "say")?;
    if theirs.len() != count {
        return Err(Failure::new(
            text!("all {count} lines of somebody else", count),
            text!("{count} of them", count = theirs.len()),
        )
        .say(OTHERS)
        .in_function("open"));
    }
    let whose: Vec<bool> = text.lines().map(|line| line == "other").collect();
    Ok(whose.windows(2).filter(|two| two[0] != two[1]).count())
}

#[test]
fn w_empties_the_file_that_others_have_open() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    file.append("an old line\n")?;
    // Whoever may read it may go on reading it.
    fs::set_permissions(file.path(), Permissions::from_mode(0o666))?;
    let mut other = OpenOptions::new().append(true).open(file.path())?;
    ended_with(&said(&file, "w", "0", &["one"])?, 0, ANEW)?;
    other.write_all(b"somebody else\n")?;
    match file.text()?.as_str() {
        "INFO:root:one\nsomebody else\n" => {}
        text => {
            return Err(Failure::new("a line of each", Text::quoted(text))
                .say(SAME_FILE)
                .in_function("open"));
        }
    }
    let mode = fs::metadata(file.path())?.permissions().mode() & 0o7777;
    if mode != 0o666 {
        let got = text!("{mode}", mode = format!("{mode:o}"));
        return Err(Failure::new("the mode that the file had, 666", got)
            .say("who may read and write the file is not the log's business")
            .in_function("open"));
    }
    Ok(())
}

#[test]
fn what_cannot_be_written_to_is_an_error() -> Result {
    let directory = Directory::new()?;
    let missing = directory.file("missing/app.log");
    for mode in ["a", "w", "x"] {
        let ended = said(&missing, mode, "0", &["one"])?;
        if missing.path().parent().is_some_and(std::path::Path::exists) {
            return Err(Failure::new("an error", "a directory that was made")
                .say(NO_DIRECTORY)
                .in_function("open"));
        }
        ended_with(&ended, 1, ERROR)?;
        if !ended.stderr.contains("missing/app.log") {
            let got = text!("{stderr}", stderr = Text::quoted(ended.stderr.trim()));
            return Err(Failure::new("a message with the path", got).say(ERROR));
        }
    }
    let no_file = directory.directory("no-file")?;
    let ended = program()?.arg(no_file.path()).arg("a").arg("0").arg("INFO").arg("x").output()?;
    ended_with(&ended, 1, ERROR)?;
    // It can be opened, and there is never room in it; full(4).
    if Path::new("/dev/full").exists() {
        let ended = program()?.arg("/dev/full").arg("a").arg("0").arg("INFO").arg("x").output()?;
        ended_with(&ended, 1, "an error of writing is an error as well: hand it on")?;
    }
    let full = directory.file("full.log");
    full.leave_room(9)?;
    is_no_success(&said(&full, "a", "0", &["hello"])?, "say")
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
