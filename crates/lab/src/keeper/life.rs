//! What a keeper does: enters the namespaces, builds the root once, then boots PID 1, again after
//! each reboot.

use std::convert::Infallible;
use std::ffi::CString;
use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};

use nix::mount::MsFlags;
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode as FileMode, umask};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{Pid, execve};

use super::{boot_mounts, host, mount, outside_root, own_ids, programs, root};
use crate::cgroup;
use crate::error::End;
use crate::mode::Mode;
use crate::protocol::{Event, Plan, receive, send};
use crate::refusal::{At, Refusal, Step};
use crate::seccomp::{self, Writes};
use crate::{process, ready};

/// An abstract address: it lives in the lab's network namespace and needs no file.
const NOTIFY_ADDRESS: &str = "servicios-lab/notify";

/// The keeper's whole life. `cgroup` is the directory of the lab's root cgroup, `link` leads to the
/// monitor.
pub(super) fn keep(plan: &Plan, cgroup: &Path, link: &OwnedFd) -> Result<(), Refusal> {
    umask(FileMode::from_bits_truncate(0o022));
    first_namespaces(plan)?;
    let tell = |event: Event| send(link, &event, &[]).at(Step::Boot, "tell the monitor");
    tell(Event::Passed(Step::Namespaces))?;
    let Ok(Some(((), _))) = receive(link) else {
        return Ok(());
    };
    become_root(plan)?;
    // Once more, as the lab's root: killed labs may have left what belongs to its other ids.
    if let Some(base) = cgroup.ancestors().nth(2) {
        cgroup::sweep_below(base);
    }
    tell(Event::Passed(Step::Ids))?;
    root::build(plan)?;
    tell(Event::Passed(Step::Root))?;
    let address =
        SocketAddr::from_abstract_name(NOTIFY_ADDRESS).at(Step::Boot, "name the notify socket")?;
    let notify = UnixDatagram::bind_addr(&address).at(Step::Boot, "bind the notify socket")?;
    loop {
        let status = boot_once(plan, cgroup, link, &notify)?;
        // At the end, the monitor may not remove what belongs to other ids than root's; this
        // process may.
        renew(&seen(cgroup));
        match status {
            // In a pid namespace, reboot(2) ends PID 1 with one of two signals.
            WaitStatus::Signaled(_, Signal::SIGHUP, _) => tell(Event::Rebooting)?,
            WaitStatus::Signaled(_, Signal::SIGINT, _) => return tell(Event::Off(End::PoweredOff)),
            status => return tell(Event::Off(End::Died(how_it_ended(status)))),
        }
    }
}

/// Boots PID 1, tells when it runs, and returns how it ended.
fn boot_once(
    plan: &Plan,
    cgroup: &Path,
    link: &OwnedFd,
    notify: &UnixDatagram,
) -> Result<WaitStatus, Refusal> {
    let pid = process::fork_as_pid1(|| {
        process::die_with_parent();
        let Err(refusal) = become_systemd(plan, cgroup, link);
        let _ = send(link, &Event::Failed(refusal), &[]);
        1
    })
    .at(Step::Boot, "make a pid namespace")?;
    send(link, &Event::Started(pid.as_raw()), &[]).at(Step::Boot, "tell the monitor")?;
    watch(notify, pid, link)?;
    waitpid(pid, None).at(Step::Boot, "wait for PID 1")
}

fn how_it_ended(status: WaitStatus) -> String {
    match status {
        WaitStatus::Exited(_, code) => format!("its systemd exited with status {code}"),
        WaitStatus::Signaled(_, signal, _) => format!("its systemd was ended by {signal}"),
        other => format!("its systemd ended ({other:?})"),
    }
}

/// Enters what the monitor has to know of: for an ordinary user a user namespace, whose ids are to
/// be mapped from outside, for root all.
fn first_namespaces(plan: &Plan) -> Result<(), Refusal> {
    match plan.mode {
        Mode::Subuid | Mode::Single => unshare_all(CloneFlags::CLONE_NEWUSER),
        Mode::Sudo | Mode::Root => own_ids::enter_by_root(plan),
        Mode::HostRoot => unshare_all(PLACES),
    }
}

