//! The file systems that each boot gets anew: `/proc`, `/sys`, `/run`, `/tmp`, `/dev`, and the
//! directories of the host that were asked for. All are mounted in PID 1's own mount namespace.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use nix::mount::{MntFlags, MsFlags, umount2};
use nix::unistd::sethostname;

use super::host::{HOST, host};
use super::mount::{INERT, PLAIN, bind, bind_read_only, fresh, propagation, show};
use super::shown;
use crate::mode::Mode;
use crate::protocol::Plan;
use crate::refusal::{At, Refusal, Step};

/// What the kernel shows of itself. `/proc/sys` is read-only: most of it is the host's.
pub(super) fn kernel(mode: Mode) -> Result<(), Refusal> {
    fresh(Step::Proc, "proc", "/proc", INERT, "")?;
    bind_read_only(Step::Proc, "/proc/sys", "/proc/sys")?;
    let uuid =
        fs::read_to_string("/proc/sys/kernel/random/uuid").at(Step::Proc, "draw a boot id")?;
    fs::write("/.lab/boot/id", uuid).at(Step::Proc, "write the boot id")?;
    bind_read_only(Step::Proc, "/.lab/boot/id", "/proc/sys/kernel/random/boot_id")?;
    if !mode.has_user_namespace() {
        for file in ["/proc/sysrq-trigger", "/proc/kcore", "/proc/kmsg"] {
            if Path::new(file).exists() {
                bind(Step::Proc, host("/dev/null"), file)?;
            }
        }
    }
    fresh(Step::Proc, "sysfs", "/sys", INERT | MsFlags::MS_RDONLY, "")?;
    fresh(Step::Cgroup, "cgroup2", "/sys/fs/cgroup", INERT, "")
}

/// An empty `/run` and `/tmp`.
pub(super) fn empty() -> Result<(), Refusal> {
    fresh(Step::Root, "tmpfs", "/run", PLAIN, "mode=755,size=64m")?;
    fresh(Step::Root, "tmpfs", "/tmp", PLAIN, "mode=1777,size=64m")?;
    // journald then writes to /var/log/journal from its first line, and the log outlives a reboot.
    fs::create_dir_all("/run/systemd/journal")
        .and_then(|()| fs::write("/run/systemd/journal/flushed", ""))
        .at(Step::Root, "write to /run")
}

/// A `/dev` with the six devices that every program expects, and terminals of its own. No
/// `/dev/kmsg`, no disks.
pub(super) fn devices(mode: Mode) -> Result<(), Refusal> {
    fresh(Step::Devices, "tmpfs", "/dev", MsFlags::MS_NOSUID, "mode=755,size=4m")?;
    for name in ["null", "zero", "full", "random", "urandom", "tty"] {
        let device = Path::new("/dev").join(name);
        fs::write(&device, "").at(Step::Devices, format!("make {}", device.display()))?;
        // Read-only: one can still write to the device, but not change its mode, which is the
        // host's too.
        bind_read_only(Step::Devices, host(&device), &device)?;
    }
    for directory in ["/dev/pts", "/dev/shm", "/dev/mqueue"] {
        fs::create_dir(directory).at(Step::Devices, format!("make {directory}"))?;
    }
    // Group 5 is tty; in a lab with one id there is no such group.
    let options = if mode.has_users() {
        "newinstance,mode=620,gid=5,ptmxmode=666"
    } else {
        "newinstance,mode=620,ptmxmode=666"
    };
    fresh(Step::Devices, "devpts", "/dev/pts", MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC, options)?;
    fresh(Step::Devices, "tmpfs", "/dev/shm", PLAIN, "mode=1777,size=64m")?;
    for (target, link) in [
        ("pts/ptmx", "ptmx"),
        ("/proc/self/fd", "fd"),
        ("fd/0", "stdin"),
        ("fd/1", "stdout"),
        ("fd/2", "stderr"),
    ] {
        symlink(target, Path::new("/dev").join(link))
            .at(Step::Devices, format!("link /dev/{link}"))?;
    }
    Ok(())
}

/// The directories of the host that were asked for; then lets go of the host's root. All that is
/// mounted now is private.
pub(super) fn of_the_host(plan: &Plan) -> Result<(), Refusal> {
    for (number, wanted) in plan.binds.iter().enumerate() {
        show(&shown::source(number), &wanted.path, wanted.access)?;
    }
    sethostname("lab").at(Step::Root, "set the host name")?;
    umount2(HOST, MntFlags::MNT_DETACH).at(Step::Root, "let go of the host's root")?;
    propagation(Step::Root, MsFlags::MS_PRIVATE)
}
