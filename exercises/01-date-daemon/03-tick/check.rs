//! 1.3: tick without drift; clock_nanosleep(2). The machine's own delays are too small and too different to judge by, so
//! the check makes one: it stops the daemon for 4.5 intervals, and looks where its lines come afterwards.

use std::thread;
use std::time::{Duration, Instant};

use check::{Explain, Failure, Folder, LogFile, Result, Running, Signal, Text, text};

use super::shared::{daemon, wait_for_dates};

const INTERVAL: Duration = Duration::from_millis(30);
const CLOCK: &str = "clock_nanosleep(2), NOTES";

const MOVED: &str = "the stall has moved all your deadlines: the next one is counted from now, not from the one before";
const BURST: &str = "the lines that were missed are made up for, all with the same second on them; leave out the deadlines that have passed";
const FAST: &str = "lines come faster than once an interval; sleep until the deadline";
const SLOW: &str =
    "lines come more slowly than once an interval; no deadline may be left out without need";
const BUSY: &str =
    "waiting is not work: sleep until the deadline, don't look at the clock until it comes";

#[test]
fn comes_back_to_its_timetable_after_a_stall() -> Result {
    let seen = stall()?;
    // The late line is no line of the timetable. Each later one votes: is it nearer to where the deadlines were before,
    // or to where they are when they are counted from the end of the stall?
    let after = seen.after.iter().skip_while(|&&at| at < seen.resumed + INTERVAL / 4);
    let astray = |&&at: &&Instant| distance(at, seen.start) > distance(at, seen.resumed);
    let (count, strays) = (after.clone().count(), after.filter(astray).count());
    if count >= 3 && strays * 2 < count {
        return Ok(());
    }
    let say = match count {
        0..3 => "the lines that were due after the stall did not come",
        _ => MOVED,
    };
    Err(Failure::new(
        "after the stall, lines at whole intervals from the first one, as before",
        text!("{strays} of {count} lines counted from the end of the stall", strays, count),
    )
    .say(say)
    .man(CLOCK)
    .in_function("next_deadline"))
}

#[test]
fn makes_no_burst_after_a_stall() -> Result {
    let seen = stall()?;
    let burst = seen.after.iter().filter(|&&at| at < seen.resumed + INTERVAL * 2 / 5).count();
    match burst {
        0..3 => Ok(()),
        _ => Err(Failure::new(
            "one late line after the stall",
            text!("{burst} lines at once", burst),
        )
        .say(BURST)
        .man(CLOCK)
        .in_function("next_deadline")),
    }
}

#[test]
fn burns_no_time_while_it_waits() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let (begin, interval) = (Instant::now(), Duration::from_millis(15));
    let mut daemon = daemon(&file, 15)?;
    wait_for_dates(&mut daemon, &file, 17).in_function("next_deadline")?;
    not_too_fast(&file, begin, interval)?;
    match daemon.naps()? {
        // One before each line but the first; a busy machine may make a line so late that the next one is due.
        8.. => Ok(()),
        naps => Err(Failure::new("a sleep before each of 16 lines", text!("{naps} sleeps", naps))
            .say(BUSY)
            .man(CLOCK)
            .in_function("next_deadline")),
    }
}

/// When lines came: the first, and those after a stall that ended half-way between two deadlines.
struct Seen {
    start: Instant,
    resumed: Instant,
    after: Vec<Instant>,
}

/// A machine that does much else may keep the daemon from its pace before anything was tried: then once more. What is
/// seen after the stall is judged as it is.
fn stall() -> Result<Seen> {
    one_stall().or_else(|_| one_stall()).or_else(|_| one_stall())
}

fn one_stall() -> Result<Seen> {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let begin = Instant::now();
    let mut daemon = daemon(&file, INTERVAL.as_millis() as u64)?;
    let before = keeps_the_pace(&mut daemon, &file, begin)?;
    // A line can be seen late, never early: the earliest, set back to the first, is nearest to the truth.
    let start = (0..).zip(&before).filter_map(|(count, at)| at.checked_sub(INTERVAL * count)).min();
    let start = start.ok_or_else(|| {
        Failure::new("a clock that has run for a while", "one that has just begun")
    })?;

    daemon.freeze()?;
    let lines = file.lines()?.len();
    thread::sleep(
        (before[3] + INTERVAL * 4 + INTERVAL / 2).saturating_duration_since(Instant::now()),
    );
    while !(INTERVAL * 2 / 5..INTERVAL * 3 / 5).contains(&since_deadline(Instant::now(), start)) {
        thread::sleep(INTERVAL / 20);
    }
    daemon.signal(Signal::SIGCONT)?;
    let resumed = Instant::now();

    let mut after = Vec::new();
    daemon
        .wait_until("what comes after a stall", |_| {
            let now = Instant::now();
            after.resize(file.lines()?.len().saturating_sub(lines), now);
            Ok((now > resumed + INTERVAL * 9 / 2).then_some(()))
        })
        .in_function("next_deadline")?;
    Ok(Seen { start, resumed, after })
}

/// When the first four lines came, if they came an interval apart.
fn keeps_the_pace(daemon: &mut Running, file: &LogFile, begin: Instant) -> Result<[Instant; 4]> {
    let mut at = [begin; 4];
    for (count, at) in (1..).zip(&mut at) {
        wait_for_dates(daemon, file, count).in_function("next_deadline")?;
        *at = Instant::now();
    }
    let took = at[3] - at[0];
    not_too_fast(file, begin, INTERVAL)?;
    if took <= INTERVAL * 19 / 4 {
        return Ok(at);
    }
    Err(Failure::new(
        text!("a line every {interval}", interval = Text::quoted(INTERVAL)),
        text!("3 more lines in {took}", took = Text::quoted(took)),
    )
    .say(SLOW)
    .man(CLOCK)
    .in_function("next_deadline"))
}

/// However busy the machine is, there are never more lines than deadlines.
fn not_too_fast(file: &LogFile, begin: Instant, interval: Duration) -> Result {
    let lines = file.lines()?.len();
    let deadlines = 2 + (begin.elapsed().as_millis() / interval.as_millis()) as usize;
    if lines <= deadlines {
        return Ok(());
    }
    Err(Failure::new(
        text!("a line every {interval}", interval = Text::quoted(interval)),
        text!("{lines} lines, where {deadlines} are due", lines, deadlines),
    )
    .say(FAST)
    .man(CLOCK)
    .in_function("next_deadline"))
}

/// How long before `at` the last deadline was, if there is one at `start`.
fn since_deadline(at: Instant, start: Instant) -> Duration {
    let nanos = at.saturating_duration_since(start).as_nanos() % INTERVAL.as_nanos();
    Duration::from_nanos(nanos as u64)
}

/// How far `at` is from the nearest deadline, if there is one at `start`.
fn distance(at: Instant, start: Instant) -> Duration {
    let since = since_deadline(at, start);
    since.min(INTERVAL - since)
}
