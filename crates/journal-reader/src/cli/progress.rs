//! A line on the terminal for what takes longer than a second.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How far a piece of work is. Shown on standard error, if that is a terminal.
pub(crate) struct Progress {
    wanted: bool,
    total: usize,
    done: usize,
    next: Instant,
    shown: bool,
}

const PATIENCE: Duration = Duration::from_secs(1);

impl Progress {
    pub(crate) fn new(quiet: bool, total: usize) -> Progress {
        let wanted = !quiet && total > 0 && io::stderr().is_terminal();
        Progress { wanted, total, done: 0, next: Instant::now() + PATIENCE, shown: false }
    }

    /// One more is done.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        // The clock is not read each time.
        if self.wanted && self.done.is_multiple_of(4096) && Instant::now() >= self.next {
            self.next = Instant::now() + Duration::from_millis(200);
            self.shown = true;
            let percent = self.done.min(self.total) * 100 / self.total;
            let (done, total) = (self.done, self.total);
            let _ = write!(io::stderr(), "\r{percent:3} %  {done} of {total} looked at\x1b[K");
        }
    }

    /// Takes the line away, before something else is written.
    pub(crate) fn clear(&mut self) {
        if self.shown {
            self.shown = false;
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
