//! 1.6: SIGHUP after a rename, and no line lost; logrotate(8), daemon(7).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::time::Instant;

use check::{
    Directory, Explain, Failure, LogFile, PATIENCE, Result, Running, Signal, Text, stretched, text,
};

mod rotating;

use super::shared::timetable::{Attempt, until_clear};
use super::shared::{
    LONG_MS, all_dates, daemon, first_line, kernel, needs_first_line, some, wait_for_dates,
};
use rotating::Rotating;

const RENAME: &str = "rename(2)";
const FAST_MS: u64 = 10;
/// A month of them: what goes wrong in the end is not to pass.
const ROTATIONS: usize = 30;
const ROTATE: &str = "logrotate(8), postrotate";

const NO_REASON: &str = "a file that cannot be opened anew is no reason to stop: open first, let \
    go of the old file when the new one is open, and say what went wrong on stderr";
const EMPTIED: &str = "the new file was there already, and what was in it is gone; open it as at \
    the start, to append";
const NO_TICK: &str =
    "SIGHUP is no tick: it opens the file, and the next line comes when it is due";
const DEFAULT: &str =
    "SIGHUP had its default action, which ends the daemon; take the signal, as you take SIGTERM";
const NO_END: &str = "SIGHUP asks for a new file, not for an end";
const OLD: &str = "the daemon still writes to the old file, under its new name; open the one \
    that is called dates.log now";

#[test]
fn goes_on_in_the_new_file_at_once() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let file = directory.file("dates.log");
    let mut daemon = running(&file, LONG_MS)?;
    let mut all = vec![file.clone()];
    // The next line is due in an hour: what makes the new file is the signal alone.
    for round in 1..=ROTATIONS {
        let old = file.rename_to(format!("dates.log.{round}"))?;
        rotated(&mut daemon, &file, &old)?;
        all.push(old);
    }
    end_well(daemon)?;
    let lines: Result<Vec<_>> = all.iter().map(LogFile::lines).collect();
    let lines: Vec<String> = lines?.concat();
    all_dates(&lines).in_function("reopen")?;
    match lines.len() {
        1 => Ok(()),
        lines => Err(Failure::new("1 line, the one from the start", text!("{lines} lines", lines))
            .say(NO_TICK)
            .man(ROTATE)
            .in_function("reopen")),
    }
}

#[test]
fn keeps_the_old_file_if_the_new_one_cannot_be_opened() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let home = directory.directory("home")?;
    let file = home.file("dates.log");
    let mut daemon = running(&file, FAST_MS)?;
    let old = file.rename_to("dates.log.0")?;
    rotated(&mut daemon, &file, &old)?;
    wait_for_dates(&mut daemon, &file, 2).in_function("reopen")?;
    let first = some(0..2);
    let mut told = BTreeSet::new();
    for round in 0..2 {
        // The directory has another name for a while, or something else has the file's: the open
        // file is still there, but not where the daemon looks for it.
        let (moved, moved_file) = match (round + first) % 2 {
            0 => (directory.path().join("moved"), directory.file("moved/dates.log")),
            _ => (home.path().join("moved.log"), home.file("moved.log")),
        };
        let from = if moved_file.name() == "moved.log" { file.path() } else { home.path() };
        fs::rename(from, &moved)?;
        let obstacle = home.path().join("dates.log");
        if from == file.path() {
            fs::create_dir(&obstacle)?;
        }
        let lines = moved_file.lines()?.len();
        let before = words_of(&daemon);
        daemon.signal(Signal::SIGHUP)?;
        daemon
            .wait_for_lines(&moved_file, lines + 5)
            .say(NO_REASON)
            .man("daemon(7)")
            .in_function("reopen")?;
        told = says_so(&mut daemon, &before, &told)?;
        if from == file.path() {
            fs::remove_dir(&obstacle)?;
        }
        fs::rename(&moved, from)?;
        let old = file.rename_to(format!("dates.log.{}", round + 1))?;
        rotated(&mut daemon, &file, &old)?;
        all_dates(&old.lines()?).in_function("reopen")?;
    }
    wait_for_dates(&mut daemon, &file, 2).in_function("reopen")?;
    end_well(daemon)
}

