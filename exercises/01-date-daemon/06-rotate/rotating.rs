//! A daemon whose file is rotated while it keeps its pace.

use std::time::{Duration, Instant};

use check::{Directory, Explain, Failure, LogFile, Result, Running, Signal, text};

use super::super::shared::paced::{Paced, pace};
use super::super::shared::timetable::{Attempt, Timetable, Watch, kept_if, some_ms};
use super::super::shared::{program_on, wait_for_dates};
use super::{NO_TICK, ROTATE, say_why};

const DELAYED: &str = "lines are missing, or come at other times: nothing may be waited for \
    while the file changes, and SIGHUP moves no deadline";

/// A daemon that keeps its pace, whatever happens to its file.
pub(super) struct Rotating {
    pub(super) daemon: Running,
    pub(super) watch: Watch,
    pub(super) timetable: Timetable,
    pub(super) interval: Duration,
    pub(super) file: LogFile,
    _directory: Directory,
}

impl Rotating {
    /// A daemon that keeps its pace; or what the attempt has come to, if there is none.
    pub(super) fn new() -> Result<std::result::Result<Self, Attempt>> {
        let directory = Directory::new()?;
        let (file, interval) = (directory.file("dates.log"), some_ms(13..19));
        let program = program_on(&file, interval.as_millis() as u64)?;
        let Paced { mut daemon, watch, timetable } = match pace(program, &file, interval, 3) {
            Ok(Some(paced)) => paced,
            Ok(None) => return Ok(Err(Attempt::Unclear)),
            // That is what 1.3 was about.
            Err(failure) => return Ok(Err(Attempt::NoPace(failure))),
        };
        daemon.expect_signal(Signal::SIGHUP)?;
        Ok(Ok(Rotating { daemon, watch, timetable, interval, file, _directory: directory }))
    }

    pub(super) fn look_until(&mut self, moment: Instant) -> Result {
        self.watch.until(&mut self.daemon, moment, |_| false)
    }

    /// Whether all lines since `begin` came when they were due, as far as that is clear.
    pub(super) fn on_time_since(mut self, begin: Instant) -> Result<Attempt> {
        let end = self.timetable.after(Instant::now()) + self.interval * 3 / 2;
        self.look_until(end)?;
        if self.daemon.has_ended() {
            let ended = wait_for_dates(&mut self.daemon, &self.file, usize::MAX);
            let ended = ended.explain(say_why).in_function("reopen");
            return Ok(ended.map_or_else(Attempt::Broken, |()| Attempt::Unclear));
        }
        let seen = self.timetable.compare(self.watch.lines(), begin, end);
        if seen.left_out == 0 && seen.astray == 0 {
            return Ok(kept_if(seen.unclear <= seen.on_time));
        }
        let deadlines = seen.left_out + seen.on_time + seen.unclear;
        let got = text!(
            "{missed} of {deadlines} deadlines without a line, and {astray} lines at other times",
            missed = seen.left_out,
            deadlines,
            astray = seen.astray,
        );
        let say = if seen.astray > seen.left_out + 1 { NO_TICK } else { DELAYED };
        Err(Failure::new("a line at each deadline, and none between them", got)
            .say(say)
            .man(ROTATE)
            .in_function("reopen"))
    }
}
