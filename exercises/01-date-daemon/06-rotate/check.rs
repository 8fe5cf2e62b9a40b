//! 1.6: SIGHUP after a rename, and no line lost; logrotate(8), daemon(7).

use std::fs;
use std::time::{Duration, Instant};

use check::{Explain, Failure, Folder, LogFile, Result, Running, Signal, Text, text};

use super::shared::{LONG_MS, all_dates, daemon, wait_for_dates};

const RENAME: &str = "rename(2)";
const FAST_MS: u64 = 20;
const ROTATE: &str = "logrotate(8), postrotate";

const NO_REASON: &str = "a file that cannot be opened anew is no reason to stop: open first, let go of the old file when the new one is open, and say what went wrong on stderr";
const EMPTIED: &str =
    "the new file was there already, and you emptied it; open it as at the start, to append";
const MISSING: &str =
    "lines are missing: nothing may be waited for while the file changes, and the ticks go on";
const NO_TICK: &str =
    "SIGHUP is no tick: it opens the file, and the next line comes when it is due";
const DEFAULT: &str =
    "SIGHUP had its default action, which ends the daemon; take the signal, as you take SIGTERM";
const NO_END: &str = "SIGHUP asks for a new file, not for an end";
const OLD: &str = "the daemon still writes to the old file, under its new name; open the one that is called dates.log now";

#[test]
fn goes_on_in_the_new_file_at_once() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let mut daemon = running(&file, LONG_MS)?;
    let old = file.rename_to("dates.log.1")?;
    // The next line is due in an hour: what makes the new file is the signal alone.
    rotated(&mut daemon, &file)?;
    daemon.signal(Signal::SIGTERM)?;
    daemon.end(Duration::from_secs(1)).in_function("reopen")?;
    match old.lines()?.len() + file.lines()?.len() {
        1 => Ok(()),
        lines => Err(Failure::new("1 line, the one from the start", text!("{lines} lines", lines))
            .say(NO_TICK)
            .man(ROTATE)
            .in_function("reopen")),
    }
}

#[test]
fn keeps_the_old_file_if_the_new_one_cannot_be_opened() -> Result {
    let folder = Folder::new()?;
    let home = folder.folder("home")?;
    let file = home.file("dates.log");
    let mut daemon = running(&file, FAST_MS)?;
    // The folder has another name for a while: the file is still there, but not where the daemon looks for it.
    let moved = folder.path().join("moved");
    fs::rename(home.path(), &moved)?;
    let file = folder.file("moved/dates.log");
    let lines = file.lines()?.len();
    daemon.signal(Signal::SIGHUP)?;
    daemon
        .wait_for_lines(&file, lines + 5)
        .say(NO_REASON)
        .man("daemon(7)")
        .in_function("reopen")?;
    fs::rename(&moved, home.path())?;

    let file = home.file("dates.log");
    file.rename_to("dates.log.1")?;
    rotated(&mut daemon, &file)
}

#[test]
fn keeps_what_is_in_the_new_file() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let mut daemon = running(&file, FAST_MS)?;
    file.rename_to("dates.log.1")?;
    let header = "# put here by logrotate";
    file.append(&format!("{header}\n"))?;
    daemon.signal(Signal::SIGHUP)?;
    let lines =
        daemon.wait_for_lines(&file, 3).explain(say_why).man(RENAME).in_function("reopen")?;
    match lines[0] == header {
        true => all_dates(&lines[1..]).in_function("reopen"),
        false => {
            let expected = text!("{header} as the first line", header = Text::quoted(header));
            Err(Failure::new(expected, Text::quoted(&lines[0]))
                .say(EMPTIED)
                .man("open(2), O_TRUNC")
                .in_function("reopen"))
        }
    }
}

#[test]
fn loses_no_line_in_many_rotations() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let mut daemon = running(&file, FAST_MS)?;
    let start = Instant::now();
    let mut old = Vec::new();
    for round in 1..=8 {
        old.push(file.rename_to(format!("dates.log.{round}"))?);
        rotated(&mut daemon, &file)?;
        wait_for_dates(&mut daemon, &file, 1).in_function("reopen")?;
    }
    daemon.signal(Signal::SIGTERM)?;
    daemon.end(Duration::from_secs(1)).in_function("reopen")?;
    let due = start.elapsed().as_millis() as usize / FAST_MS as usize;
    let mut lines = file.lines()?;
    for file in &old {
        lines.extend(file.lines()?);
    }
    all_dates(&lines).in_function("reopen")?;
    // A busy machine delays lines, and lines that are too late are left out; but it doesn't delay every second one.
    match lines.len() {
        count if count * 2 < due => {
            let expected = text!("about {due} lines in 8 rotations", due);
            Err(Failure::new(expected, Text::verbatim(count))
                .say(MISSING)
                .man(ROTATE)
                .in_function("reopen"))
        }
        _ => Ok(()),
    }
}

/// The daemon after its first line, when it can be sent SIGHUP.
fn running(file: &LogFile, interval_ms: u64) -> Result<Running> {
    let mut daemon = daemon(file, interval_ms)?;
    wait_for_dates(&mut daemon, file, 1).in_function("reopen")?;
    daemon.expect_signal(Signal::SIGHUP)?;
    Ok(daemon)
}

/// Sends SIGHUP after a rename, and waits for the new file.
fn rotated(daemon: &mut Running, file: &LogFile) -> Result {
    daemon.signal(Signal::SIGHUP)?;
    let made = daemon.wait_until("a new dates.log", |_| Ok(file.exists().then_some(())));
    made.explain(say_why).man(RENAME).in_function("reopen")
}

/// What a colleague says when nothing comes into the new file.
fn say_why(failure: &mut Failure) {
    let got = failure.got();
    let say = if got.contains("(SIGHUP)") {
        DEFAULT
    } else if got.contains("has ended") {
        NO_END
    } else {
        OLD
    };
    failure.add_say(say);
}