/// What the daemon has said so far on standard error, whatever the numbers in it, and how often.
fn words_of(daemon: &Running) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for line in daemon.said().lines() {
        *words.entry(line.replace(|c: char| c.is_ascii_digit(), "0")).or_default() += 1;
    }
    words
}

/// Waits for words that were not said `before`, or were those the last time; returns them. What
/// else is said, at each line perhaps, is nobody's complaint.
fn says_so(
    daemon: &mut Running,
    before: &BTreeMap<String, usize>,
    last_time: &BTreeSet<String>,
) -> Result<BTreeSet<String>> {
    let told = daemon.wait_until(
        "a word on standard error about the file that cannot be opened",
        |daemon| {
            let is_new = |(word, times): &(String, usize)| match before.get(word) {
                None => true,
                Some(earlier) => times > earlier && last_time.contains(word),
            };
            let new: BTreeSet<String> =
                words_of(daemon).into_iter().filter(is_new).map(|(word, _)| word).collect();
            Ok((!new.is_empty()).then_some(new))
        },
    );
    told.say(
        "it goes on in the old file, which is right, and says nothing: whoever looks for \
        the lines in the new one must be told why they are not there",
    )
    .man("sd-daemon(3)")
    .in_function("reopen")
}

#[test]
fn keeps_what_is_in_the_new_file() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let file = directory.file("dates.log");
    let mut daemon = running(&file, FAST_MS)?;
    // Who opens the file for each line may have it open now, and may not.
    let usual = kernel::descriptors(&daemon).len() + 1;
    for round in 1..=2 {
        file.rename_to(format!("dates.log.{round}"))?;
        let header = format!("# put here by logrotate, number {}", some(0..10_000));
        file.append(&format!("{header}\n"))?;
        daemon.signal(Signal::SIGHUP)?;
        let lines = daemon.wait_for_lines(&file, 3).explain(say_why).man(RENAME);
        kept(&lines.in_function("reopen")?, &header)?;
        // A signal without a rename is none of logrotate's, and does no harm.
        let lines = file.lines()?.len();
        daemon.signal(Signal::SIGHUP)?;
        let lines = daemon.wait_for_lines(&file, lines + 3).say(EMPTIED).in_function("reopen")?;
        kept(&lines, &header)?;
    }
    // logrotate(8), `create`: a new file that is empty has its owner and its mode already.
    file.rename_to("dates.log.3")?;
    file.append("")?;
    let made = kernel::file_at(file.path());
    daemon.signal(Signal::SIGHUP)?;
    daemon.wait_for_lines(&file, 2).explain(say_why).man(RENAME).in_function("reopen")?;
    if kernel::file_at(file.path()) != made {
        return Err(Failure::new("the new dates.log that was there", "another file in its place")
            .say(
                "whoever has put the new file there has given it its owner and its mode: go on in \
                 it",
            )
            .man("logrotate(8)")
            .in_function("reopen"));
    }
    let mut opened = kernel::descriptors(&daemon);
    daemon
        .wait_until("no more open files than before", |daemon| {
            opened = kernel::descriptors(daemon);
            Ok((opened.len() <= usual).then_some(()))
        })
        .say(
            "a file that is opened anew without a rename is open once more: let go of the old one \
             here too",
        )
        .man("close(2)")
        .in_function("reopen")?;
    if opened.iter().any(|open| open.is(file.path()) && open.writes_without_append()) {
        return Err(Failure::new("a new dates.log that is open with O_APPEND", "one without")
            .say("who else writes to the new file loses lines: open it as at the start, to append")
            .man("open(2), O_APPEND")
            .in_function("reopen"));
    }
    Ok(())
}

/// Whether `header` is still the first line, and all others are dates.
fn kept(lines: &[String], header: &str) -> Result {
    match lines.split_first() {
        Some((first, dates)) if first == header => all_dates(dates).in_function("reopen"),
        first => {
            let expected = text!("{header} as the first line", header = Text::quoted(header));
            let first = first.map_or("", |(first, _)| first);
            Err(Failure::new(expected, Text::quoted(first))
                .say(EMPTIED)
                .man("open(2), O_TRUNC")
                .in_function("reopen"))
        }
    }
}

