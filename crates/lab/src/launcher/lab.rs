//! A lab, as the program that wants it sees it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, Uid};
use rustix::net::{Shutdown, shutdown};

use super::command::{COMMAND_TIMEOUT, Command};
use super::link::Link;
use super::pace::Pace;
use super::sudo::{self, Password};
use crate::error::Error;
use crate::mode::Mode;
use crate::monitor;
use crate::options::{Bind, Options};
use crate::protocol::{Event, Plan, pair, send};
use crate::refusal::{Refusal, Step};

/// How long systemd may take to boot the first time, on a machine of any pace: nothing of a
/// learner's can hold it up.
const BOOT_TIMEOUT: Duration = Duration::from_secs(120);

/// How long a reboot may take on a quiet machine, where a learner's unit may hold it up.
const REBOOT_TIMEOUT: Duration = Duration::from_secs(30);

/// A running systemd. Dropping it ends all of its processes and removes all that it has made.
///
/// ```no_run
/// let lab = lab::Lab::boot(&lab::Options::default())?;
/// lab.command("systemctl").args(["start", "dbus"]).output(lab::COMMAND_TIMEOUT)?;
/// lab.reboot()?;
/// assert_eq!(lab.boots(), 2);
/// # Ok::<(), lab::Error>(())
/// ```
pub struct Lab {
    link: Link,
    monitor: Pid,
    pace: Pace,
}

impl Lab {
    /// Boots a lab and returns when systemd says that it runs.
    ///
    /// # Errors
    /// [`Error::NoMode`] with what was tried, when no mode works on this machine.
    pub fn boot(options: &Options) -> Result<Self, Error> {
        if let Some(bind) = options.binds.iter().find(|bind| !Bind::can_show(&bind.path)) {
            return Err(Error::OwnDirectory(bind.path.clone()));
        }
        let modes = match &options.mode {
            None => Mode::candidates(),
            Some(Mode::Root) => &[Mode::Root, Mode::HostRoot],
            Some(mode) => std::slice::from_ref(mode),
        };
        let mut tried: Vec<(Mode, Refusal)> = Vec::new();
        for &mode in modes {
            if mode == Mode::HostRoot && tried.last().is_some_and(|(_, why)| why.is_before_ids()) {
                break;
            }
            match Self::try_boot(mode, &options.binds, Password::Ask, |_| true) {
                Err(Error::NoMode(why)) => tried.extend(why),
                booted => return booted,
            }
        }
        Err(Error::NoMode(tried))
    }

    /// Boots a lab in one mode, and tells of each step that is done. Where `go_on` says no to one,
    /// that is all. [`Error::NoMode`] says why this mode does not work.
    pub(super) fn try_boot(
        mode: Mode,
        binds: &[Bind],
        password: Password,
        mut go_on: impl FnMut(Step) -> bool,
    ) -> Result<Self, Error> {
        let refused = |refusal| Error::NoMode(vec![(mode, refusal)]);
        let begin = Instant::now();
        let (control, theirs) = pair()?;
        let monitor = match (mode, Uid::effective().is_root()) {
            (Mode::Root | Mode::HostRoot, false) => {
                let what = format!("use mode {}", mode.word());
                return Err(refused(Refusal::new(Step::Cgroup, what, "you are not root")));
            }
            (Mode::Sudo, false) => sudo::start_monitor(theirs, password).map_err(refused)?,
            _ => monitor::fork_monitor(theirs)?,
        };
        let pace = Pace::of_boot(Duration::ZERO);
        let mut lab = Lab { link: Link::new(control, mode), monitor, pace };
        send(&lab.link.socket, &Plan { mode, binds: binds.to_vec() }, &[])?;
        loop {
            match lab.link.next_event(begin + BOOT_TIMEOUT)? {
                None => return Err(Error::BootTimeout(BOOT_TIMEOUT)),
                Some(Event::Running) => break,
                Some(Event::Passed(step)) if !go_on(step) => break,
                Some(Event::Failed(refusal)) => return Err(refused(refusal)),
                Some(Event::Off(end)) => {
                    return Err(refused(Refusal::new(Step::Boot, "boot", end)));
                }
                Some(_) => {}
            }
        }
        lab.pace = Pace::of_boot(begin.elapsed());
        Ok(lab)
    }

    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// The mode in force.
    pub fn mode(&self) -> Mode {
        self.link.mode
    }

    /// How fast the machine was when it booted this lab.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// How fast the machine is now, but no faster than when it booted this lab: measured by a few
    /// small commands.
    ///
    /// # Errors
    /// As those of [`Command::output`], when the lab goes away.
    pub fn measure_pace(&self) -> Result<Pace, Error> {
        const TIMES: u32 = 5;
        let begin = Instant::now();
        for _ in 0..TIMES {
            self.command("true").output(COMMAND_TIMEOUT)?;
        }
        let now = Pace::of_command(begin.elapsed() / TIMES);
        Ok(if now > self.pace { now } else { self.pace })
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

    /// The cgroup controllers that the lab was given, such as `memory`. Without that one,
    /// `MemoryMax=` does nothing, and systemd says nothing of it; see
    /// systemd.resource-control(5).
    ///
    /// # Errors
    /// As those of [`Command::output`].
    pub fn controllers(&self) -> Result<Vec<String>, Error> {
        let output =
            self.command("cat").arg("/sys/fs/cgroup/cgroup.controllers").output(COMMAND_TIMEOUT)?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.split_whitespace().map(str::to_owned).collect())
    }

