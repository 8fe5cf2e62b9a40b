//! Ticks on absolute deadlines: a `timerfd_create(2)` on the wall clock.
//!
//! Not `sleep(5)`: a sleep starts when the work is done, so each round is late by what the work
//! took, a few seconds a day, and one day a second has no line. Here the deadlines are fixed
//! beforehand, on a grid that starts at a whole second; a late wake-up makes one line late and none
//! after it. The kernel keeps the grid and counts what was missed.

use std::os::fd::{AsFd, BorrowedFd};

use chrono::{DateTime, Utc};
use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use nix::unistd::read;

use crate::Interval;

/// A deadline that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// When the tick was due: the line's label. Taken from the grid, not from the clock: however
    /// late the process was woken, two ticks of a whole-second interval never name the same
    /// second, and never leave one out.
    pub due: DateTime<Utc>,
    /// Deadlines that passed unseen before this one: the process was held up, the machine slept,
    /// the clock was set.
    pub missed: u64,
}

/// The timer. Readable, for `poll(2)`, when a tick is due.
pub(crate) struct Ticker {
    timer: TimerFd,
    grid: Grid,
    next: i64,
}

impl Ticker {
    /// Starts to tick: at once, then at each deadline of the grid that starts with the current
    /// whole second.
    pub(crate) fn start(interval: Interval) -> nix::Result<Self> {
        let now = now();
        let grid = Grid::new(interval, now);
        let flags = TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK;
        let ticker = Self {
            timer: TimerFd::new(ClockId::CLOCK_REALTIME, flags)?,
            // The deadline that has just passed: the timer fires at once, and the first line needs
            // no code of its own.
            next: grid.last_at(now),
            grid,
        };
        ticker.arm()?;
        Ok(ticker)
    }

    /// The tick that is due, if one is.
    pub(crate) fn tick(&mut self) -> nix::Result<Option<Tick>> {
        // Not `TimerFd::wait`, which throws the count away.
        let mut count = [0; 8];
        match read(&self.timer, &mut count) {
            Ok(_) => Ok(self.pass(u64::from_ne_bytes(count))),
            Err(Errno::EAGAIN) => Ok(None),
            Err(Errno::ECANCELED) => self.clock_was_set(),
            Err(errno) => Err(errno),
        }
    }

    /// Moves the grid on by what the kernel counted.
    fn pass(&mut self, count: u64) -> Option<Tick> {
        let missed = count.checked_sub(1)?;
        let due = self.next + self.grid.interval * missed as i64;
        self.next = due + self.grid.interval;
        Some(Tick { due: DateTime::from_timestamp_nanos(due), missed })
    }

    /// After a jump of the clock, or a suspend, the kernel's count means nothing: look at the clock
    /// instead.
    ///
    /// Set back, the clock comes to deadlines that have been before: their lines are written again,
    /// as the clock says.
    fn clock_was_set(&mut self) -> nix::Result<Option<Tick>> {
        let last = self.grid.last_at(now());
        let tick = if last >= self.next {
            let passed = (last - self.next) / self.grid.interval + 1;
            self.pass(passed as u64)
        } else {
            None
        };
        self.next = last + self.grid.interval;
        self.arm()?;
        Ok(tick)
    }

    fn arm(&self) -> nix::Result<()> {
        let first = TimeSpec::new(self.next / SECOND, self.next % SECOND);
        let every = TimeSpec::new(self.grid.interval / SECOND, self.grid.interval % SECOND);
        let flags = TimerSetTimeFlags::TFD_TIMER_ABSTIME
            // Without it, a clock set back by an hour would mean an hour without lines.
            | TimerSetTimeFlags::TFD_TIMER_CANCEL_ON_SET;
        let expiration = Expiration::IntervalDelayed(first, every);
        match self.timer.set(expiration, flags) {
            // The clock was set in this very moment: the timer runs, and the next read says so
            // again.
            Err(Errno::ECANCELED) => Ok(()),
            result => result,
        }
    }
}

impl AsFd for Ticker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.timer.as_fd()
    }
}

const SECOND: i64 = 1_000_000_000;

/// The wall clock, in nanoseconds since 1970: enough until the year 2262.
fn now() -> i64 {
    Utc::now().timestamp_nanos_opt().unwrap_or(i64::MAX / 2)
}

/// Evenly spaced deadlines, all in nanoseconds since 1970.
struct Grid {
    origin: i64,
    interval: i64,
}

impl Grid {
    /// The grid through the whole second in which `now` lies: with whole seconds for an interval,
    /// every deadline is on a second's first instant, where a late wake-up has the most room
    /// before the next second.
    fn new(interval: Interval, now: i64) -> Self {
        Self {
            origin: now - now.rem_euclid(SECOND),
            interval: interval.as_duration().as_nanos() as i64,
        }
    }

    /// The last deadline that is not after `now`.
    fn last_at(&self, now: i64) -> i64 {
        now - (now - self.origin).rem_euclid(self.interval)
    }
}

#[cfg(test)]
mod tests;
