//! Where the daemon's events come from: the timer and the signals, in one `poll(2)`.
//!
//! One thread, and one place where it sleeps. Signals come through a file descriptor, see
//! signalfd(2), so that none interrupts a write, and none needs a handler, in which hardly anything
//! is allowed.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::time::{ClockId, clock_gettime};

use crate::Interval;
use crate::daemon::Event;
use crate::ticker::Ticker;

/// The signals that the daemon reads instead of being struck by them.
pub struct Signals(SignalFd);

impl Signals {
    /// Keeps the signals from their default action, which is to kill. To be called first of all:
    /// one that comes before the daemon is ready then waits until it is.
    pub fn block() -> nix::Result<Self> {
        let mut read = SigSet::empty();
        for signal in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGTERM] {
            read.add(signal);
        }
        let mut blocked = read;
        // LimitFSIZE=: a file at its limit is a full disk like any other. Blocked, write(2) just
        // says EFBIG.
        blocked.add(Signal::SIGXFSZ);
        blocked.thread_block()?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self(SignalFd::with_flags(&read, flags)?))
    }

    fn event(&self) -> nix::Result<Option<Event>> {
        let Some(info) = self.0.read_signal()? else {
            return Ok(None);
        };
        // A closed terminal sends SIGHUP too, from the kernel: nobody asks for a new file then,
        // somebody has left.
        let hang_up = info.ssi_code == libc::SI_KERNEL;
        if info.ssi_signo == Signal::SIGHUP as u32 && !hang_up {
            let now = Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC)?);
            let monotonic_usec = now.as_micros() as u64;
            return Ok(Some(Event::Reload { monotonic_usec }));
        }
        Ok(Some(Event::Stop))
    }
}

/// Waits for the next event.
pub struct Events {
    ticker: Ticker,
    signals: Signals,
    idle_after: PollTimeout,
    /// A signal that came together with a tick.
    after_tick: Option<Event>,
}

impl Events {
    /// Starts the ticks. `watchdog` is how long the service manager waits for a sign of life, if it
    /// does.
    pub fn start(
        interval: Interval,
        signals: Signals,
        watchdog: Option<Duration>,
    ) -> io::Result<Self> {
        // Half the time, as sd_watchdog_enabled(3) advises. If ticks are as frequent as that, they
        // are the signs of life, and nothing else wakes the daemon.
        let sign_every = watchdog.map(|time| (time / 2).max(Duration::from_millis(1)));
        let idle_after = sign_every.filter(|time| *time < interval.as_duration());
        Ok(Self {
            ticker: Ticker::start(interval)?,
            signals,
            idle_after: idle_after
                .map_or(Ok(PollTimeout::NONE), PollTimeout::try_from)
                .map_err(io::Error::other)?,
            after_tick: None,
        })
    }

    /// Sleeps until something happens.
    pub fn next_event(&mut self) -> io::Result<Event> {
        if let Some(event) = self.after_tick.take() {
            return Ok(event);
        }
        loop {
            let mut fds = [
                PollFd::new(self.ticker.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.signals.0.as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut fds, self.idle_after) {
                Ok(0) => return Ok(Event::Idle),
                Ok(_) => {}
                // Not by our signals, they are blocked; but a debugger that lets go can do it.
                Err(Errno::EINTR) => continue,
                Err(errno) => return Err(errno.into()),
            }
            // Asked in this order, so that a line that was due before the signal was sent is seen.
            let signal = self.signals.event()?;
            let tick = self.ticker.tick()?.map(Event::Tick);
            // The tick first, for the same reason. Then the signal, even if the next tick is due
            // already: a daemon that is late can still be stopped.
            match (tick, signal) {
                (Some(tick), signal) => {
                    self.after_tick = signal;
                    return Ok(tick);
                }
                (None, Some(signal)) => return Ok(signal),
                // The clock was set back, and nothing is due.
                (None, None) => {}
            }
        }
    }
}
