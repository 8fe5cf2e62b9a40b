//! 1.3: tick without drift; clock_nanosleep(2). The machine's own delays are too small and too
//! different to judge by, so the check makes some: it stops the daemon, now until a little after a
//! deadline, now until shortly before one, and looks where its lines come afterwards.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use check::{
    Clock, Directory, Explain, Failure, LogFile, Result, Running, Signal, Text, stretched, text,
};

use super::shared::paced::{ADDS_UP, CLOCK, Paced, SLOW, Stalled, pace};
use super::shared::timetable::{
    self, Attempt, Comparison, Timetable, Watch, kept_if, some_ms, until_clear,
};
use super::shared::{
    LONG_MS, by, first_line, goes_on, kernel, needs_first_line, program_on, some, wait_for_dates,
};

const HOUR: Duration = Duration::from_secs(3600);

const MOVED: &str = "the stall has moved all your deadlines: the next one is counted from now, \
    not from the one before";
const BURST: &str = "the lines that were missed are made up for, all with the same second on \
    them; leave out the deadlines that have passed";
const BUSY: &str =
    "waiting is not work: sleep until the deadline, don't look at the clock until it comes";

#[test]
fn comes_back_to_its_timetable_after_a_stall() -> Result {
    needs_first_line()?;
    until_clear(|| {
        let mut stalled = match Stalled::new(some_ms(15..21))? {
            Ok(stalled) => stalled,
            Err(attempt) => return Ok(attempt),
        };
        // How many deadlines pass meanwhile, and how far behind one the stall ends, in tenths of an
        // interval.
        let stalls = [(some(3..9) as u32, some(2..5)), (2, some(6..9)), (1, some(3..8))];
        let first = some(0..3) as usize;
        for (missed, tenths) in [stalls[first], stalls[(first + 1) % 3], stalls[(first + 2) % 3]] {
            let Some(resumed) = stalled.stall(missed, tenths)? else {
                return Ok(Attempt::Unclear);
            };
            let next = stalled.timetable.after(resumed);
            let (begin, end) = (next - stalled.interval / 10, next + stalled.interval * 5 / 2);
            stalled.look_until(end)?;
            let seen = stalled.timetable.compare(stalled.watch.lines(), begin, end);
            match back(&seen)? {
                Attempt::Kept => {}
                other => return Ok(other),
            }
        }
        Ok(Attempt::Kept)
    })
}

/// Whether three deadlines after a stall had their lines, as far as that is clear.
fn back(seen: &Comparison) -> Result<Attempt> {
    if seen.left_out == 0 {
        return Ok(kept_if(seen.unclear == 0));
    }
    let say = match (seen.astray, seen.unclear) {
        (0, 0) => {
            "the lines that were due after the stall did not come: leave out what has passed, \
                and nothing else"
        }
        // Left out, or moved to a moment that can't be told: another stall will show.
        (0, _) => return Ok(Attempt::Unclear),
        _ => MOVED,
    };
    Err(Failure::new(
        "after the stall, lines at whole intervals from the first one, as before",
        text!(
            "{missed} of 3 deadlines without a line, and {astray} lines at other times",
            missed = seen.left_out,
            astray = seen.astray,
        ),
    )
    .say(say)
    .man(CLOCK)
    .in_function("next_deadline"))
}

#[test]
fn keeps_its_timetable_when_the_clock_is_set() -> Result {
    needs_first_line()?;
    until_clear(|| {
        let directory = Directory::new()?;
        let (file, clock, interval) = (directory.file("dates.log"), Clock::new()?, some_ms(12..17));
        let program = by(&clock, program_on(&file, interval.as_millis() as u64)?);
        let Paced { mut daemon, mut watch, timetable } = match pace(program, &file, interval, 3) {
            Ok(Some(paced)) => paced,
            Ok(None) => return Ok(Attempt::Unclear),
            Err(failure) => return Ok(Attempt::NoPace(failure)),
        };
        for to in [SystemTime::now() + HOUR + interval / 2, SystemTime::now() - HOUR + interval / 3]
        {
            let begin = Instant::now() + interval / 2;
            clock.set(to)?;
            let end = timetable.after(begin) + interval * 5 / 2;
            watch.until(&mut daemon, end, |_| false)?;
            let seen =
                timetable.compare(watch.lines(), timetable.after(begin) - interval / 10, end);
            if seen.left_out > 0 {
                return Err(Failure::new(
                    "lines at the same times as before, when somebody sets the clock",
                    text!("{missed} of 3 deadlines without a line", missed = seen.left_out),
                )
                .say(
                    "the clock on the wall is set, by an hour or by a second: take deadlines \
                    from Instant, which nobody sets, and ask SystemTime for the label only",
                )
                .man("clock_gettime(2), CLOCK_MONOTONIC")
                .in_function("next_deadline"));
            }
            if seen.unclear > 0 {
                return Ok(Attempt::Unclear);
            }
        }
        // And so it goes on, for hours that pass in a moment.
        clock.hurry(100)?;
        goes_on(&mut daemon, &file, 300, Duration::from_millis(100)).map(|()| Attempt::Kept)
    })
}

