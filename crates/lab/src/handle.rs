//! The launcher's handle on a lab.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{Shutdown, shutdown};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, Uid};

use crate::command::COMMAND_TIMEOUT;
use crate::error::{End, Error, Refusal, Step};
use crate::protocol::{Event, Plan, pair, receive, send};
use crate::{Bind, Command, Mode, Options, monitor, sudo};

/// How long systemd may take to boot, on a machine that does much else.
const BOOT_TIMEOUT: Duration = Duration::from_secs(30);

/// How soon a thread sees what another one has heard.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A running systemd. Dropping it ends all of its processes and removes all that it has made.
pub struct Lab {
    mode: Mode,
    control: OwnedFd,
    monitor: Pid,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    boots: u32,
    gone: Option<End>,
}

impl Lab {
    /// Boots a lab and returns when systemd says that it runs.
    ///
    /// # Errors
    /// [`Error::NoMode`] with what was tried, when no mode works on this machine.
    pub fn boot(options: &Options) -> Result<Self, Error> {
        if let Some(bind) = options.binds.iter().find(|bind| !Bind::can_show(&bind.path)) {
            return Err(Error::OwnFolder(bind.path.clone()));
        }
        let modes = options.mode.as_ref().map_or(Mode::candidates(), std::slice::from_ref);
        let mut tried = Vec::new();
        for &mode in modes {
            match Self::try_boot(mode, options, |_| {})? {
                Ok(lab) => return Ok(lab),
                Err(refusal) => tried.push((mode, refusal)),
            }
        }
        Err(Error::NoMode(tried))
    }

    /// Boots a lab in one mode, and tells of each step that is done.
    pub(crate) fn try_boot(
        mode: Mode,
        options: &Options,
        mut passed: impl FnMut(Step),
    ) -> Result<Result<Self, Refusal>, Error> {
        if mode == Mode::Root && !Uid::effective().is_root() {
            return Ok(Err(Refusal::new(Step::Cgroup, "use mode root", "you are not root")));
        }
        let (control, theirs) = pair()?;
        let through_sudo = mode == Mode::Sudo && !Uid::effective().is_root();
        let monitor = match through_sudo {
            true => match sudo::start_monitor(theirs) {
                Ok(pid) => pid,
                Err(refusal) => return Ok(Err(refusal)),
            },
            false => monitor::fork_monitor(theirs)?,
        };
        let lab = Lab { mode, control, monitor, state: Mutex::default() };
        send(&lab.control, &Plan { mode, binds: options.binds.clone() }, &[])?;
        let deadline = Instant::now() + BOOT_TIMEOUT;
        loop {
            match lab.next_event(deadline)? {
                None => return Err(Error::BootTimeout(BOOT_TIMEOUT)),
                Some(Event::Running) => return Ok(Ok(lab)),
                Some(Event::Passed(step)) => passed(step),
                Some(Event::Failed(refusal)) => return Ok(Err(refusal)),
                Some(Event::Off(why)) => return Ok(Err(Refusal::new(Step::Boot, "boot", why))),
                Some(Event::Started(_) | Event::Rebooting) => {}
            }
        }
    }

    /// The mode in force.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The version of the systemd that runs, such as `252`.
    ///
    /// # Errors
    /// When systemctl(1) cannot be asked.
    pub fn systemd_version(&self) -> Result<String, Error> {
        let output = self.command("systemctl").arg("--version").output(COMMAND_TIMEOUT)?;
        let text = String::from_utf8_lossy(&output.stdout);
        // "systemd 252 (252.38-1~deb12u1)", then its features.
        Ok(text.split_whitespace().nth(1).unwrap_or("of an unknown version").to_owned())
    }

