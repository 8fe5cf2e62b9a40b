//! The cgroup v2 directory that a lab lives in; see cgroups(7).

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use nix::unistd::{Uid, chown};

use crate::refusal::{At, Obstacle, Refusal, Step};
use crate::scope;

/// A lab's own cgroup, removed with all below it when this is dropped.
///
/// It has two children: `lab`, which is the root of what the lab sees, and `keeper` for the process
/// outside of that. Both are below one directory that the lab's root may write to, or a move
/// between them would be refused.
pub(crate) struct Cgroup {
    path: PathBuf,
    /// Held by the monitor as long as it lives. The kernel gives it back however the monitor ends,
    /// so that a directory that nobody has locked belongs to a dead lab.
    _lock: Flock<File>,
}

impl Cgroup {
    /// Makes a cgroup: in a scope of its own, where systemd gives one, so that the lab can have
    /// controllers; or else below the cgroup that this process is in. Sweeps what dead labs
    /// have left there.
    pub(crate) fn make() -> Result<Self, Refusal> {
        let base = own()
            .at(Step::Cgroup, "find the cgroup of this process")
            .map_err(|refusal| refusal.because(Obstacle::NoCgroup2))?;
        let no_scope = match scope::enter(own) {
            Ok(scope) => return Self::make_in_scope(&scope).at(Step::Cgroup, in_words(&scope)),
            Err(refusal) => refusal,
        };
        Self::make_below(&base).at(Step::Cgroup, in_words(&base)).map_err(|refusal| Refusal {
            cause: format!("{refusal}, and {no_scope}"),
            obstacle: no_scope.obstacle,
            ..refusal
        })
    }

    fn make_below(base: &Path) -> io::Result<Self> {
        // To be allowed to make a directory is not enough: processes must be allowed to move there.
        OpenOptions::new().write(true).open(base.join("cgroup.procs"))?;
        sweep_below(base);
        let mut result = Err(io::ErrorKind::AlreadyExists.into());
        // The kernel may have given us the process id of a monitor that died; then its lab's
        // directory is still there, if we may not remove it. And another lab may remove
        // ours, until it is locked, because it takes it for such a one.
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
        hand_on(&cgroup.path)?;
        Ok(cgroup)
    }

    fn make_in_scope(scope: &Path) -> io::Result<Self> {
        let cgroup = Self::make_below(scope)?;
        // The monitor moves beside the lab: a cgroup with processes cannot hand controllers on. At
        // the end the lab's directory is removed by us, and the scope with the monitor's by
        // systemd.
        let monitor = scope.join("monitor");
        fs::create_dir(&monitor)?;
        fs::write(monitor.join("cgroup.procs"), "0")?;
        hand_on(scope)?;
        hand_on(&cgroup.path)?;
        Ok(cgroup)
    }

    /// The directory that is the lab's root cgroup.
    pub(crate) fn lab(&self) -> PathBuf {
        self.path.join("lab")
    }

    fn keeper(&self) -> PathBuf {
        self.path.join("keeper")
    }

    /// Moves this process in, which is the keeper.
    pub(crate) fn admit_keeper(&self) -> io::Result<()> {
        fs::write(self.keeper().join("cgroup.procs"), "0")
    }

    /// Sweeps what dead labs have left beside this one.
    pub(crate) fn sweep_beside(&self) {
        if let Some(base) = self.path.parent() {
            sweep_below(base);
        }
    }

    /// Gives the cgroup to another user, as `Delegate=` does; see systemd.resource-control(5).
    pub(crate) fn give_to(&self, uid: Option<u32>) -> io::Result<()> {
        for directory in [&self.path, &self.keeper(), &self.lab()] {
            for file in ["", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"] {
                chown(&directory.join(file), uid.map(Uid::from_raw), None)?;
            }
        }
        Ok(())
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // A process that was killed leaves its cgroup a moment later. What cannot be removed for
        // another reason is swept by the next lab.
        for _ in 0..500 {
            match remove_tree(&self.path) {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                _ => break,
            }
        }
    }
}

fn in_words(directory: &Path) -> String {
    format!("make a cgroup in {}", directory.display())
}

/// Lets the children of `cgroup` have all controllers that it has.
fn hand_on(cgroup: &Path) -> io::Result<()> {
    for controller in fs::read_to_string(cgroup.join("cgroup.controllers"))?.split_whitespace() {
        // One that cannot be had costs the lessons on it, not the lab.
        let _ = fs::write(cgroup.join("cgroup.subtree_control"), format!("+{controller}"));
    }
    Ok(())
}

/// The names of lab cgroups start with this; the monitor's process id follows.
const PREFIX: &str = "servicios-lab-";

/// Removes what dead labs have left below `base`, as far as this user may.
pub(crate) fn sweep_below(base: &Path) {
    for (path, _lock) in dead_below(base) {
        let _ = remove_tree(&path);
    }
}

/// The cgroups below `base` that no monitor holds, each locked so that nobody else takes it for one
/// meanwhile.
pub(crate) fn dead_below(base: &Path) -> Vec<(PathBuf, Flock<File>)> {
    let entries = fs::read_dir(base).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()))
        .filter_map(|entry| {
            let directory = File::open(entry.path()).ok()?;
            let lock = Flock::lock(directory, FlockArg::LockExclusiveNonblock).ok()?;
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
pub(crate) fn own() -> io::Result<PathBuf> {
    let missing = |what| io::Error::new(io::ErrorKind::NotFound, what);
    let groups = fs::read_to_string("/proc/self/cgroup")?;
    let path = groups
        .lines()
        .find_map(|line| line.strip_prefix("0::/"))
        .ok_or_else(|| missing("no cgroup v2 in /proc/self/cgroup"))?;
    let root = mount_point().ok_or_else(|| missing("no cgroup2 file system is mounted"))?;
    Ok(Path::new(&root).join(path))
}

/// Where the first file system of cgroups v2 is mounted; see proc_pid_mounts(5).
pub(crate) fn mount_point() -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    mounts.lines().find_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (target, kind) = (fields.next()?, fields.next()?);
        (kind == "cgroup2").then(|| target.to_owned())
    })
}