    /// A command to run inside, as root, from `/`.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command<'_> {
        Command::new(&self.link, program.as_ref())
    }

    /// A command to run outside of the lab, as its root: to look at what is in it without being in
    /// its reach.
    ///
    /// Of the lab it has the files, the network and the user ids; the lab's processes are in
    /// `/lab/proc`. systemctl(1) works as inside, by way of D-Bus; its like may want
    /// `--machine=.host` for that. But the command runs in a pid namespace and a cgroup of its own:
    /// no process of the lab can see it, trace it, end it, or open its descriptors. And its root
    /// directory and mounts are of its own, made before systemd started: it sees the host's
    /// programs in `/usr` and the directories of [`Options::binds`], whatever the lab mounts over
    /// them or moves in their place. All that it has started ends with it.
    ///
    /// The files in `/dev`, `/etc`, `/home/learner`, `/media`, `/mnt`, `/opt`, `/root`, `/run`,
    /// `/srv`, `/tmp`, `/usr/local` and `/var` are the lab's, which can change them at any
    /// time: trust nothing there, least of all a program, and show no directory of the host
    /// below them. What the lab has mounted meanwhile is at `/lab/proc/1/root`. Whoever is root
    /// in the lab can also stand in for its D-Bus; what must be sure is read from `/lab/proc` and
    /// `/sys/fs/cgroup`.
    ///
    /// ```no_run
    /// # let lab = lab::Lab::boot(&lab::Options::default())?;
    /// let mut show = lab.outside_command("systemctl");
    /// show.args(["show", "--value", "--property=MainPID", "dbus"]);
    /// let answer = show.output(lab::COMMAND_TIMEOUT)?;
    /// let program = format!("/lab/proc/{}/exe", String::from_utf8_lossy(&answer.stdout).trim());
    /// let running = lab.outside_command("readlink").arg(program).output(lab::COMMAND_TIMEOUT)?;
    /// # Ok::<(), lab::Error>(())
    /// ```
    ///
    /// Start no program of a stranger's from it: that would be outside of the lab, too.
    pub fn outside_command(&self, program: impl AsRef<OsStr>) -> Command<'_> {
        self.command(program).outside()
    }

    /// Reboots the lab and waits until it runs again. What is in `/etc` and `/var` stays.
    ///
    /// # Errors
    /// When it does not come back within half a minute, which a slow machine stretches.
    pub fn reboot(&self) -> Result<(), Error> {
        let boots = self.boots();
        // The command may be ended by the reboot that it starts: its result means nothing.
        let _ = self.command("systemctl").arg("reboot").output(COMMAND_TIMEOUT);
        self.wait_for_boot(boots + 1, self.pace.stretch(REBOOT_TIMEOUT))
    }

    /// How often this lab has come up; 1 after [`Lab::boot`].
    pub fn boots(&self) -> u32 {
        self.link.boots()
    }

    /// Waits until the lab has come up `count` times, and runs.
    ///
    /// # Errors
    /// [`Error::BootTimeout`] when that takes too long, [`Error::Gone`] when it was powered off.
    pub fn wait_for_boot(&self, count: u32, timeout: Duration) -> Result<(), Error> {
        self.link.wait_for_boot(count, timeout)
    }

    /// Waits for the boot after boot number `boots`, if the lab goes down or boots now. Returns
    /// whether it came up again.
    ///
    /// # Errors
    /// As those of [`Lab::wait_for_boot`].
    pub fn comes_back(&self, boots: u32) -> Result<bool, Error> {
        // While the lab boots, this command waits. It is ended if the lab goes down under it, and
        // near the end of a shutdown nobody answers it.
        let state =
            self.command("systemctl").arg("is-system-running").output(COMMAND_TIMEOUT)?.stdout;
        let stays = [&b"running\n"[..], b"degraded\n", b"starting\n", b"maintenance\n"];
        if self.boots() == boots && stays.contains(&state.as_slice()) {
            return Ok(false);
        }
        self.wait_for_boot(boots + 1, self.pace.stretch(REBOOT_TIMEOUT)).map(|()| true)
    }

    /// Opens a shell in `directory` as `user`, and another one after each reboot, until somebody
    /// leaves it; `rebooted` is called in between.
    ///
    /// # Errors
    /// As those of [`Command::status`]; [`Error::Gone`] when the lab was powered off, which is one
    /// way to leave.
    pub fn shell(
        &self,
        directory: &Path,
        user: &str,
        mut rebooted: impl FnMut(),
    ) -> Result<ExitStatus, Error> {
        loop {
            let boots = self.boots();
            let status = self.command("bash").current_dir(directory).user(user)?.status()?;
            // A shell that was killed: by a reboot, which brings a new one, or by the end of the
            // lab.
            if status.code().is_some() || !self.comes_back(boots)? {
                return Ok(status);
            }
            rebooted();
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // The monitor takes the end of the conversation for the end of the lab, and ends when all
        // is gone.
        let _ = shutdown(&self.link.socket, Shutdown::Both);
        while waitpid(self.monitor, None) == Err(Errno::EINTR) {}
    }
}
