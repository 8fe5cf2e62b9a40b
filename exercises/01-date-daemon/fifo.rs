//! A FIFO in the place of the daemon's file, with room for all but one byte of a line: a whole line
//! waits until there is more room, as pipe(7) promises; a piece of one doesn't.

use std::thread;
use std::time::{Duration, Instant};

use check::{Explain, Failure, Folder, LogFile, Pipe, Result, Running, Signal, Text, text};

use super::{LINE, daemon, kernel};

/// What a colleague says of a file that is open without O_APPEND, and of a line in pieces.
pub(crate) const TWO_STEPS: &str = "to go to the end and to write there are two steps, and somebody can \
    write between them; with append(true) the kernel does both in one";
pub(crate) const IN_PIECES: &str = "a line in pieces can be torn: writeln! on a bare File writes text and \
    newline apart; build the line with format! first";

/// Fails if the daemon writes a line in pieces, or without O_APPEND. Says whether that could be
/// tried: not every answer can write to a FIFO.
pub(crate) fn in_one_piece() -> Result<bool> {
    let folder = Folder::new()?;
    let file = folder.file("dates.fifo");
    let mut pipe = Pipe::new(&file)?;
    pipe.fill(LINE - 1)?;
    let mut daemon = daemon(&file, 1)?;
    for _ in 0..14 {
        let deadline = Instant::now() + Duration::from_millis(150);
        while pipe.is_empty()? && !waits(&daemon, &file) {
            if daemon.has_ended() || Instant::now() > deadline {
                return Ok(false);
            }
            thread::sleep(Duration::from_micros(300));
        }
        whole(&pipe.drain()?)?;
        let opened = kernel::descriptors(&daemon);
        if opened.iter().any(|open| open.is(file.path()) && open.writes_without_append()) {
            return Err(Failure::new("a file that is open with O_APPEND", "one without")
                .say(TWO_STEPS)
                .man("open(2), O_APPEND")
                .in_function("run"));
        }
        // The line that had no room comes now.
        let came = daemon.wait_until("a line in a FIFO", |_| Ok((!pipe.is_empty()?).then_some(())));
        let frozen = came.and_then(|()| daemon.freeze());
        if daemon.has_ended() {
            return Ok(false);
        }
        frozen?;
        whole(&pipe.drain()?)?;
        pipe.fill(LINE - 1)?;
        daemon.signal(Signal::SIGCONT)?;
    }
    Ok(true)
}

/// Whether the daemon sleeps, and not only until its next line.
fn waits(daemon: &Running, file: &LogFile) -> bool {
    if !kernel::descriptors(daemon).iter().any(|open| open.is(file.path())) {
        return false;
    }
    let before = kernel::time_on_processors(daemon);
    thread::sleep(Duration::from_micros(1600));
    kernel::sleeps(daemon) && kernel::time_on_processors(daemon) == before
}

/// Fails if `text` ends in the middle of a line.
fn whole(text: &str) -> Result {
    if text.is_empty() || text.ends_with('\n') {
        return Ok(());
    }
    let piece = text.lines().next_back().unwrap_or_default();
    Err(Failure::new("a whole line at once", text!("{piece} first", piece = Text::quoted(piece)))
        .say(IN_PIECES)
        .man("write(2)")
        .in_function("run"))
}
