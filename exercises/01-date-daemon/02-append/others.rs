//! Somebody else who writes to the file; open(2), O_APPEND.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use check::{Clock, Directory, Explain, Failure, PATIENCE, Result, Text, text};

use super::super::shared::fifo::{IN_PIECES, TWO_STEPS};
use super::super::shared::{LINE, all_dates, by, is_date, kernel, program_on, wait_for_dates};
use super::{NOT_AT_THE_END, OPEN};

/// Fails if a line of somebody else's is lost while the daemon writes.
pub(super) fn others_keep_their_lines() -> Result {
    let directory = Directory::new()?;
    let (file, clock) = (directory.file("dates"), Clock::new()?);
    clock.hurry(5)?;
    let mut daemon = by(&clock, program_on(&file, 1)?).start()?;
    wait_for_dates(&mut daemon, &file, 2).in_function("run")?;
    let other = "somebody else's\n";
    let mut log = OpenOptions::new().append(true).open(file.path())?;
    let deadline = Instant::now() + PATIENCE;
    let (mut others, mut lines, mut most) = (0, 0, 0);
    // As fast as it can, while the daemon writes forty lines more; and for one that is slow, on.
    while lines < 40 && Instant::now() < deadline && !daemon.has_ended() {
        let burst = if others < 100_000 { 200 } else { 1 };
        for _ in 0..burst {
            log.write_all(other.as_bytes())?;
        }
        others += burst;
        let size = fs::metadata(file.path())?.len();
        let dates = size.saturating_sub(others * other.len() as u64) / LINE as u64;
        if dates > most {
            (most, lines) = (dates, lines + 1);
        } else if burst == 1 {
            thread::sleep(Duration::from_micros(20));
        }
    }
    daemon.freeze()?;
    let opened = kernel::descriptors(&daemon);
    let opened: Vec<_> = opened.iter().filter(|open| open.is(file.path())).collect();
    let steps = opened.iter().any(|open| open.writes_without_append());
    let (got, what) = (file.lines()?, other.trim_end());
    let whole = got.iter().filter(|line| *line == what).count() as u64;
    if lines < 10 && whole == others && !daemon.has_ended() {
        return Err(Failure::new(
            "ten lines, while somebody else writes too",
            Text::verbatim(lines),
        )
        .say("your lines come one interval apart, whatever somebody else does to the file")
        .in_function("run"));
    }
    if whole == others && !steps {
        let dates: Vec<String> = got.into_iter().filter(|line| line != what).collect();
        return all_dates(&dates).in_function("run");
    }
    let seen = match others - whole {
        0 => text!("a file that is open for writing without O_APPEND"),
        lost => text!("{lost} of {others} lines written over", lost, others),
    };
    // Dates that are all at the beginning were not added at the end.
    let last = got.iter().rposition(|line| is_date(line)).unwrap_or_default();
    let say = match (steps, opened.len()) {
        _ if file.size() < others * other.len() as u64 => "lines that were there are gone",
        _ if last < got.len() / 2 => NOT_AT_THE_END,
        (false, 1..) => IN_PIECES,
        _ => TWO_STEPS,
    };
    Err(Failure::new("the lines of somebody else who writes to the file, all of them", seen)
        .say(say)
        .man(OPEN)
        .in_function("run"))
}
