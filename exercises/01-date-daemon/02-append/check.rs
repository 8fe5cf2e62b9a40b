//! 1.2: append one whole line; open(2), `O_APPEND`, and write(2).

use std::cmp::Ordering;

use check::{Explain, Failure, Folder, Result, Running, Signal, Text, text};

use super::shared::{LONG_MS, all_dates, daemon, wait_for_dates, why_no_line};

const OPEN: &str = "open(2), O_APPEND";

const EMPTIED: &str = "the file was emptied as it was opened: that is what File::create does";
const OVERWRITTEN: &str = "the line was written over the beginning of the file, where a file that is opened for writing starts";
const NOT_AT_THE_END: &str = "you write where your own last line ended, and somebody else has written there since; O_APPEND finds the end anew each time";
const BUFFERED: &str = "lines wait for each other in a buffer; a line that is not in the file is lost when the daemon dies";
const IN_PIECES: &str = "a line in pieces can be torn: writeln! on a bare File writes text and newline apart; build the line with format! first, and print nothing else";

#[test]
fn creates_the_file_if_it_is_missing() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let mut daemon = daemon(&file, LONG_MS)?;
    wait_for_dates(&mut daemon, &file, 1).man("open(2), O_CREAT").in_function("run")
}

#[test]
fn keeps_what_was_there() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let before = "a line of last year\n".repeat(50);
    file.append(&before)?;

    let mut daemon = daemon(&file, LONG_MS)?;
    let arrived = daemon.wait_until("a line in dates.log", |_| {
        let text = file.text()?;
        Ok((text != before && text.ends_with('\n')).then_some(text))
    });
    let text = arrived
        .explain(|failure| failure.add_say(why_no_line(&file, &failure.got())))
        .man(OPEN)
        .in_function("run")?;

    let Some(added) = text.strip_prefix(&before) else {
        let say = match text.len() < before.len() {
            true => EMPTIED,
            false => OVERWRITTEN,
        };
        let first = Text::quoted(text.lines().next().unwrap_or_default());
        return Err(Failure::new(
            text!("the {count} bytes that were there, then the new line", count = before.len()),
            text!("{count} bytes that begin with {first}", count = text.len(), first),
        )
        .say(say)
        .man(OPEN)
        .in_function("run"));
    };
    all_dates(&added.lines().map(str::to_owned).collect::<Vec<_>>()).in_function("run")
}

#[test]
fn leaves_the_lines_of_others_alone() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let mut daemon = daemon(&file, 5)?;
    wait_for_dates(&mut daemon, &file, 2).man(OPEN).in_function("run")?;

    let other = "written by another daemon";
    file.append(&format!("{other}\n"))?;
    let count = file.lines()?.len();
    let lines = daemon.wait_for_lines(&file, count + 3)?;
    if lines.iter().any(|line| line == other) {
        return Ok(());
    }
    let expected = text!("the line {other}, and yours after it", other = Text::quoted(other));
    Err(Failure::new(expected, "yours in its place")
        .say(NOT_AT_THE_END)
        .man(OPEN)
        .in_function("run"))
}

#[test]
fn writes_each_line_with_one_write() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let mut daemon = daemon(&file, 2)?;
    let count = |daemon: &mut Running, lines: usize| -> Result<(usize, usize)> {
        wait_for_dates(daemon, &file, lines).man("write(2)").in_function("run")?;
        daemon.freeze()?;
        let counts = (file.lines()?.len(), daemon.writes()?);
        daemon.signal(Signal::SIGCONT)?;
        Ok(counts)
    };
    let first = count(&mut daemon, 5)?;
    let second = count(&mut daemon, first.0 + 20)?;
    let (lines, writes) = (second.0.saturating_sub(first.0), second.1 - first.1);
    let say = match writes.cmp(&lines) {
        Ordering::Equal => return Ok(()),
        Ordering::Less => BUFFERED,
        Ordering::Greater => IN_PIECES,
    };
    Err(Failure::new(
        text!("{lines} calls of write(2) for {lines} lines", lines),
        text!("{writes} calls", writes),
    )
    .say(say)
    .man("write(2)")
    .in_function("run"))
}