#[test]
fn delays_and_loses_no_line_in_many_rotations() -> Result {
    needs_first_line()?;
    until_clear(|| {
        let mut rotating = match Rotating::new()? {
            Ok(rotating) => rotating,
            Err(attempt) => return Ok(attempt),
        };
        let begin = Instant::now();
        for round in 1..=8 {
            // Each time at another place between two deadlines.
            let next = rotating.timetable.after(Instant::now());
            let tenths = some(2..10) as u32;
            rotating.look_until(next + rotating.interval * tenths / 10)?;
            let old = rotating.file.rename_to(format!("dates.log.{round}"))?;
            rotating.watch.add(&old);
            if let Err(failure) = rotated(&mut rotating.daemon, &rotating.file, &old) {
                return Ok(Attempt::Broken(failure));
            }
            if begin.elapsed() > stretched(PATIENCE) {
                // Eight of them take a fifth of a second: this is enough to see.
                break;
            }
        }
        rotating.on_time_since(begin)
    })
}

#[test]
fn takes_no_sighup_for_a_tick() -> Result {
    needs_first_line()?;
    until_clear(|| {
        let mut rotating = match Rotating::new()? {
            Ok(rotating) => rotating,
            Err(attempt) => return Ok(attempt),
        };
        let begin = Instant::now();
        // More often than the lines come: whoever begins to wait anew each time never writes one.
        for intervals in [4, 8] {
            while begin.elapsed() < rotating.interval * intervals {
                rotating.daemon.signal(Signal::SIGHUP)?;
                rotating.look_until(Instant::now() + rotating.interval / 3)?;
            }
            if intervals == 4 {
                // And now there is nothing that could be opened: a link to itself.
                let old = rotating.file.rename_to("dates.log.1")?;
                rotating.watch.add(&old);
                symlink("dates.log", rotating.file.path())?;
            }
        }
        fs::remove_file(rotating.file.path())?;
        rotating.on_time_since(begin)
    })
}

#[test]
fn works_as_before_without_a_sighup() -> Result {
    first_line("run")?;
    let directory = Directory::new()?;
    let file = directory.file("dates.log");
    let mut daemon = daemon(&file, FAST_MS)?;
    wait_for_dates(&mut daemon, &file, 2).in_function("run")?;
    daemon.expect_signal(Signal::SIGTERM)?;
    end_well(daemon)
}

/// The daemon after its first line, when it can be sent SIGHUP.
fn running(file: &LogFile, interval_ms: u64) -> Result<Running> {
    let mut daemon = daemon(file, interval_ms)?;
    wait_for_dates(&mut daemon, file, 1).in_function("reopen")?;
    daemon.expect_signal(Signal::SIGHUP)?;
    Ok(daemon)
}

/// Sends SIGHUP after a rename, and waits for the new file, and for the daemon to let go of the
/// `old` one.
fn rotated(daemon: &mut Running, file: &LogFile, old: &LogFile) -> Result {
    let before = daemon.said().len();
    daemon.signal(Signal::SIGHUP)?;
    let mut made = daemon.wait_until("a new dates.log", |_| Ok(file.exists().then_some(())));
    if daemon.said().get(before..).is_some_and(|new| new.contains("No such file")) {
        made = made
            .say("nobody has put a new file there: make it, as at the start, with create(true)");
    }
    made.explain(say_why).man(RENAME).in_function("reopen")?;
    let closed = daemon.wait_until("the old file to be closed", |daemon| {
        let open = kernel::descriptors(daemon).iter().any(|open| open.is(old.path()));
        Ok((!open).then_some(()))
    });
    closed
        .say(
            "the old file is still open: each rotation takes one more descriptor, and a deleted \
            file keeps its space; let go of it when the new one is open",
        )
        .man("close(2)")
        .in_function("reopen")
}

/// Ends the daemon as systemd does.
fn end_well(mut daemon: Running) -> Result {
    daemon.signal(Signal::SIGTERM)?;
    let ended = daemon.end(PATIENCE).say("it has to stop as well as before").in_function("run")?;
    match ended.status.code() {
        Some(0) => Ok(()),
        _ => Err(Failure::new(
            "exit status: 0 after SIGTERM, as before",
            Text::verbatim(ended.status),
        )
        .say("it has to stop as well as before")
        .in_function("run")),
    }
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
