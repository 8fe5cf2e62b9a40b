//! The cgroup v2 directory that a lab lives in; see cgroups(7).

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::fcntl::{Flock, FlockArg};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{Pid, Uid, chown};

use crate::error::{At, Refusal, Step};
use crate::{Lab, Mode, Options};

/// A lab's own cgroup, removed with all below it when this is dropped.
///
/// It has two children: `lab`, which is the root of what the lab sees, and `keeper` for the process outside of that.
/// Both are below one directory that the lab's root may write to, or a move between them would be refused.
pub(crate) struct Cgroup {
    path: PathBuf,
    /// The monitor's for as long as it lives, and the kernel takes it back whatever ends it: a directory without is a dead lab's.
    _lock: Flock<File>,
}

impl Cgroup {
    /// Makes a cgroup below the one that this process is in; an ordinary user's systemd is asked for one where
    /// that is not allowed. Sweeps what dead labs have left there.
    pub(crate) fn make() -> Result<Self, Refusal> {
        let base = own().at(Step::Cgroup, "find the cgroup of this process")?;
        let what = format!("write to {}", base.display());
        match Self::make_below(&base) {
            Err(error)
                if error.kind() == io::ErrorKind::PermissionDenied
                    && !Uid::effective().is_root() =>
            {
                Self::make_in_scope()
                    .map_err(|why| Refusal::new(Step::Cgroup, what, format!("{error}, and {why}")))
            }
            result => result.at(Step::Cgroup, what),
        }
    }

    fn make_below(base: &Path) -> io::Result<Self> {
        // Being allowed to make a directory is not enough: processes must be allowed to move there.
        fs::OpenOptions::new().write(true).open(base.join("cgroup.procs"))?;
        sweep_below(base);
        let mut result = Err(io::ErrorKind::AlreadyExists.into());
        // A dead lab whose monitor had our number may have left what we cannot sweep; another one's sweep may come between.
        for attempt in 0..8 {
            result = Self::make_at(base.join(format!("{PREFIX}{}.{attempt}", std::process::id())));
            if result.is_ok() {
                break;
            }
        }
        result
    }

    fn make_at(path: PathBuf) -> io::Result<Self> {
        fs::create_dir(&path)?;
        let lock = Flock::lock(File::open(&path)?, FlockArg::LockExclusive);
        let lock = lock.map_err(|(_, errno)| errno)?;
        let cgroup = Cgroup { path, _lock: lock };
        fs::create_dir(cgroup.keeper())?;
        fs::create_dir(cgroup.lab())?;
        Ok(cgroup)
    }

    /// Makes a cgroup in a scope of our own. Nobody else is in it, so that the lab can have its controllers:
    /// `MemoryMax=` and the like.
    fn make_in_scope() -> io::Result<Self> {
        enter_delegated_scope()?;
        let base = own()?;
        let cgroup = Self::make_below(&base)?;
        // Beside the lab's, so that this one can be removed at the end; systemd removes the scope with what is in it.
        let monitor = base.join("monitor");
        fs::create_dir(&monitor)?;
        fs::write(monitor.join("cgroup.procs"), "0")?;
        for folder in [&base, &cgroup.path] {
            for controller in
                fs::read_to_string(folder.join("cgroup.controllers"))?.split_whitespace()
            {
                // One that cannot be had costs the lessons on it, not the lab.
                let _ = fs::write(folder.join("cgroup.subtree_control"), format!("+{controller}"));
            }
        }
        Ok(cgroup)
    }

    /// The directory that is the lab's root cgroup.
    pub(crate) fn lab(&self) -> PathBuf {
        self.path.join("lab")
    }

    fn keeper(&self) -> PathBuf {
        self.path.join("keeper")
    }

    /// Moves the keeper in.
    pub(crate) fn admit_keeper(&self, pid: Pid) -> io::Result<()> {
        fs::write(self.keeper().join("cgroup.procs"), pid.to_string())
    }

    /// Gives the cgroup to `uid`, as `Delegate=` does; see systemd.resource-control(5).
    pub(crate) fn give_to(&self, uid: u32) -> io::Result<()> {
        for folder in [&self.path, &self.keeper(), &self.lab()] {
            for file in ["", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"] {
                chown(&folder.join(file), Some(Uid::from_raw(uid)), None)?;
            }
        }
        Ok(())
    }

