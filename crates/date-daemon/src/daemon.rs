//! What the daemon does at each event. When, where to, and whom it tells is the caller's: nothing
//! here reads a clock, opens a file, waits for a signal or knows a socket, so a test needs none of
//! them.

use std::fmt;
use std::io;
use std::time::Duration;

use tracing::{debug, error, info, warn};

use crate::waiting::Waiting;
use crate::{LineFormat, Tick};

/// Something that the daemon has to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A line is due.
    Tick(Tick),
    /// SIGHUP: open the file anew. The manager wants to know when, in microseconds of
    /// CLOCK_MONOTONIC.
    Reload {
        /// When the signal was seen.
        monotonic_usec: u64,
    },
    /// Nothing happened for a while: time for a sign of life.
    Idle,
    /// SIGTERM or SIGINT: stop.
    Stop,
}

/// Where lines go.
pub trait Output {
    /// Why a line was not taken; its text names the file and the cause. Two that are equal are the
    /// same trouble.
    type Error: fmt::Display + PartialEq;
    /// Writes one line, wholly or not at all.
    fn append(&mut self, line: &str) -> Result<(), Self::Error>;
    /// Begins a new file under the same name; on failure the old one stays in use.
    fn reopen(&mut self) -> Result<(), Self::Error>;
}

/// The daemon between two events.
pub struct Daemon<O: Output, N> {
    format: LineFormat,
    output: O,
    notify: N,
    watchdog: Option<Duration>,
    waiting: Waiting,
    /// The failure that was last reported, while it lasts.
    trouble: Option<O::Error>,
}

impl<O: Output, N: FnMut(&str)> Daemon<O, N> {
    /// A daemon that writes to `output` and tells the service manager through `notify`, which takes
    /// the lines of sd_notify(3). `watchdog` is how long the manager waits for a sign of life,
    /// if it does.
    pub fn new(format: LineFormat, output: O, notify: N, watchdog: Option<Duration>) -> Self {
        Self { format, output, notify, watchdog, waiting: Waiting::default(), trouble: None }
    }

    /// Serves events until one says stop. Fails only if `next_event` does.
    pub fn run(mut self, mut next_event: impl FnMut() -> io::Result<Event>) -> io::Result<()> {
        // The output is open, so whatever was ordered after this service may start.
        (self.notify)("READY=1\nSTATUS=appending the date");
        loop {
            match next_event()? {
                Event::Tick(tick) => self.tick(tick),
                Event::Reload { monotonic_usec } => self.reload(monotonic_usec),
                Event::Idle => {}
                Event::Stop => break,
            }
            self.give_sign_of_life();
        }
        self.stop();
        Ok(())
    }

    fn tick(&mut self, tick: Tick) {
        if tick.missed > 0 {
            // No lines are made up for them: a date in the file says that the daemon was there.
            warn!("missed {} ticks before {}", tick.missed, tick.due);
        }
        self.waiting.push(self.format.line(tick.due));
        self.write_waiting();
    }

    fn write_waiting(&mut self) {
        let waited = self.waiting.len();
        match self.waiting.drain(|line| self.output.append(line)) {
            Ok(()) => self.end_trouble(waited),
            Err(error) => self.trouble(error),
        }
    }

    /// A failure is news once, not at each tick.
    fn trouble(&mut self, error: O::Error) {
        if self.trouble.as_ref() == Some(&error) {
            debug!("{error}");
            return;
        }
        error!("{error}; each tick tries again");
        (self.notify)(&format!("STATUS={error}; each tick tries again"));
        if self.trouble.is_none() && self.watchdog.is_some() {
            // There will be no good tick, so no sign of life. But what is broken is the disk: to
            // kill us would mend nothing and lose what waits. So the watchdog is off,
            // as with WatchdogSec=0, until the disk is well.
            (self.notify)("WATCHDOG_USEC=0");
        }
        self.trouble = Some(error);
    }

    fn end_trouble(&mut self, waited: usize) {
        let dropped = std::mem::take(&mut self.waiting.dropped);
        if self.trouble.take().is_none() {
            return;
        }
        info!("appending again: {waited} lines had waited, {dropped} are lost");
        (self.notify)("STATUS=appending the date");
        if let Some(watchdog) = self.watchdog {
            // In one message, or the manager would count from the sign of life before the trouble.
            let usec = watchdog.as_micros();
            (self.notify)(&format!("WATCHDOG=1\nWATCHDOG_USEC={usec}"));
        }
    }

    /// Only after a good tick: a daemon that does not do its work shall not be taken for a healthy
    /// one.
    fn give_sign_of_life(&mut self) {
        if self.watchdog.is_some() && self.trouble.is_none() {
            (self.notify)("WATCHDOG=1");
        }
    }

    fn reload(&mut self, monotonic_usec: u64) {
        (self.notify)(&format!("RELOADING=1\nMONOTONIC_USEC={monotonic_usec}"));
        match self.output.reopen() {
            Ok(()) => info!("opened the file anew"),
            Err(error) => error!("{error}; the old file stays in use"),
        }
        // The manager calls us reloading until it hears this, whatever came of it.
        (self.notify)("READY=1");
    }

    fn stop(&mut self) {
        (self.notify)("STOPPING=1\nSTATUS=stopping");
        if self.waiting.len() > 0 {
            self.write_waiting();
        }
        match self.waiting.len() as u64 + self.waiting.dropped {
            0 => info!("stopped"),
            lost => warn!("stopped; {lost} lines could not be written and are lost"),
        }
    }
}
