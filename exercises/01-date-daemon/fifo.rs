//! A FIFO in the place of the daemon's file, with room for all but one byte of a line: a whole line
//! waits until there is more room, as pipe(7) promises; a piece of one doesn't.

use std::thread;
use std::time::{Duration, Instant};

use check::{
    Clock, Directory, Explain, Failure, LogFile, Pipe, Result, Running, Signal, Text, stretched,
    text,
};

use super::{LINE, by, kernel, program_on};

/// How often a busy machine may keep the daemon from its file.
const TRIES: usize = 3;
/// How often a line has to wait.
const ROUNDS: usize = 7;
/// How many lines the daemon writes freely between two that have to wait.
const ROUND: usize = 10;
/// How long we wait for a daemon that is always awake, as one whose second thread counts the time.
const AWAKE: Duration = Duration::from_secs(1);
/// How often we look at it in that time at least: a machine that stands still for a second has
/// shown nothing.
const LOOKS: usize = 150;
/// How long it takes at most until a daemon that sleeps has opened its file.
const NOT_YET: Duration = Duration::from_millis(300);

/// What a colleague says of a file that is open without O_APPEND, and of a line in pieces.
pub(crate) const TWO_STEPS: &str = "to go to the end and to write there are two steps, and \
                                    somebody can write between them; with append(true) the kernel \
                                    does both in one";
pub(crate) const IN_PIECES: &str = "a line in pieces can be torn: writeln! on a bare File writes \
                                    text and newline apart; build the line with format! first";

/// Fails if the daemon writes a line in pieces, or without O_APPEND. Says whether that could be
/// tried: not every answer can write to a FIFO.
pub(crate) fn in_one_piece() -> Result<bool> {
    for _ in 0..TRIES {
        if let Some(tried) = try_it()? {
            return Ok(tried);
        }
    }
    Ok(false)
}

/// Nothing if the daemon did not come so far, on a machine that is busy.
fn try_it() -> Result<Option<bool>> {
    let directory = Directory::new()?;
    let (file, clock) = (directory.file("dates.fifo"), Clock::new()?);
    let mut pipe = Pipe::new(&file)?;
    pipe.fill(LINE - 1)?;
    clock.hurry(20)?;
    let mut daemon = by(&clock, program_on(&file, 1)?).start()?;
    let begin = Instant::now();
    let mut rounds = 0;
    while rounds < ROUNDS {
        let (round, mut looks) = (Instant::now(), 0);
        while pipe.is_empty()? && !(waits(&daemon) && waits(&daemon)) {
            looks += 1;
            if daemon.has_ended() || looks > LOOKS && round.elapsed() > AWAKE {
                return Ok(daemon.has_ended().then_some(false));
            }
            thread::sleep(Duration::from_micros(200));
        }
        if pipe.is_empty()? && !has_open(&daemon, &file) {
            // It sleeps already, and has not opened the file itself, or not yet, or reads it first,
            // which has no end in a FIFO.
            if begin.elapsed() > stretched(NOT_YET) {
                return Ok(None);
            }
            continue;
        }
        whole(&pipe.drain()?)?;
        let opened = kernel::descriptors(&daemon);
        if opened.iter().any(|open| open.is(file.path()) && open.writes_without_append()) {
            return Err(Failure::new("a file that is open with O_APPEND", "one without")
                .say(TWO_STEPS)
                .man("open(2), O_APPEND")
                .in_function("run"));
        }
        if opened.iter().any(|open| open.is(file.path()) && open.reads_only()) {
            // It reads what is there first, and a FIFO that it has open itself has no end.
            return Ok(Some(false));
        }
        // The line that had no room comes now, and others after it.
        let came = daemon
            .wait_until("lines in a FIFO", |_| Ok((pipe.len()? >= ROUND * LINE).then_some(())));
        let frozen = came.and_then(|()| daemon.freeze());
        if daemon.has_ended() {
            return Ok(Some(false));
        }
        frozen?;
        whole(&pipe.drain()?)?;
        pipe.fill(LINE - 1)?;
        daemon.signal(Signal::SIGCONT)?;
        rounds += 1;
    }
    Ok(Some(true))
}

/// Whether the daemon sleeps, and not only until its next line.
fn waits(daemon: &Running) -> bool {
    let before = kernel::time_on_processors(daemon);
    thread::sleep(Duration::from_micros(800));
    kernel::sleeps(daemon) && kernel::time_on_processors(daemon) == before
}

fn has_open(daemon: &Running, file: &LogFile) -> bool {
    kernel::descriptors(daemon).iter().any(|open| open.is(file.path()) && open.writes())
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