    /// Waits, for at most five seconds, until no process is left inside.
    fn wait_until_empty(&self) -> io::Result<()> {
        let mut events = File::open(self.path.join("cgroup.events"))?;
        for _ in 0..50 {
            let mut text = String::new();
            events.rewind()?;
            events.read_to_string(&mut text)?;
            if text.contains("populated 0") {
                break;
            }
            // A change of this file since it was read is an urgent event.
            poll(&mut [PollFd::new(events.as_fd(), PollFlags::POLLPRI)], PollTimeout::from(100u8))?;
        }
        Ok(())
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // Whatever stays behind is swept by the next lab.
        let _ = self.wait_until_empty();
        let _ = remove_tree(&self.path);
    }
}

/// The names of lab cgroups start with this; the monitor's process id follows.
const PREFIX: &str = "servicios-lab-";

/// Removes the cgroups of labs whose monitor was killed. Returns how many there were.
///
/// # Errors
/// When this process has no cgroup v2 directory.
pub fn sweep() -> io::Result<usize> {
    let base = own()?;
    let before = dead_below(&base).len();
    sweep_below(&base);
    if !dead_below(&base).is_empty() && !Uid::effective().is_root() {
        // What the learner's own manager made belongs to a subordinate id. Only the root of a lab with these ids may
        // remove it, and its keeper does so at the start.
        let _ = Lab::try_boot(Mode::Subuid, &Options::default(), |_| {});
    }
    Ok(before.saturating_sub(dead_below(&base).len()))
}

/// Removes what dead labs have left below `base`, as far as this user may.
pub(crate) fn sweep_below(base: &Path) {
    for (path, _lock) in dead_below(base) {
        let _ = remove_tree(&path);
    }
}

/// The cgroups below `base` that no monitor holds, each locked so that nobody else takes it for one meanwhile.
fn dead_below(base: &Path) -> Vec<(PathBuf, Flock<File>)> {
    let entries = fs::read_dir(base).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()))
        .filter_map(|entry| {
            let folder = File::open(entry.path()).ok()?;
            let lock = Flock::lock(folder, FlockArg::LockExclusiveNonblock).ok()?;
            // The monitor's death is followed by that of its lab, but not at once.
            let events = fs::read_to_string(entry.path().join("cgroup.events")).ok()?;
            events.contains("populated 0").then(|| (entry.path(), lock))
        })
        .collect()
}

/// Removes a cgroup and all below it, leaves first; fails on one that still has processes.
pub(crate) fn remove_tree(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_tree(&entry.path())?;
        }
    }
    fs::remove_dir(path)
}

/// The directory of the cgroup v2 that this process is in.
fn own() -> io::Result<PathBuf> {
    let missing = |what| io::Error::new(io::ErrorKind::NotFound, what);
    let groups = fs::read_to_string("/proc/self/cgroup")?;
    let path = groups
        .lines()
        .find_map(|line| line.strip_prefix("0::/"))
        .ok_or_else(|| missing("no cgroup v2 in /proc/self/cgroup"))?;
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let root = mounts
        .lines()
        .find_map(cgroup2_mount_point)
        .ok_or_else(|| missing("no cgroup2 file system is mounted"))?;
    Ok(Path::new(root).join(path))
}

/// The mount point in a line of proc_pid_mounts(5), if it is of a cgroup2.
fn cgroup2_mount_point(line: &str) -> Option<&str> {
    let mut fields = line.split(' ');
    let (_source, target, kind) = (fields.next()?, fields.next()?, fields.next()?);
    (kind == "cgroup2").then_some(target)
}

/// Moves this process into a new scope that the user's own systemd hands over; see the scope API of systemd.
fn enter_delegated_scope() -> io::Result<()> {
    let pid = std::process::id().to_string();
    let scope = format!("servicios-lab-{pid}.scope");
    let output = Command::new("busctl")
        .args([
            "--user",
            "--quiet",
            "call",
            "org.freedesktop.systemd1",
            "/org/freedesktop/systemd1",
        ])
        .args([
            "org.freedesktop.systemd1.Manager",
            "StartTransientUnit",
            "ssa(sv)a(sa(sv))",
            &scope,
            "fail",
        ])
        .args([
            "3",
            "Delegate",
            "b",
            "true",
            "CollectMode",
            "s",
            "inactive-or-failed",
            "PIDs",
            "au",
            "1",
            &pid,
            "0",
        ])
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("the user's systemd gave no scope: {}", said.trim())));
    }
    wait_for_scope(&scope)
}

/// The call above returns when the job is queued; the kernel says when it is done.
fn wait_for_scope(scope: &str) -> io::Result<()> {
    for _ in 0..200 {
        if own()?.ends_with(scope) {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    Err(io::Error::other(format!("the user's systemd did not start {scope}")))
}
