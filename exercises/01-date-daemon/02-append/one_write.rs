//! How many calls a line takes; write(2).

use std::time::Instant;

use check::{Clock, Directory, Explain, Failure, PATIENCE, Result, Signal, text};

use super::super::shared::fifo::IN_PIECES;
use super::super::shared::{LINE, by, kernel, program_on, wait_for_dates};
use super::BUFFERED;

/// Fails if a line takes more calls than one, unless it was `tried` that it comes in one piece, or
/// if several lines share a call.
pub(super) fn one_write_a_line(tried: bool) -> Result {
    let directory = Directory::new()?;
    let (file, clock) = (directory.file("dates.log"), Clock::new()?);
    clock.hurry(100)?;
    let mut daemon = by(&clock, program_on(&file, 1)?).start()?;
    let mut count = |lines: usize| -> Result<(usize, usize, usize)> {
        wait_for_dates(&mut daemon, &file, lines).in_function("run")?;
        daemon.freeze()?;
        let bytes = kernel::bytes_written(&daemon) as usize;
        let counts = (file.lines()?.len(), daemon.writes()?, bytes);
        daemon.signal(Signal::SIGCONT)?;
        Ok(counts)
    };
    let first = count(3)?;
    let mut second = first;
    // What is torn now and then is torn in a thousand lines; by steps, for a busy machine's sake.
    // Who is slow with them is told so elsewhere.
    let begin = Instant::now();
    while second.0 < first.0 + 1000 && begin.elapsed() < PATIENCE {
        second = count(second.0 + 100)?;
    }
    let (lines, writes) = (second.0.saturating_sub(first.0), second.1 - first.1);
    // What it prints is written too, and is nobody's harm.
    let prints = !daemon.printed().is_empty() || !daemon.said().is_empty();
    // One may be on its way: a child's writes are counted when somebody has waited for it.
    // Who writes the lines and nothing else has no use for more writes than lines.
    let nothing_else = second.2 - first.2 < (lines + 2) * LINE;
    let often = writes > lines + 1 && !tried && !prints;
    let say = if writes + 1 < lines {
        BUFFERED
    } else if often || nothing_else && writes > lines + 5 {
        IN_PIECES
    } else {
        return Ok(());
    };
    Err(Failure::new(
        text!("{lines} calls of write(2) for {lines} lines", lines),
        text!("{writes} calls", writes),
    )
    .say(say)
    .man("write(2)")
    .in_function("run"))
}