#[test]
fn comes_at_whole_intervals_from_the_first_line() -> Result {
    needs_first_line()?;
    until_clear(|| {
        let directory = Directory::new()?;
        let (file, clock, interval) = (directory.file("dates.log"), Clock::new()?, some_ms(9..12));
        let program = by(&clock, program_on(&file, interval.as_millis() as u64)?);
        let paced = pace(program, &file, interval, 3)?;
        let Some(Paced { mut daemon, mut watch, timetable }) = paced else {
            return Ok(Attempt::Unclear);
        };
        let end = timetable.after(Instant::now()) + interval * 65 / 2;
        watch.until(&mut daemon, end, |_| false)?;
        goes_on_after(&mut daemon, &file, &watch)?;
        // The last ones show what has been added up since the first ones.
        let begin = end - interval * 27 / 2;
        let before: Vec<_> =
            watch.lines().iter().copied().filter(|line| line.was_there_by(begin)).collect();
        let Some(timetable) = Timetable::of(&before[..before.len().min(12)], interval) else {
            return Ok(Attempt::Unclear);
        };
        let seen = timetable.compare(watch.lines(), begin, end);
        if seen.left_out > 2 || seen.astray > 2 {
            return Err(not_whole(interval, &seen, 13));
        }
        if seen.on_time < 5 {
            return Ok(Attempt::Unclear);
        }
        // Hours pass at one stroke: whoever is a thousandth wrong with each interval is far off
        // then, and so is one who begins anew, for the stroke ends between two deadlines.
        let mut skipped = Duration::ZERO;
        for intervals in AT_ONE_STROKE {
            daemon.freeze()?;
            skipped += interval * (intervals + some(0..intervals as u64 / 20) as u32);
            skipped += interval * some(35..65) as u32 / 100;
            clock.skip(skipped)?;
            let lines = file.lines()?.len();
            daemon.signal(Signal::SIGCONT)?;
            let resumed = Instant::now();
            let timetable = timetable.set_back(skipped);
            let begin = timetable.after(Instant::now() + interval) + interval / 2;
            let end = begin + interval * 3;
            watch.until(&mut daemon, end, |_| false)?;
            goes_on_after(&mut daemon, &file, &watch)?;
            let lines = file.lines()?.len() - lines;
            // One late line, one that was on its way, and one for each interval since.
            let due = resumed.elapsed().as_nanos() / interval.as_nanos() + 3;
            if lines as u128 > 2 * due {
                return Ok(Attempt::Broken(burst(lines)));
            }
            let seen = timetable.compare(watch.lines(), begin, end);
            match (seen.left_out, seen.on_time) {
                (0, 1..) => {}
                (0 | 1, _) => return Ok(Attempt::Unclear),
                _ => {
                    // None at all: does it write any more?
                    wait_for_dates(&mut daemon, &file, watch.lines().len() + 1)
                        .in_function("run")?;
                    return Err(not_whole(interval, &seen, 3));
                }
            }
        }
        Ok(Attempt::Kept)
    })
}

/// Fails if the daemon has ended.
fn goes_on_after(daemon: &mut Running, file: &LogFile, watch: &Watch) -> Result {
    if daemon.has_ended() {
        wait_for_dates(daemon, file, watch.lines().len() + 1).in_function("run")
    } else {
        Ok(())
    }
}

/// Numbers of intervals: whatever is wrong with an interval, from a hundredth to a ten-thousandth of
/// it, is no whole number of intervals after one of them. Two are long, for a machine that lets the
/// daemon wake up late may have one that begins anew hit the timetable by chance, but not twice.
const AT_ONE_STROKE: [u32; 4] = [440, 130, 4400, 7400];

fn not_whole(interval: Duration, seen: &Comparison, deadlines: usize) -> Failure {
    let got = text!(
        "{missed} of {deadlines} deadlines without a line, and {astray} lines at other times",
        missed = seen.left_out,
        deadlines,
        astray = seen.astray,
    );
    let say = match seen.astray {
        0 => SLOW,
        _ => ADDS_UP,
    };
    let expected = text!("a line every {interval}", interval = Text::quoted(interval));
    Failure::new(expected, got).say(say).man(CLOCK).in_function("next_deadline")
}

