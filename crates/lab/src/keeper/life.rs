//! What a keeper does: enters the namespaces, builds the root once, then boots PID 1, again after
//! each reboot.

use std::convert::Infallible;
use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::mount::MsFlags;
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode as FileMode, umask};
use nix::sys::wait::{WaitStatus, wait, waitpid};
use nix::unistd::Pid;

use super::programs::SYSTEMD;
use super::{boot_mounts, host, mount, outside_root, own_ids, root};
use crate::cgroup::{self, Cgroup};
use crate::error::End;
use crate::mode::Mode;
use crate::protocol::{Event, Plan, pair, send};
use crate::refusal::{At, Refusal, Step};
use crate::seccomp::{self, Writes};
use crate::{process, ready};

/// An abstract address: it lives in the lab's network namespace and needs no file.
const NOTIFY_ADDRESS: &str = "servicios-lab/notify";

/// Starts a keeper. Returns its process id, and the socket by which it tells what happens: that
/// closes when the keeper, and with it the lab, has ended.
pub(crate) fn start(plan: &Plan, cgroup: &Cgroup) -> Result<(Pid, OwnedFd), Refusal> {
    let (link, theirs) = pair().at(Step::Namespaces, "make a socket")?;
    let live = move || {
        process::die_with_parent();
        let Ok(link) = process::keep_only(theirs) else { return 1 };
        let keeper = Keeper { plan, cgroup, link };
        let Err(refusal) = keeper.live() else { return 0 };
        let _ = keeper.tell(Event::Failed(refusal));
        1
    };
    Ok((process::fork_with(live).at(Step::Namespaces, "fork")?, link))
}

struct Keeper<'a> {
    plan: &'a Plan,
    cgroup: &'a Cgroup,
    /// Leads to the monitor.
    link: OwnedFd,
}

impl Keeper<'_> {
    /// Its whole life.
    fn live(&self) -> Result<(), Refusal> {
        umask(FileMode::from_bits_truncate(0o022));
        self.cgroup.admit_keeper().at(Step::Cgroup, "admit the keeper to its cgroup")?;
        own_ids::enter_outer(self.plan, self.cgroup)?;
        self.tell(Event::Passed(Step::Namespaces))?;
        become_root(self.plan)?;
        // Once more, as the lab's root: killed labs may have left what belongs to its other ids.
        self.cgroup.sweep_beside();
        self.tell(Event::Passed(Step::Ids))?;
        root::build(self.plan)?;
        self.tell(Event::Passed(Step::Root))?;
        // The two processes that have made the user namespaces.
        while wait().is_ok() {}
        let notify = SocketAddr::from_abstract_name(NOTIFY_ADDRESS)
            .and_then(|address| UnixDatagram::bind_addr(&address))
            .at(Step::Boot, "bind the notify socket")?;
        loop {
            let status = self.boot_once(&notify)?;
            // At the end, the monitor may not remove what belongs to other ids than root's; this
            // process may.
            renew(&seen(&self.cgroup.lab()));
            match status {
                // In a pid namespace, reboot(2) ends PID 1 with one of two signals.
                WaitStatus::Signaled(_, Signal::SIGHUP, _) => self.tell(Event::Rebooting)?,
                WaitStatus::Signaled(_, Signal::SIGINT, _) => {
                    return self.tell(Event::Off(End::PoweredOff));
                }
                status => return self.tell(Event::Off(End::Died(how_it_ended(status)))),
            }
        }
    }

    fn tell(&self, event: Event) -> Result<(), Refusal> {
        send(&self.link, &event, &[]).at(Step::Boot, "tell the monitor")
    }

    /// Boots PID 1, tells when it runs, and returns how it ended.
    fn boot_once(&self, notify: &UnixDatagram) -> Result<WaitStatus, Refusal> {
        // PID 1 of a new pid namespace, with a mount namespace of its own.
        let pid = process::clone_with(libc::CLONE_NEWPID | libc::CLONE_NEWNS, || {
            process::die_with_parent();
            let Err(refusal) = self.become_systemd();
            let _ = self.tell(Event::Failed(refusal));
            1
        })
        .at(Step::Boot, "make a pid namespace")?;
        self.tell(Event::Started(pid.as_raw()))?;
        self.watch(notify, pid)?;
        waitpid(pid, None).at(Step::Boot, "wait for PID 1")
    }

    /// Watches PID 1 until it ends. Tells when systemd says `READY=1`, which it does once its
    /// start-up is finished; see sd_notify(3).
    fn watch(&self, notify: &UnixDatagram, pid: Pid) -> Result<(), Refusal> {
        let pid1 = process::pidfd(pid).at(Step::Boot, "watch PID 1")?;
        let mut packet = [0; 4096];
        let mut running = false;
        loop {
            let [_, ended] = ready::wait([notify.as_fd(), pid1.as_fd()], None)
                .at(Step::Boot, "wait for systemd")?;
            if ended {
                return Ok(());
            }
            let length = notify.recv(&mut packet).at(Step::Boot, "hear from systemd")?;
            let mut lines = packet[..length].split(|&byte| byte == b'\n');
            // Newer ones say so again after each daemon-reload.
            if !running && lines.any(|line| line == b"READY=1") {
                running = true;
                self.tell(Event::Running)?;
            }
        }
    }

    /// Turns the first process of a pid namespace into the lab's systemd. Returns only if that
    /// fails.
    fn become_systemd(&self) -> Result<Infallible, Refusal> {
        let plan = self.plan;
        // First join the cgroup, then make it the root of a new cgroup namespace.
        fs::write(seen(&self.cgroup.lab()).join("cgroup.procs"), "0")
            .at(Step::Cgroup, "join the lab's cgroup")?;
        unshare(CloneFlags::CLONE_NEWCGROUP).at(Step::Cgroup, "make a cgroup namespace")?;
        boot_mounts::kernel(plan.mode)?;
        // The monitor may have been killed before this process was set to die with its parent. Then
        // nobody hears this news, and the process ends by that.
        self.tell(Event::Passed(Step::Proc))?;
        boot_mounts::empty()?;
        boot_mounts::devices(plan.mode)?;
        self.tell(Event::Passed(Step::Devices))?;
        boot_mounts::of_the_host(plan)?;
        let outside = outside_root::build(plan)?;
        send(&self.link, &Event::Mounted, &[outside.as_fd()]).at(Step::Root, "tell the monitor")?;
        drop(outside);
        // systemd mounts credentials and the like in namespaces of their own; without this,
        // services would not see them.
        mount::propagation(Step::Root, MsFlags::MS_SHARED)?;
        // PID 1 has no terminal and no output; what it says goes to the journal.
        process::silence().at(Step::Boot, "open /dev/null")?;
        seccomp::close(Writes::of(plan)).at(Step::Boot, "filter system calls")?;
        let error = Command::new(SYSTEMD)
            .args(["--system", "--show-status=no", "--log-target=journal"])
            .env_clear()
            .envs([
                ("container", "lab"),
                ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"),
                ("TERM", "dumb"),
                ("LANG", "C.UTF-8"),
                ("NOTIFY_SOCKET", &format!("@{NOTIFY_ADDRESS}")),
            ])
            .exec();
        Err(error).at(Step::Boot, format!("run {SYSTEMD}"))
    }
}

