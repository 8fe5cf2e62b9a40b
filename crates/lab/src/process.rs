//! Processes without exec: fork, clone into a new pid namespace, die with the parent.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::unistd::{ForkResult, Pid, fork};

/// Runs `child` in a forked process, which ends with the status that it returns.
pub(crate) fn fork_with(child: impl FnOnce() -> i32) -> nix::Result<Pid> {
    // SAFETY: the child of a threaded process may use only what fork(2) leaves in order. glibc keeps its allocator
    // usable there, and `child` touches no lock of another thread: it prints nothing and reads no environment.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => leave(child),
    }
}

/// Like [`fork_with`], but the child is PID 1 of a new pid namespace, with a mount namespace of its own.
pub(crate) fn fork_as_pid1(child: impl FnOnce() -> i32) -> nix::Result<Pid> {
    let flags = libc::CLONE_NEWPID | libc::CLONE_NEWNS | libc::SIGCHLD;
    // SAFETY: clone(2) without a stack behaves as fork(2), and the keeper, which calls this, has one thread.
    let pid = unsafe { libc::syscall(libc::SYS_clone, libc::c_long::from(flags), 0, 0, 0, 0) };
    match pid {
        0 => leave(child),
        pid => Errno::result(pid).map(|pid| Pid::from_raw(pid as i32)),
    }
}

/// Ends the process with the status of `child`, without running the destructors that belong to the parent.
fn leave(child: impl FnOnce() -> i32) -> ! {
    // A panic must not unwind into the parent's frames, of which this process has a copy.
    let status = catch_unwind(AssertUnwindSafe(child)).unwrap_or(101);
    // SAFETY: _exit(2) only ends the process.
    unsafe { libc::_exit(status) }
}

/// A file descriptor for process `pid` that cannot come to mean another one; see pidfd_open(2).
pub(crate) fn pidfd(pid: Pid) -> io::Result<OwnedFd> {
    // SAFETY: pidfd_open(2) takes no pointers, and a descriptor that it returns belongs to nobody else.
    unsafe {
        let fd = libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0);
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(OwnedFd::from_raw_fd(fd as i32))
    }
}

/// Sends a signal to the process behind a descriptor of [`pidfd`]. One that has ended gets none.
pub(crate) fn signal(process: &OwnedFd, signal: Signal) {
    let (fd, none) = (process.as_raw_fd(), std::ptr::null::<libc::siginfo_t>());
    // SAFETY: pidfd_send_signal(2) takes no pointer but one that may be null.
    unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal as i32, none, 0) };
}

/// Ends this process when its parent ends. A change of user clears this: call it again afterwards.
pub(crate) fn die_with_parent() {
    // SAFETY: prctl(2) with PR_SET_PDEATHSIG takes a number.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}

/// Closes every descriptor but the standard streams and `fd`, which becomes number 3. For a forked process: it has copies of
/// what all threads of its parent had open, other labs' sockets and commands' pipes among them, and these must close when
/// their owner closes them.
pub(crate) fn keep_only(fd: OwnedFd) -> nix::Result<OwnedFd> {
    const KEPT: i32 = 3;
    // It has a new number, or is about to be closed with all the others.
    let fd = fd.into_raw_fd();
    // SAFETY: whatever has these numbers belongs to the parent's code, which does not run in this process.
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
/// Only [`Mode::Root`](crate::Mode::Root) needs this: in a user namespace they have no effect on the host.
pub(crate) fn drop_host_capabilities() {
    const CAP_SYS_MODULE: libc::c_ulong = 16;
    const CAP_SYS_RAWIO: libc::c_ulong = 17;
    const CAP_SYS_TIME: libc::c_ulong = 25;
    const CAP_MKNOD: libc::c_ulong = 27;
    const CAP_AUDIT_WRITE: libc::c_ulong = 29;
    const CAP_AUDIT_CONTROL: libc::c_ulong = 30;
    const CAP_MAC_OVERRIDE: libc::c_ulong = 32;
    const CAP_MAC_ADMIN: libc::c_ulong = 33;
    const CAP_SYSLOG: libc::c_ulong = 34;
    const CAP_AUDIT_READ: libc::c_ulong = 37;
    for capability in [
        CAP_SYS_MODULE,
        CAP_SYS_RAWIO,
        CAP_SYS_TIME,
        CAP_MKNOD,
        CAP_AUDIT_WRITE,
        CAP_AUDIT_CONTROL,
        CAP_MAC_OVERRIDE,
        CAP_MAC_ADMIN,
        CAP_SYSLOG,
        CAP_AUDIT_READ,
    ] {
        // SAFETY: prctl(2) with PR_CAPBSET_DROP takes a number. One that we lack already is no error for us.
        unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
    }
}
