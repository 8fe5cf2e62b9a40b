// What a submission would do to the check that runs beside it in the lab. This file is no module: a
// test appends it to a daemon's source, and hands that in.

use std::ffi::{c_int, c_long};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;

unsafe extern "C" {
    fn geteuid() -> u32;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn ptrace(request: c_int, pid: c_int, address: usize, data: usize) -> c_long;
    fn prlimit(pid: c_int, resource: c_int, new: *const [u64; 2], old: *mut [u64; 2]) -> c_int;
    fn setpriority(which: c_int, who: c_int, priority: c_int) -> c_int;
    fn syscall(number: c_long, a: c_long, b: c_long, c: c_long) -> c_long;
}

/// PTRACE_ATTACH and PTRACE_SEIZE, RLIMIT_NOFILE, pidfd_open and pidfd_getfd.
const ATTACH: [c_int; 2] = [16, 0x4206];
const NOFILE: c_int = 7;
const PIDFD_OPEN: c_long = 434;
const PIDFD_GETFD: c_long = 438;

/// The first thing that it could do and should not.
pub(super) fn reached() -> Option<String> {
    inherited().or_else(of_processes).or_else(of_files).or_else(of_systemd)
}

/// A descriptor beyond the three that a program has, and the one that looks.
fn inherited() -> Option<String> {
    let mut open = std::fs::read_dir("/proc/self/fd").ok()?.flatten();
    open.find_map(|entry| {
        let leads = std::fs::read_link(entry.path()).ok()?;
        let number: u32 = entry.file_name().to_str()?.parse().ok()?;
        (number > 2 && !leads.ends_with("fd")).then(|| format!("descriptor {number}: {leads:?}"))
    })
}

/// Something of a process that has another account.
fn of_processes() -> Option<String> {
    let ours = unsafe { geteuid() };
    let mut count = 0;
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<c_int>() else { continue };
        // Whoever has our own account is the submission, or there is one account for all.
        let status = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
        let owner = status.lines().find_map(|line| line.strip_prefix("Uid:\t")?.split('\t').next());
        if owner.is_none_or(|owner| owner == ours.to_string()) {
            continue;
        }
        count += 1;
        if let Some(how) = of_process(pid, &entry.path()) {
            return Some(format!("{how} of {pid}"));
        }
    }
    (count == 0).then(|| "no process of another account was there to be tried".to_owned())
}

fn of_process(pid: c_int, directory: &std::path::Path) -> Option<String> {
    for name in ["environ", "mem", "maps", "auxv", "syscall", "stack", "io"] {
        let read = std::fs::read(directory.join(name)).is_ok_and(|bytes| !bytes.is_empty());
        let opened = std::fs::OpenOptions::new().write(true).open(directory.join(name)).is_ok();
        if read || opened {
            return Some(name.to_owned());
        }
    }
    for name in ["root", "cwd", "exe"] {
        if std::fs::read_link(directory.join(name)).is_ok() {
            return Some(name.to_owned());
        }
    }
    if std::fs::read_dir(directory.join("fd")).is_ok_and(|mut fds| fds.next().is_some()) {
        return Some("descriptors".to_owned());
    }
    unsafe {
        let id = syscall(PIDFD_OPEN, pid.into(), 0, 0);
        let tries = [
            ("a signal", kill(pid, 0) == 0),
            ("ptrace", ATTACH.iter().any(|request| ptrace(*request, pid, 0, 0) == 0)),
            ("limits", prlimit(pid, NOFILE, &[3, 3], std::ptr::null_mut()) == 0),
            ("priority", setpriority(0, pid, 19) == 0),
            ("a descriptor", (0..8).any(|fd| syscall(PIDFD_GETFD, id, fd, 0) >= 0)),
        ];
        tries.iter().find(|(_, done)| *done).map(|(how, _)| (*how).to_owned())
    }
}

/// Something of the check's in the directory that they share.
fn of_files() -> Option<String> {
    let ours = unsafe { geteuid() };
    for entry in std::fs::read_dir("/tmp").ok()?.flatten() {
        let path = entry.path();
        if entry.metadata().is_ok_and(|found| found.uid() != ours) {
            let moved = std::fs::rename(&path, path.with_extension("moved")).is_ok();
            let made = std::fs::write(path.join("x"), "x").is_ok();
            let opened = std::fs::OpenOptions::new().write(true).open(path.join("page")).is_ok();
            let removed = std::fs::remove_dir_all(&path).is_ok();
            if moved || made || opened || removed {
                return Some(format!("{path:?}"));
            }
        }
    }
    None
}

/// Something of the lab's systemd, which obeys root only.
fn of_systemd() -> Option<String> {
    for path in ["/run/systemd/private", "/run/dbus/system_bus_socket.moved", "/run/initctl"] {
        let opened = std::fs::OpenOptions::new().write(true).open(path).is_ok();
        if UnixStream::connect(path).is_ok() || opened {
            return Some(path.to_owned());
        }
    }
    let commands = [
        "systemctl daemon-reload",
        "systemctl stop systemd-journald.service systemd-journald.socket",
        "systemctl kill --signal=KILL init.scope",
        "systemctl set-environment LD_PRELOAD=/tmp/x.so",
        "systemctl poweroff",
        "systemd-run true",
        "mount -t tmpfs tmpfs /tmp",
    ];
    commands.into_iter().find_map(|command| {
        let mut words = command.split(' ');
        let mut command_line = std::process::Command::new(words.next()?);
        let done = command_line.args(words).output().is_ok_and(|ended| ended.status.success());
        done.then(|| command.to_owned())
    })
}
