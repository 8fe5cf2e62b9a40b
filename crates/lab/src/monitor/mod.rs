//! The process that owns a lab, outside of it: makes the cgroup, starts the keeper, starts
//! commands, and tears all down.

mod run_inside;
mod terminal;

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigHandler, Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, setsid};
use rustix::net::{Shutdown, shutdown};

use crate::cgroup::Cgroup;
use crate::keeper;
use crate::protocol::{Event, Plan, Request, receive, send};
use crate::refusal::{Refusal, Step};
use crate::{process, ready};
use run_inside::{Boot, Streams};

/// Forks a monitor for the calling program and returns its process id; it serves the other end of
/// `control`.
pub(crate) fn fork_monitor(theirs: OwnedFd) -> io::Result<Pid> {
    Ok(process::fork_with(move || process::keep_only(theirs).map_or(1, serve))?)
}

/// Serves one lab to the launcher at the other end of `control`, until that end closes.
pub(crate) fn serve(control: OwnedFd) -> i32 {
    if detach().is_err() {
        return 1;
    }
    let Ok(Some((plan, _))) = receive::<Plan>(&control) else { return 1 };
    keep_cores_from_the_host();
    process::end_first_without_memory();
    match Monitor::start(plan, &control) {
        Ok(mut monitor) => {
            monitor.run();
            monitor.tear_down();
            0
        }
        Err(refusal) => {
            let _ = send(&control, &Event::Failed(refusal), &[]);
            1
        }
    }
}

/// What a monitor ignores: a Ctrl-C at the launcher's terminal must not keep it from cleaning up.
const ENDING: [Signal; 4] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];

/// Cuts all ties to the launcher except the socket: a pipe from the launcher's output must close
/// when the launcher ends.
fn detach() -> nix::Result<()> {
    let _ = setsid();
    process::set_signals(&ENDING, SigHandler::SigIgn);
    process::silence()
}

/// A program that crashes in the lab must not reach the host's crash handler, which the kernel runs
/// outside of the lab. A limit of 1 byte is the one that holds for a handler too; see core(5). All
/// that is started from here inherits it.
fn keep_cores_from_the_host() {
    // Lowering a limit is always allowed.
    let _ = setrlimit(Resource::RLIMIT_CORE, 1, 1);
}

/// How long a keeper may tidy up.
const KEEPER_PATIENCE: Duration = Duration::from_secs(5);

struct Monitor<'a> {
    plan: Plan,
    control: &'a OwnedFd,
    cgroup: Cgroup,
    keeper: Pid,
    /// Where the keeper tells what happens.
    link: OwnedFd,
    /// PID 1 of the present boot, once it runs.
    running: Option<OwnedFd>,
    pid1: Option<Pid>,
    /// The mount namespace for commands outside of the lab.
    mounts: Option<OwnedFd>,
    /// Commands that came while the lab was booting.
    waiting: Vec<(Request, Streams)>,
}

impl<'a> Monitor<'a> {
    fn start(plan: Plan, control: &'a OwnedFd) -> Result<Self, Refusal> {
        let passed = |step| drop(send(control, &Event::Passed(step), &[]));
        keeper::check_programs()?;
        passed(Step::Programs);
        let cgroup = Cgroup::make()?;
        passed(Step::Cgroup);
        let (keeper, link) = keeper::start(&plan, &cgroup)?;
        // From here on nobody waits for the processes that run commands: the kernel may forget
        // them.
        process::set_signals(&[Signal::SIGCHLD], SigHandler::SigIgn);
        let (running, pid1, mounts) = (None, None, None);
        let waiting = Vec::new();
        Ok(Monitor { plan, control, cgroup, keeper, link, running, pid1, mounts, waiting })
    }

    /// Passes events on and starts commands, until the launcher or the keeper hangs up.
    fn run(&mut self) {
        while let Ok([asked, told]) = ready::wait([self.control.as_fd(), self.link.as_fd()], None) {
            if told {
                let Ok(Some((event, mut fds))) = receive(&self.link) else { return };
                self.note(event, fds.pop());
            } else if asked {
                let Ok(Some((request, fds))) = receive(self.control) else { return };
                if let Ok(streams) = fds.try_into() {
                    self.waiting.push((request, streams));
                    self.start_waiting();
                }
            }
        }
    }

    fn note(&mut self, event: Event, fd: Option<OwnedFd>) {
        match event {
            Event::Mounted => self.mounts = fd,
            Event::Started(pid) => self.pid1 = Some(Pid::from_raw(pid)),
            Event::Running => {
                self.running = self.pid1.and_then(|pid| process::pidfd(pid).ok());
                self.start_waiting();
            }
            Event::Rebooting | Event::Off(_) => (self.running, self.pid1) = (None, None),
            Event::Passed(_) | Event::Failed(_) => {}
        }
        let _ = send(self.control, &event, &[]);
    }

    /// Starts what waits, if the lab runs; each command in a process of its own, so that none waits
    /// for another.
    fn start_waiting(&mut self) {
        let (Some(pid1), Some(mounts)) = (&self.running, &self.mounts) else { return };
        let boot = Boot { plan: &self.plan, pid1, mounts, cgroup: &self.cgroup.lab() };
        for (request, streams) in self.waiting.drain(..) {
            // If this fails, the reply socket closes without a reply, and that tells the launcher
            // enough.
            let _ = process::fork_with(|| {
                // What a command inherits must be what every program expects.
                process::set_signals(&ENDING, SigHandler::SigDfl);
                process::set_signals(&[Signal::SIGCHLD], SigHandler::SigDfl);
                run_inside::run(&boot, &request, streams)
            });
        }
    }

    /// Ends every process of the lab, and removes its cgroup.
    fn tear_down(self) {
        // A keeper that is about to boot again finds nobody to tell, and ends.
        let _ = shutdown(&self.link, Shutdown::Both);
        if let (Some(pid1), Ok(keeper)) = (self.pid1, process::pidfd(self.keeper)) {
            // PID 1 takes its whole pid namespace along. Then the keeper tidies up, and ends by
            // itself.
            let _ = kill(pid1, Signal::SIGKILL);
            let _ = ready::wait([keeper.as_fd()], Some(Instant::now() + KEEPER_PATIENCE));
        }
        let _ = kill(self.keeper, Signal::SIGKILL);
        let _ = waitpid(self.keeper, None);
        drop(self.cgroup);
    }
}
