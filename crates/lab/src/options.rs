//! What a launcher can ask for: a mode, and directories of the host to see inside.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::mode::Mode;

/// How a lab is to be booted. The default tries all modes and shows nothing of the host except its
/// programs.
///
/// ```
/// use lab::{Access, Bind, Options};
///
/// let project = Bind { path: "/home/learner/project".into(), access: Access::ReadOnly };
/// assert!(Bind::can_show(&project.path));
/// let options = Options { binds: vec![project], ..Options::default() };
/// assert!(options.mode.is_none());
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Options {
    /// The mode to use; without one, the first that works. [`Mode::Root`] stands for
    /// [`Mode::HostRoot`] too, where it does not work.
    pub mode: Option<Mode>,
    /// Directories of the host that appear inside, at the same path.
    pub binds: Vec<Bind>,
}

/// A directory of the host that appears inside at the same path.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bind {
    /// An absolute path without links.
    pub path: PathBuf,
    /// Whether the lab may write there.
    pub access: Access,
}

impl Bind {
    /// Whether a lab can show `path`. It cannot where it has a directory of its own: there, the
    /// lab's systemd would work on the host's files.
    pub fn can_show(path: &Path) -> bool {
        let clash = |own: &&str| Path::new(own).starts_with(path) || path.starts_with(own);
        !OF_THE_LAB.iter().any(clash) && !SHARED_BY_ALL.contains(&path.to_str().unwrap_or_default())
    }
}

/// What every lab has of its own: neither these directories, nor those above or below them, can be
/// the host's.
const OF_THE_LAB: [&str; 9] = [
    "/dev/pts",
    "/etc/systemd",
    "/proc",
    "/run/dbus",
    "/run/systemd",
    "/sys",
    "/usr/lib/systemd",
    "/usr/share/dbus-1",
    "/var/log/journal",
];

/// A directory below these can be shown, but not one of these as a whole: services would write
/// there.
const SHARED_BY_ALL: [&str; 6] =
    ["/dev/shm", "/tmp", "/var/cache", "/var/lib", "/var/lib/private", "/var/tmp"];

/// Whether the lab may write to a directory of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Access {
    /// The lab can look, not touch.
    ReadOnly,
    /// What the lab writes is written on the host.
    ReadWrite,
}
