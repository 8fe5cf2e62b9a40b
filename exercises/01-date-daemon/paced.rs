//! A daemon that keeps its pace, and is stopped now and then.

use std::thread;
use std::time::{Duration, Instant};

use check::{
    Directory, Explain, Failure, LogFile, PATIENCE, Program, Result, Running, Signal, Text, text,
};

use super::timetable::{Attempt, Sight, Timetable, Watch};
use super::{program_on, wait_for_dates};

pub(crate) const CLOCK: &str = "clock_nanosleep(2), NOTES";
pub(crate) const SLOW: &str =
    "lines come more slowly than once an interval; no deadline may be left out without need";
pub(crate) const ADDS_UP: &str = "what each line is late adds up: the next deadline is counted \
                                  from now, not from the one before, or it is not exactly an \
                                  interval away";
const FAST: &str = "lines come faster than once an interval; sleep until the deadline";

/// A daemon at work, and the timetable that its first lines follow.
pub(crate) struct Paced {
    pub(crate) daemon: Running,
    pub(crate) watch: Watch,
    pub(crate) timetable: Timetable,
}

/// Starts a daemon, and sees whether its first lines come an interval apart; nothing if the machine
/// is too busy to tell.
pub(crate) fn pace(
    program: Program,
    file: &LogFile,
    interval: Duration,
    count: usize,
) -> Result<Option<Paced>> {
    let mut watch = Watch::new(file);
    let begin = Instant::now();
    let mut daemon = program.start()?;
    watch.until(&mut daemon, begin + PATIENCE, |lines| Timetable::can_be_told(lines, count))?;
    if watch.lines().len() < count {
        wait_for_dates(&mut daemon, file, count).say(SLOW).in_function("next_deadline")?;
    }
    wait_for_dates(&mut daemon, file, 1).in_function("run")?;
    not_too_fast(watch.lines().len(), begin, interval)?;
    let Some(timetable) = Timetable::of(watch.lines(), interval) else {
        return Ok(None);
    };
    if watch.lines().iter().all(|line| timetable.expects(*line) != Sight::Missed) {
        return Ok(Some(Paced { daemon, watch, timetable }));
    }
    let (least, most) = match watch.lines() {
        [first, .., last] => last.since(*first),
        _ => (Duration::ZERO, Duration::ZERO),
    };
    let slow = least > interval * (watch.lines().len() as u32 - 1) * 9 / 5;
    let took = Text::quoted(most);
    Err(Failure::new(
        text!("a line every {interval}", interval = Text::quoted(interval)),
        text!("{count} lines in {took}", count = watch.lines().len(), took),
    )
    .say(if slow { SLOW } else { ADDS_UP })
    .man(CLOCK)
    .in_function("next_deadline"))
}

/// However busy the machine is, there are never more lines than deadlines.
fn not_too_fast(lines: usize, begin: Instant, interval: Duration) -> Result {
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

/// A daemon that keeps its pace, and is stopped now and then.
pub(crate) struct Stalled {
    daemon: Running,
    pub(crate) watch: Watch,
    pub(crate) timetable: Timetable,
    pub(crate) interval: Duration,
    file: LogFile,
    _directory: Directory,
}

impl Stalled {
    /// A daemon that keeps its pace; or what the attempt has come to, if there is none.
    pub(crate) fn new(interval: Duration) -> Result<std::result::Result<Self, Attempt>> {
        let directory = Directory::new()?;
        let file = directory.file("dates.log");
        let program = program_on(&file, interval.as_millis() as u64)?;
        Ok(match pace(program, &file, interval, 4) {
            Ok(Some(Paced { daemon, watch, timetable })) => {
                Ok(Stalled { daemon, watch, timetable, interval, file, _directory: directory })
            }
            Ok(None) => Err(Attempt::Unclear),
            Err(failure) => Err(Attempt::NoPace(failure)),
        })
    }

    pub(crate) fn look_until(&mut self, moment: Instant) -> Result {
        self.watch.until(&mut self.daemon, moment, |_| false)?;
        if !self.daemon.has_ended() {
            Ok(())
        } else {
            wait_for_dates(&mut self.daemon, &self.file, self.watch.lines().len() + 1)
                .in_function("run")
        }
    }

    /// Stops the daemon half-way to a deadline, until `missed` deadlines have passed and some
    /// `tenths` of an interval. Nothing if the machine kept us from it.
    pub(crate) fn stall(&mut self, missed: u32, tenths: u64) -> Result<Option<Instant>> {
        let (interval, tenth) = (self.interval, self.interval / 10);
        let deadline = self.timetable.after(Instant::now() + interval / 5);
        self.look_until(deadline - interval / 2)?;
        self.daemon.freeze()?;
        let frozen = Instant::now();
        self.watch.until(&mut self.daemon, deadline - tenth, |_| false)?;
        let end = deadline + interval * (missed - 1) + tenth * tenths as u32;
        thread::sleep(end.saturating_duration_since(Instant::now()));
        self.watch.until(&mut self.daemon, end, |_| true)?;
        self.daemon.signal(Signal::SIGCONT)?;
        let resumed = Instant::now();
        let since = interval - (self.timetable.after(resumed) - resumed);
        let as_meant = frozen < deadline && (tenth * 3 / 2..tenth * 9).contains(&since);
        Ok(as_meant.then_some(resumed))
    }
}
