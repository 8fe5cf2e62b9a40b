//! Why a mode cannot work: the step of the boot that failed, and what stood in the way.

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

/// The steps of a boot, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Become root through sudo(8); in [`Mode::Sudo`](crate::Mode::Sudo) only.
    Sudo,
    /// Find systemd and dbus-daemon on the host.
    Programs,
    /// Make a cgroup v2 directory of our own.
    Cgroup,
    /// Enter new namespaces.
    Namespaces,
    /// Map user and group ids.
    Ids,
    /// Build the root directory in memory.
    Root,
    /// Mount a fresh `/proc` and `/sys`.
    Proc,
    /// Make the lab's own `/dev`.
    Devices,
    /// Start systemd and wait until it says that it runs.
    Boot,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Step::Sudo => "become root through sudo",
            Step::Programs => "find systemd and dbus-daemon",
            Step::Cgroup => "make a cgroup v2 directory of our own",
            Step::Namespaces => "enter new namespaces",
            Step::Ids => "map user and group ids",
            Step::Root => "build the lab's root in memory",
            Step::Proc => "mount a fresh /proc and /sys",
            Step::Devices => "make the lab's own /dev",
            Step::Boot => "boot systemd",
        })
    }
}

/// What stands in the way, where the step and the errno do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Obstacle {
    /// The step and the errno tell all that is known.
    Other,
    /// systemd is not installed.
    NoSystemd,
    /// No D-Bus daemon is installed.
    NoDbus,
    /// newuidmap(1) is not installed.
    NoNewuidmap,
    /// sudo(8) is not installed.
    NoSudo,
    /// sudo(8) wants a password, and the program's standard input is no terminal; but there is one.
    SudoWantsPassword,
    /// sudo(8) wants a password, and there is no terminal to type it on.
    SudoHasNoTerminal,
    /// Nothing gives this user a range of ids; see subuid(5).
    NoSubordinateIds,
    /// No cgroup2 file system is mounted.
    NoCgroup2,
    /// The machine runs systemd, but this user has no `user@.service`.
    NoUserManager,
    /// This user's systemd runs, but cannot be asked: there is no bus.
    NoUserBus,
}

/// One mode that could not work: the step that failed and its cause.
///
/// ```
/// let finding = lab::examine(lab::Mode::Root);
/// if let Err(refusal) = finding.result {
///     eprintln!("could not {}: {refusal}", refusal.step);
///     eprintln!("{}", refusal.cure().unwrap_or_default());
/// }
/// ```
#[derive(Clone, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{cause}")]
pub struct Refusal {
    /// The step that failed.
    pub step: Step,
    /// What was tried and what the kernel or the program answered.
    pub cause: String,
    /// The kernel's answer as a number, where it was the kernel that refused; see errno(3).
    pub errno: Option<i32>,
    /// What is missing, where we know it.
    pub obstacle: Obstacle,
}

impl Refusal {
    pub(crate) fn new(step: Step, what: impl fmt::Display, why: impl fmt::Display) -> Self {
        let cause = format!("cannot {what}: {why}");
        Refusal { step, cause, errno: None, obstacle: Obstacle::Other }
    }

    /// Whether it was before there were user ids: without any it would be so again.
    pub(crate) fn is_before_ids(&self) -> bool {
        matches!(self.step, Step::Sudo | Step::Programs | Step::Cgroup)
    }

    /// The same, with what stands in the way.
    pub(crate) fn because(self, obstacle: Obstacle) -> Self {
        Refusal { obstacle, ..self }
    }
}

/// Names the step at which something failed, and what was tried.
pub(crate) trait At<T> {
    fn at(self, step: Step, what: impl fmt::Display) -> Result<T, Refusal>;
}

impl<T, E: Into<io::Error>> At<T> for Result<T, E> {
    fn at(self, step: Step, what: impl fmt::Display) -> Result<T, Refusal> {
        self.map_err(|error| {
            let error = error.into();
            Refusal { errno: error.raw_os_error(), ..Refusal::new(step, what, error) }
        })
    }
}
