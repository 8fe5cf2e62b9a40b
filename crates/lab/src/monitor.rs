//! The process that owns a lab, outside of it: makes the cgroup, starts the keeper, starts commands, and tears all down.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigHandler, Signal, kill, signal};
use nix::sys::socket::{Shutdown, shutdown};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout, setsid};

use crate::cgroup::Cgroup;
use crate::error::{At, Refusal, Step};
use crate::inside::{self, Streams};
use crate::keeper::Keeper;
use crate::mode::sudo_user;
use crate::protocol::{Event, Plan, Request, receive, send};
use crate::{Mode, process, root};

/// Serves one lab to the launcher at the other end of `control`, until that end closes.
pub(crate) fn serve(control: OwnedFd) -> i32 {
    if detach().is_err() {
        return 1;
    }
    let Ok(Some((plan, _))) = receive::<Plan>(&control) else {
        return 1;
    };
    keep_cores_from_the_host();
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

/// Cuts all ties to the launcher but the socket: a Ctrl-C at its terminal must not reach the monitor, which has to clean up,
/// and a pipe from the launcher's output must close when the launcher ends.
fn detach() -> nix::Result<()> {
    let _ = setsid();
    for ignored in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT] {
        // SAFETY: no handler is installed.
        unsafe { signal(ignored, SigHandler::SigIgn) }?;
    }
    let null =
        nix::fcntl::open("/dev/null", nix::fcntl::OFlag::O_RDWR, nix::sys::stat::Mode::empty())?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)
}

/// A program that crashes in the lab must not reach the host's crash handler, which the kernel runs outside of the lab.
/// A limit of 1 byte is the one that holds for a handler too; see core(5). All that is started from here inherits it.
fn keep_cores_from_the_host() {
    // Lowering a limit is always allowed.
    let _ = setrlimit(Resource::RLIMIT_CORE, 1, 1);
}

/// How long a keeper may tidy up.
const KEEPER_PATIENCE_MS: u16 = 5_000;

struct Monitor<'a> {
    plan: Plan,
    control: &'a OwnedFd,
    cgroup: Cgroup,
    keeper: Keeper,
    /// PID 1 of the present boot, once it runs.
    running: Option<OwnedFd>,
    pid1: Option<Pid>,
    /// Commands that came while the lab was booting.
    waiting: Vec<(Request, Streams)>,
}

impl<'a> Monitor<'a> {
    fn start(plan: Plan, control: &'a OwnedFd) -> Result<Self, Refusal> {
        let passed = |step| drop(send(control, &Event::Passed(step), &[]));
        root::check_programs()?;
        passed(Step::Programs);
        let cgroup = Cgroup::make()?;
        if let (Mode::Sudo, Some(learner)) = (plan.mode, sudo_user()) {
            cgroup.give_to(learner).at(Step::Cgroup, "give the cgroup to the learner")?;
        }
        passed(Step::Cgroup);
        let keeper = Keeper::start(&plan, &cgroup)?;
        passed(Step::Namespaces);
        // From here on nobody waits for the processes that run commands: the kernel may forget them.
        // SAFETY: no handler is installed.
        unsafe { signal(Signal::SIGCHLD, SigHandler::SigIgn) }.at(Step::Boot, "ignore SIGCHLD")?;
        Ok(Monitor {
            plan,
            control,
            cgroup,
            keeper,
            running: None,
            pid1: None,
            waiting: Vec::new(),
        })
    }

    /// Passes events on and starts commands, until the launcher or the keeper hangs up.
    fn run(&mut self) {
        loop {
            let mut fds = [
                PollFd::new(self.control.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.keeper.link.as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut fds, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => return,
            }
            let (asked, told) = (fds[0].any() == Some(true), fds[1].any() == Some(true));
            if told {
                let Ok(Some((event, _))) = receive(&self.keeper.link) else {
                    return;
                };
                self.note(event);
            } else if asked {
                let Ok(Some((request, fds))) = receive(self.control) else {
                    return;
                };
                if let Some(streams) = Streams::from_fds(fds) {
                    self.waiting.push((request, streams));
                    self.start_waiting();
                }
            }
        }
    }

    fn note(&mut self, event: Event) {
        match event {
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

    /// Starts what waits, if the lab runs; each command in a process of its own, so that none waits for another.
    fn start_waiting(&mut self) {
        let Some(pid1) = &self.running else { return };
        for (request, streams) in self.waiting.drain(..) {
            let (mode, cgroup) = (self.plan.mode, self.cgroup.lab());
            // If this fails, the reply socket closes without a reply, and that tells the launcher enough.
            let _ = process::fork_with(|| {
                restore_signals();
                inside::run(mode, pid1, &cgroup, &request, streams)
            });
        }
    }

    /// Ends every process of the lab, and removes its cgroup.
    fn tear_down(self) {
        // A keeper that is about to boot again finds nobody to tell, and ends.
        let _ = shutdown(self.keeper.link.as_raw_fd(), Shutdown::Both);
        if let (Some(pid1), Ok(keeper)) = (self.pid1, process::pidfd(self.keeper.pid)) {
            // PID 1 takes its whole pid namespace along. Then the keeper tidies up, and ends by itself.
            let _ = kill(pid1, Signal::SIGKILL);
            let mut fds = [PollFd::new(keeper.as_fd(), PollFlags::POLLIN)];
            let _ = poll(&mut fds, PollTimeout::from(KEEPER_PATIENCE_MS));
        }
        let _ = kill(self.keeper.pid, Signal::SIGKILL);
        let _ = waitpid(self.keeper.pid, None);
        drop(self.cgroup);
    }
}

/// What a command inherits must be what every program expects.
fn restore_signals() {
    for restored in
        [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGCHLD]
    {
        // SAFETY: no handler is installed.
        let _ = unsafe { signal(restored, SigHandler::SigDfl) };
    }
}

/// Forks a monitor for the calling program and returns its process id; it serves the other end of `control`.
pub(crate) fn fork_monitor(theirs: OwnedFd) -> io::Result<Pid> {
    Ok(process::fork_with(move || {
        let Ok(control) = process::keep_only(theirs) else {
            return 1;
        };
        serve(control)
    })?)
}
