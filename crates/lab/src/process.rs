//! Processes without exec: fork, clone into a new pid namespace, die with the parent, become
//! somebody else.

use std::fs;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::signal::{SigHandler, Signal, signal};
use nix::sys::stat::Mode as FileMode;
use nix::unistd::{
    ForkResult, Gid, Pid, Uid, dup2_stderr, dup2_stdin, dup2_stdout, fork, setgroups, setresgid,
    setresuid,
};
use rustix::process::PidfdFlags;
use rustix::thread::{
    CapabilitySet, capabilities, remove_capability_from_bounding_set, set_capabilities,
};

use crate::mode::Mode;

/// Runs `child` in a forked process, which ends with the status that it returns.
pub(crate) fn fork_with(child: impl FnOnce() -> i32) -> nix::Result<Pid> {
    // SAFETY: the child of a threaded process may use only what fork(2) leaves in order. glibc
    // keeps its allocator usable there, and `child` touches no lock of another thread: it
    // prints nothing and reads no environment.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => leave(child),
    }
}

/// Like [`fork_with`], in new namespaces: `flags` are those of clone(2).
pub(crate) fn clone_with(flags: i32, child: impl FnOnce() -> i32) -> nix::Result<Pid> {
    let flags = libc::c_long::from(flags | libc::SIGCHLD);
    // SAFETY: clone(2) without a stack behaves as fork(2), and the keeper, which calls this, has
    // one thread.
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) };
    match pid {
        0 => leave(child),
        pid => Errno::result(pid).map(|pid| Pid::from_raw(pid as i32)),
    }
}

/// Ends the process with the status of `child`, without running the destructors that belong to the
/// parent.
fn leave(child: impl FnOnce() -> i32) -> ! {
    // A panic must not unwind into the parent's frames, of which this process has a copy.
    let status = catch_unwind(AssertUnwindSafe(child)).unwrap_or(101);
    // SAFETY: _exit(2) only ends the process.
    unsafe { libc::_exit(status) }
}

/// A file descriptor for process `pid` that cannot come to mean another one; see pidfd_open(2).
pub(crate) fn pidfd(pid: Pid) -> rustix::io::Result<OwnedFd> {
    let pid = rustix::process::Pid::from_raw(pid.as_raw()).ok_or(rustix::io::Errno::SRCH)?;
    rustix::process::pidfd_open(pid, PidfdFlags::empty())
}

/// Ends this process when its parent ends. A change of user clears this: call it again afterwards.
pub(crate) fn die_with_parent() {
    // It can only fail for a signal that does not exist.
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
}

/// Ignores `signals`, or gives them back their usual effect.
pub(crate) fn set_signals(signals: &[Signal], handler: SigHandler) {
    for &number in signals {
        // SAFETY: both effects are the kernel's own; no function of ours is called.
        let _ = unsafe { signal(number, handler) };
    }
}

/// Connects the standard streams to `/dev/null`.
pub(crate) fn silence() -> nix::Result<()> {
    let null = nix::fcntl::open("/dev/null", OFlag::O_RDWR, FileMode::empty())?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)
}

/// Becomes root of the user namespace that a lab of `mode` is in.
pub(crate) fn become_lab_root(mode: Mode) -> nix::Result<()> {
    // Where there is one id, the kernel allows nobody to set groups; see user_namespaces(7).
    become_user(0, mode.has_users().then_some(&[]))
}

/// Becomes user and group `id`, with `groups` besides; without any, keeps those that it has.
pub(crate) fn become_user(id: u32, groups: Option<&[Gid]>) -> nix::Result<()> {
    if let Some(groups) = groups {
        setgroups(groups)?;
    }
    let (uid, gid) = (Uid::from_raw(id), Gid::from_raw(id));
    setresgid(gid, gid, gid)?;
    setresuid(uid, uid, uid)
}

/// Closes every descriptor except the standard streams and `fd`, which becomes number 3. For a
/// forked process: it has copies of what all threads of its parent had open, other labs' sockets
/// and commands' pipes among them, and these must close when their owner closes them.
pub(crate) fn keep_only(fd: OwnedFd) -> nix::Result<OwnedFd> {
    const KEPT: i32 = 3;
    // It gets a new number, or is about to be closed with all the others.
    let fd = fd.into_raw_fd();
    // SAFETY: whatever has these numbers belongs to the parent's code, which does not run in this
    // process.
    unsafe {
        if fd != KEPT {
            Errno::result(libc::dup3(fd, KEPT, libc::O_CLOEXEC))?;
        }
        libc::syscall(libc::SYS_close_range, KEPT + 1, u32::MAX, 0);
        Ok(OwnedFd::from_raw_fd(KEPT))
    }
}

/// Drops the capabilities that reach past the lab's namespaces, for good; see capabilities(7).
///
/// Only [`Mode::HostRoot`](crate::Mode::HostRoot) needs this: in a user namespace they have no
/// effect on the host.
pub(crate) fn drop_host_capabilities() {
    let dropped = CapabilitySet::SYS_MODULE
        | CapabilitySet::SYS_RAWIO
        | CapabilitySet::SYS_TIME
        | CapabilitySet::MKNOD
        | CapabilitySet::AUDIT_WRITE
        | CapabilitySet::AUDIT_CONTROL
        | CapabilitySet::AUDIT_READ
        | CapabilitySet::MAC_OVERRIDE
        | CapabilitySet::MAC_ADMIN
        | CapabilitySet::SYSLOG;
    for capability in dropped.iter() {
        // One that we lack already is no error for us.
        let _ = remove_capability_from_bounding_set(capability);
    }
}

/// How much sooner than others a lab is ended when the machine has no memory left; of 1000.
const SOONER: &str = "500";

/// Has the kernel end this process and what it starts before anything else when memory runs out;
/// see proc_pid_oom_score_adj(5). What is started may lower that again, but to no less than others
/// have.
pub(crate) fn end_first_without_memory() {
    const FILE: &str = "/proc/self/oom_score_adj";
    // Written with CAP_SYS_RESOURCE, a value is also the least one for whoever lacks it.
    let present = fs::read_to_string(FILE).ok().and_then(|text| text.trim().parse().ok());
    let _ = fs::write(FILE, present.unwrap_or(0).max(0).to_string());
    let Ok(own) = capabilities(None) else { return };
    let mut less = own;
    less.effective.remove(CapabilitySet::SYS_RESOURCE);
    if set_capabilities(None, less).is_ok() {
        let _ = fs::write(FILE, SOONER);
        let _ = set_capabilities(None, own);
    }
}