/// The namespaces of a lab, besides its ids, processes and cgroup.
const PLACES: CloneFlags = CloneFlags::CLONE_NEWNS
    .union(CloneFlags::CLONE_NEWUTS)
    .union(CloneFlags::CLONE_NEWIPC)
    .union(CloneFlags::CLONE_NEWNET);

fn unshare_all(flags: CloneFlags) -> Result<(), Refusal> {
    unshare(flags).at(Step::Namespaces, "unshare namespaces")
}

/// Becomes the lab's root: in a user namespace another user outside.
fn become_root(plan: &Plan) -> Result<(), Refusal> {
    if plan.mode == Mode::HostRoot {
        process::drop_host_capabilities();
        return Ok(());
    }
    let become_lab_root =
        || process::become_lab_root(plan.mode).at(Step::Ids, "become the lab's root");
    become_lab_root()?;
    own_ids::enter(plan)?;
    unshare_all(PLACES)?;
    become_lab_root()?;
    process::die_with_parent();
    Ok(())
}

/// Watches PID 1 until it ends. Tells when systemd says `READY=1`, which it does once its start-up
/// is finished; see sd_notify(3).
fn watch(notify: &UnixDatagram, pid: Pid, link: &OwnedFd) -> Result<(), Refusal> {
    let pid1 = process::pidfd(pid).at(Step::Boot, "watch PID 1")?;
    let mut packet = [0; 4096];
    let mut running = false;
    loop {
        let [_, ended] =
            ready::wait([notify.as_fd(), pid1.as_fd()], None).at(Step::Boot, "wait for systemd")?;
        if ended {
            return Ok(());
        }
        let length = notify.recv(&mut packet).at(Step::Boot, "hear from systemd")?;
        let is_ready = packet[..length].split(|&byte| byte == b'\n').any(|line| line == b"READY=1");
        // Newer ones say so again after each daemon-reload.
        if is_ready && !running {
            running = true;
            send(link, &Event::Running, &[]).at(Step::Boot, "tell the monitor")?;
        }
    }
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

/// Turns the first process of a pid namespace into the lab's systemd. Returns only if that fails.
fn become_systemd(plan: &Plan, cgroup: &Path, link: &OwnedFd) -> Result<Infallible, Refusal> {
    // First join the cgroup, then make it the root of a new cgroup namespace.
    fs::write(seen(cgroup).join("cgroup.procs"), "0").at(Step::Cgroup, "join the lab's cgroup")?;
    unshare(CloneFlags::CLONE_NEWCGROUP).at(Step::Cgroup, "make a cgroup namespace")?;
    // The monitor may have been killed before this process was set to die with its parent. Then
    // nobody hears this news, and the process ends by that.
    boot_mounts::mount(plan, &|step| {
        send(link, &Event::Passed(step), &[]).at(step, "tell the monitor")
    })?;
    let outside = outside_root::build(plan)?;
    send(link, &Event::Mounted, &[outside.as_fd()]).at(Step::Root, "tell the monitor")?;
    drop(outside);
    // systemd mounts credentials and the like in namespaces of their own; without this, services
    // would not see them.
    mount::propagation(Step::Root, MsFlags::MS_SHARED)?;
    // PID 1 has no terminal and no output; what it says goes to the journal.
    process::silence().at(Step::Boot, "open /dev/null")?;
    let program = programs::systemd()?;
    let notify = format!("NOTIFY_SOCKET=@{NOTIFY_ADDRESS}");
    let env = [
        "container=lab",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
        "TERM=dumb",
        "LANG=C.UTF-8",
        &notify,
    ];
    seccomp::close(Writes::of(plan.mode, &plan.binds)).at(Step::Boot, "filter system calls")?;
    let args = [program, "--system", "--show-status=no", "--log-target=journal"];
    execve(&c_strings(&args)[0], &c_strings(&args), &c_strings(&env))
        .at(Step::Boot, format!("run {program}"))
}

/// None of our words has a NUL in it; one that had would become empty.
fn c_strings(words: &[&str]) -> Vec<CString> {
    words.iter().map(|word| CString::new(*word).unwrap_or_default()).collect()
}
