//! The launcher's end of the socket to the monitor, and what it has heard there.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{End, Error};
use crate::mode::Mode;
use crate::protocol::{Event, receive};
use crate::ready;

/// How soon a thread sees what another one has heard.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The socket to the monitor. Threads may share it: of two, each event reaches one, and its effect
/// both.
pub(super) struct Link {
    pub(super) socket: OwnedFd,
    /// The mode of the lab.
    pub(super) mode: Mode,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    boots: u32,
    end: Option<End>,
}

impl Link {
    pub(super) fn new(socket: OwnedFd, mode: Mode) -> Self {
        Link { socket, mode, state: Mutex::default() }
    }

    /// How often the lab has come up; takes in what has arrived, and waits for nothing.
    pub(super) fn boots(&self) -> u32 {
        while let Ok(Some(_)) = self.next_event(Instant::now()) {}
        self.state().boots
    }

    /// How the lab came to its end, if it has.
    pub(super) fn end(&self) -> Option<End> {
        self.boots();
        self.state().end.clone()
    }

    pub(super) fn wait_for_boot(&self, count: u32, timeout: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + timeout;
        while self.state().boots < count {
            if let Some(end) = &self.state().end {
                return Err(Error::Gone(end.clone()));
            }
            if Instant::now() >= deadline {
                return Err(Error::BootTimeout(timeout));
            }
            // Another thread may hear of the boot instead of this one: look again soon.
            self.next_event(deadline.min(Instant::now() + LOOK_AGAIN))?;
        }
        Ok(())
    }

    /// The next thing that happens to the lab before `deadline`.
    pub(super) fn next_event(&self, deadline: Instant) -> Result<Option<Event>, Error> {
        if self.state().end.is_some() || !self.has_news(deadline)? {
            return Ok(None);
        }
        let mut state = self.state();
        // Another thread may have taken it until we got the lock.
        if !self.has_news(Instant::now())? {
            return Ok(None);
        }
        let event = match receive(&self.socket) {
            Ok(Some((event, _))) => event,
            Ok(None) => Event::Off(End::Died("its monitor ended".to_owned())),
            Err(error) => {
                let what = format!("cannot hear from the monitor: {error}");
                return Err(io::Error::other(what).into());
            }
        };
        match &event {
            Event::Running => state.boots += 1,
            Event::Off(end) => state.end = Some(end.clone()),
            // After a reboot, this says more than the end that follows it. Of the first boot, the
            // caller tells.
            Event::Failed(refusal) if state.boots > 0 => {
                state.end = Some(End::NotBootedAgain(refusal.clone()));
            }
            Event::Failed(_)
            | Event::Passed(_)
            | Event::Started(_)
            | Event::Mounted
            | Event::Rebooting => {}
        }
        Ok(Some(event))
    }

    fn has_news(&self, deadline: Instant) -> io::Result<bool> {
        ready::wait([self.socket.as_fd()], Some(deadline)).map(|[news]| news)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