fn how_it_ended(status: WaitStatus) -> String {
    match status {
        WaitStatus::Exited(_, code) => format!("its systemd exited with status {code}"),
        WaitStatus::Signaled(_, signal, _) => format!("its systemd was ended by {signal}"),
        other => format!("its systemd ended ({other:?})"),
    }
}

/// The namespaces of a lab, besides its ids, processes and cgroup.
const PLACES: CloneFlags = CloneFlags::CLONE_NEWNS
    .union(CloneFlags::CLONE_NEWUTS)
    .union(CloneFlags::CLONE_NEWIPC)
    .union(CloneFlags::CLONE_NEWNET);

/// Becomes the lab's root, in the lab's places: in a user namespace another user outside.
fn become_root(plan: &Plan) -> Result<(), Refusal> {
    let enter_places = || unshare(PLACES).at(Step::Namespaces, "unshare namespaces");
    if plan.mode == Mode::HostRoot {
        process::drop_host_capabilities();
        return enter_places();
    }
    let become_lab_root =
        || process::become_lab_root(plan.mode).at(Step::Ids, "become the lab's root");
    become_lab_root()?;
    own_ids::enter_inner(plan)?;
    enter_places()?;
    become_lab_root()?;
    process::die_with_parent();
    Ok(())
}

/// The lab's cgroup as the keeper sees it.
fn seen(cgroup: &Path) -> PathBuf {
    Path::new(host::HOST).join(cgroup.strip_prefix("/").unwrap_or(cgroup))
}

/// Replaces the lab's cgroup by a new one, so that the next boot finds nothing of the last one: no
/// groups of units that it does not know, no limits, and no controllers handed on, with which PID 1
/// could not join (a cgroup that hands controllers on may have no processes of its own; see
/// cgroups(7)).
fn renew(cgroup: &Path) {
    let _ = cgroup::remove_tree(cgroup);
    // It stays where it could not be removed; then the next step tells.
    let _ = fs::create_dir(cgroup);
}
