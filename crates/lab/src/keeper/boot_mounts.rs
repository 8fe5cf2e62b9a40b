//! The file systems that each boot gets anew: `/proc`, `/sys`, `/run`, `/tmp`, `/dev`, and the
//! directories of the host that were asked for.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use nix::mount::{MntFlags, MsFlags, umount2};
use nix::unistd::sethostname;

use super::host::{HOST, host};
use super::mount::{INERT, PLAIN, bind, bind_read_only, fresh, propagation};
use super::shown;
use crate::mode::Mode;
use crate::options::Access;
use crate::protocol::Plan;
use crate::refusal::{At, Refusal, Step};

/// Mounts everything for one boot, in PID 1's own mount namespace, and lets go of the host's root.
/// All of it is private.
pub(super) fn mount(
    plan: &Plan,
    passed: &impl Fn(Step) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    kernel(plan.mode)?;
    passed(Step::Proc)?;
    fresh(Step::Root, "tmpfs", "/run", PLAIN, "mode=755,size=64m")?;
    fresh(Step::Root, "tmpfs", "/tmp", PLAIN, "mode=1777,size=64m")?;
    // journald then writes to /var/log/journal from its first line, and the log outlives a reboot.
    fs::create_dir_all("/run/systemd/journal")
        .and_then(|()| fs::write("/run/systemd/journal/flushed", ""))
        .at(Step::Root, "write to /run")?;
    devices(plan.mode)?;
    passed(Step::Devices)?;
    for (number, wanted) in plan.binds.iter().enumerate() {
        let source = shown::source(plan, number);
        fs::create_dir_all(&wanted.path)
            .at(Step::Root, format!("make {}", wanted.path.display()))?;
        match wanted.access {
            Access::ReadWrite => bind(Step::Root, &source, &wanted.path)?,
            Access::ReadOnly => bind_read_only(Step::Root, &source, &wanted.path)?,
        }
    }
    sethostname("lab").at(Step::Root, "set the host name")?;
    umount2(HOST, MntFlags::MNT_DETACH).at(Step::Root, "let go of the host's root")?;
    propagation(Step::Root, MsFlags::MS_PRIVATE)
}

/// What the kernel shows of itself. `/proc/sys` is read-only: most of it is the host's.
fn kernel(mode: Mode) -> Result<(), Refusal> {
    fresh(Step::Proc, "proc", "/proc", INERT, "")?;
    bind_read_only(Step::Proc, Path::new("/proc/sys"), Path::new("/proc/sys"))?;
    let uuid =
        fs::read_to_string("/proc/sys/kernel/random/uuid").at(Step::Proc, "draw a boot id")?;
    fs::write("/.lab/boot/id", uuid).at(Step::Proc, "write the boot id")?;
    bind_read_only(
        Step::Proc,
        Path::new("/.lab/boot/id"),
        Path::new("/proc/sys/kernel/random/boot_id"),
    )?;
    if !mode.has_user_namespace() {
        for file in ["/proc/sysrq-trigger", "/proc/kcore", "/proc/kmsg"] {
            if Path::new(file).exists() {
                bind(Step::Proc, &host("/dev/null"), Path::new(file))?;
            }
        }
    }
    fresh(Step::Proc, "sysfs", "/sys", INERT | MsFlags::MS_RDONLY, "")?;
    fresh(Step::Cgroup, "cgroup2", "/sys/fs/cgroup", INERT, "")
}

/// A `/dev` with the six devices that every program expects, and terminals of its own. No
/// `/dev/kmsg`, no disks.
fn devices(mode: Mode) -> Result<(), Refusal> {
    fresh(Step::Devices, "tmpfs", "/dev", MsFlags::MS_NOSUID, "mode=755,size=4m")?;
    for name in ["null", "zero", "full", "random", "urandom", "tty"] {
        let device = Path::new("/dev").join(name);
        fs::write(&device, "").at(Step::Devices, format!("make {}", device.display()))?;
        // Read-only: one can still write to the device, but not change its mode, which is the
        // host's too.
        bind_read_only(Step::Devices, &host(&device), &device)?;
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