#[test]
fn makes_no_burst_after_a_stall() -> Result {
    needs_first_line()?;
    until_clear(|| {
        let mut stalled = match Stalled::new(some_ms(11..15))? {
            Ok(stalled) => stalled,
            Err(attempt) => return Ok(attempt),
        };
        for missed in [4, 2] {
            let Some(resumed) = stalled.stall(missed, some(2..5))? else {
                return Ok(Attempt::Unclear);
            };
            let next = stalled.timetable.after(resumed);
            let before = stalled.watch.lines().len();
            let end = next - stalled.interval / 10;
            stalled.look_until(end)?;
            // A busy machine may let us look only when the next line is there as well.
            let late = &stalled.watch.lines()[before..];
            let late_lines = late.iter().filter(|line| line.was_there_by(end)).count();
            if late_lines > 1 {
                return Err(burst(late_lines));
            }
            // The next stall begins with a daemon that sleeps.
            stalled.look_until(next + stalled.interval / 3)?;
        }
        Ok(Attempt::Kept)
    })
}

fn burst(lines: usize) -> Failure {
    let got = text!("{burst} lines at once", burst = lines);
    Failure::new("one late line after the stall, at most", got)
        .say(BURST)
        .man(CLOCK)
        .in_function("next_deadline")
}

#[test]
fn burns_no_time_while_it_waits() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let (file, often) = (directory.file("dates.log"), directory.file("often.log"));
    // For this one, minutes pass: who wakes up once a second would not be seen to, otherwise.
    let hurried = Clock::new()?;
    hurried.hurry(HURRY)?;
    let mut sleeper = by(&hurried, program_on(&file, LONG_MS)?).start()?;
    let interval = some_ms(11..14);
    let clock = Clock::new()?;
    let mut writer = by(&clock, program_on(&often, interval.as_millis() as u64)?).start()?;
    wait_for_dates(&mut sleeper, &file, 1).in_function("run")?;
    wait_for_dates(&mut writer, &often, 2).in_function("run")?;
    // What belongs to the start is done.
    thread::sleep(Duration::from_millis(20));
    let (sleeper_before, writer_before) =
        (Work::of(&mut sleeper, &file)?, Work::of(&mut writer, &often)?);
    let (lines, asked) = (often.lines()?.len(), clock.asked()?);
    let begin = Instant::now();
    thread::sleep(Duration::from_millis(270));
    let (slept, wrote) = (Work::of(&mut sleeper, &file)?, Work::of(&mut writer, &often)?);
    let (lines, asked) = (often.lines()?.len() - lines, clock.asked()? - asked);
    let naps_of_sleeper = slept.naps.saturating_sub(sleeper_before.naps);
    let naps_of_writer = wrote.naps.saturating_sub(writer_before.naps);
    let took = begin.elapsed();
    let burnt = slept.burnt(&sleeper_before, took).max(wrote.burnt(&writer_before, took));
    let took_text = || Text::quoted(took);
    let got = if let Some(busy) = burnt {
        text!("{busy} of work in {took}", busy = Text::quoted(busy), took = took_text())
    } else if naps_of_sleeper > 2 {
        text!(
            "{naps_of_sleeper} times awake in {took}, an hour before the next line",
            naps_of_sleeper,
            took = Text::quoted(took * HURRY)
        )
    } else if naps_of_writer > 4 * lines + 8 {
        text!("{naps_of_writer} times awake for {lines} lines", naps_of_writer, lines)
    } else if asked > ASKED_MAX * (lines as u64 + 5) {
        // A loop of the last few microseconds is too short to be seen otherwise.
        text!("{asked} looks at the clock for {lines} lines", asked, lines)
    } else {
        return Ok(());
    };
    timetable::BUSY.store(true, Ordering::Relaxed);
    Err(Failure::new("one sleep before each line", got)
        .say(BUSY)
        .man(CLOCK)
        .in_function("next_deadline"))
}

/// How fast time passes for the one that has an hour to sleep.
const HURRY: u32 = 1000;

/// How often the time may be asked for with each line: some five times are usual.
const ASKED_MAX: u64 = 100;

#[test]
fn begins_at_once() -> Result {
    first_line("run")
}

/// What a daemon has done so far.
struct Work {
    naps: usize,
    busy: Duration,
    /// How long it was ready to work, and had no processor.
    waited: Duration,
}

impl Work {
    /// Of one that goes on writing to `file`.
    fn of(daemon: &mut Running, file: &LogFile) -> Result<Self> {
        let naps = daemon.naps();
        if daemon.has_ended() {
            wait_for_dates(daemon, file, file.lines()?.len() + 1).in_function("run")?;
        }
        let (busy, waited) = kernel::time_on_processors(daemon);
        Ok(Work { naps: naps?, busy, waited })
    }

    /// How long it has worked since `before`, if that is too much for the time that this `took`.
    /// Where a processor is emulated, the lines alone are some work. Who never sleeps works, or
    /// waits for a processor.
    fn burnt(&self, before: &Work, took: Duration) -> Option<Duration> {
        let busy = self.busy.saturating_sub(before.busy);
        let free = took.saturating_sub(self.waited.saturating_sub(before.waited));
        let most = stretched(free / 30).min(free / 3).max(took / 30);
        (busy > most).then_some(busy)
    }
}
