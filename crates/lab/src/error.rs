//! What can go wrong: at which step, why, and (in `cure.rs`) what mends it.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Mode;
use crate::cure::cure;

/// The steps of a boot, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Become root through sudo(8); in [`Mode::Sudo`] only.
    Sudo,
    /// Find systemd and dbus-daemon on the host.
    Programs,
    /// Make a cgroup v2 directory of our own.
    Cgroup,
    /// Enter new namespaces.
    Namespaces,
    /// Map user and group ids.
    Ids,
    /// Build the root folder in memory.
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

/// One mode that could not work: the step that failed and its cause.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refusal {
    /// The step that failed.
    pub step: Step,
    /// What was tried and what the kernel or the program answered.
    pub cause: String,
}

impl Refusal {
    pub(crate) fn new(step: Step, what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Refusal { step, cause: format!("cannot {what}: {why}") }
    }

    /// The one command that mends it, where we know one.
    pub fn cure(&self) -> Option<String> {
        cure(self)
    }
}

/// Names the step at which something failed.
pub(crate) trait At<T> {
    fn at(self, step: Step, what: impl fmt::Display) -> Result<T, Refusal>;
}

impl<T, E: fmt::Display> At<T> for Result<T, E> {
    fn at(self, step: Step, what: impl fmt::Display) -> Result<T, Refusal> {
        self.map_err(|error| Refusal::new(step, what, error))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

/// How a lab that ran came to its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum End {
    /// Its systemd was told to power off.
    PoweredOff,
    /// Its systemd ended by itself or was killed; how, in words.
    Died(String),
    /// It could not boot again; at which step, and why.
    NotBootedAgain(Refusal),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::PoweredOff => f.write_str("it was powered off"),
            End::Died(how) => f.write_str(how),
            End::NotBootedAgain(refusal) => {
                write!(f, "after a reboot, it could not {}: {refusal}", refusal.step)
            }
        }
    }
}

/// Why there is no lab, or why a command in it has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No mode works here; each one that was tried, and why not.
    #[error("no lab can run here{}", list(.0))]
    NoMode(Vec<(Mode, Refusal)>),
    /// The folder cannot be shown in a lab; see [`Bind::can_show`](crate::Bind::can_show).
    #[error("cannot show {} in a lab, which has its own; choose another folder with --project", .0.display())]
    OwnFolder(PathBuf),
    /// systemd did not say that it runs.
    #[error("the lab did not boot within {0:?}")]
    BootTimeout(Duration),
    /// The lab was powered off, or its monitor is gone.
    #[error("the lab is gone: {0}")]
    Gone(End),
    /// The program could not be started inside.
    #[error("cannot run {program} in the lab: {cause}")]
    Spawn {
        /// The program, as it was asked for.
        program: String,
        /// Why not.
        cause: String,
    },
    /// The command was stopped because it took too long.
    #[error("{program} did not end within {limit:?}")]
    TimedOut {
        /// The program that was stopped.
        program: String,
        /// The time that it had.
        limit: Duration,
        /// What it had printed until then, standard output before standard error.
        printed: Vec<u8>,
    },
    /// The command was stopped because it printed too much.
    #[error("{program} printed more than {limit} bytes")]
    TooMuchOutput {
        /// The program that was stopped.
        program: String,
        /// The bound, in bytes, on each of its two streams.
        limit: usize,
    },
    /// The account does not exist in this mode.
    #[error("there is no user {user:?} in a lab that is {mode}; {}", only_root(*.mode))]
    NoUser {
        /// The account that was asked for.
        user: String,
        /// The mode in force.
        mode: Mode,
    },
    /// A call to the kernel failed that should not.
    #[error("lab: {0}")]
    Io(#[from] io::Error),
}

impl From<nix::errno::Errno> for Error {
    fn from(errno: nix::errno::Errno) -> Self {
        Error::Io(errno.into())
    }
}

/// One paragraph for each mode: its name, the step, the cause, the cure.
fn list(tried: &[(Mode, Refusal)]) -> String {
    tried
        .iter()
        .map(|(mode, refusal)| {
            let cure = refusal.cure().map(|cure| format!("\n    {cure}")).unwrap_or_default();
            format!("\n  {mode}: could not {}: {refusal}{cure}", refusal.step)
        })
        .collect()
}

fn only_root(mode: Mode) -> &'static str {
    if mode.has_users() { "there are root and learner" } else { "there is only root" }
}