    /// A command to run inside, as root, from `/`.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command<'_> {
        Command::new(self, program.as_ref())
    }

    /// Reboots the lab and waits until it runs again. What is in `/etc` and `/var` stays.
    ///
    /// # Errors
    /// When it does not come back within half a minute.
    pub fn reboot(&self) -> Result<(), Error> {
        let boots = self.boots();
        // The command may be ended by the reboot that it starts: its result means nothing.
        let _ = self.command("systemctl").arg("reboot").output(COMMAND_TIMEOUT);
        self.wait_for_boot(boots + 1, BOOT_TIMEOUT)
    }

    /// How often this lab has come up; 1 after [`Lab::boot`].
    pub fn boots(&self) -> u32 {
        // Takes in what has arrived, and waits for nothing.
        while let Ok(Some(_)) = self.next_event(Instant::now()) {}
        self.state().boots
    }

    /// Waits until the lab has come up `count` times, and runs.
    ///
    /// # Errors
    /// [`Error::BootTimeout`] when that takes too long, [`Error::Gone`] when it was powered off.
    pub fn wait_for_boot(&self, count: u32, timeout: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + timeout;
        while self.state().boots < count {
            if let Some(why) = &self.state().gone {
                return Err(Error::Gone(why.clone()));
            }
            if Instant::now() >= deadline {
                return Err(Error::BootTimeout(timeout));
            }
            // Another thread may hear of the boot instead of this one: look again soon.
            self.next_event(deadline.min(Instant::now() + LOOK_AGAIN))?;
        }
        Ok(())
    }

    /// Asks `condition` again and again until it holds.
    ///
    /// # Errors
    /// [`Error::TimedOut`] with `what` when it does not hold in time.
    pub fn wait_until(
        &self,
        what: &str,
        timeout: Duration,
        mut condition: impl FnMut() -> bool,
    ) -> Result<(), Error> {
        let deadline = Instant::now() + timeout;
        while !condition() {
            if Instant::now() > deadline {
                return Err(Error::TimedOut {
                    program: what.to_owned(),
                    limit: timeout,
                    printed: Vec::new(),
                });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    pub(crate) fn control(&self) -> &OwnedFd {
        &self.control
    }

    /// Why the lab runs no more, if it does not.
    pub(crate) fn gone(&self) -> Option<End> {
        self.boots();
        self.state().gone.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next thing that happens to the lab before `deadline`.
    fn next_event(&self, deadline: Instant) -> Result<Option<Event>, Error> {
        if self.state().gone.is_some() || !self.has_news(deadline)? {
            return Ok(None);
        }
        // With the lock held, of two threads each event reaches one, and its effect both.
        let mut state = self.state();
        if !self.has_news(Instant::now())? {
            return Ok(None);
        }
        let event = match receive(&self.control) {
            Ok(Some((event, _))) => event,
            Ok(None) => Event::Off(End::Died("its monitor ended".to_owned())),
            Err(error) => {
                return Err(
                    io::Error::other(format!("cannot hear from the monitor: {error}")).into()
                );
            }
        };
        match &event {
            Event::Running => state.boots += 1,
            Event::Off(end) => state.gone = Some(end.clone()),
            // Of the first boot, `try_boot` tells. After a reboot, this says more than the end that follows it.
            Event::Failed(refusal) if state.boots > 0 => {
                state.gone = Some(End::NotBootedAgain(refusal.clone()));
            }
            _ => {}
        }
        Ok(Some(event))
    }

    /// Waits until there is an event to receive; false after `deadline`.
    fn has_news(&self, deadline: Instant) -> Result<bool, Error> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let mut fds = [PollFd::new(self.control.as_fd(), PollFlags::POLLIN)];
            match poll(&mut fds, PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)) {
                Ok(ready) => return Ok(ready > 0),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // The monitor takes the end of the conversation for the end of the lab, and ends when all is gone.
        let _ = shutdown(std::os::fd::AsRawFd::as_raw_fd(&self.control), Shutdown::Both);
        while waitpid(self.monitor, None) == Err(Errno::EINTR) {}
    }
}
