//! What can go wrong with a lab or with a command in it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::mode::Mode;
use crate::refusal::Refusal;

/// How a lab that ran came to its end.
#[derive(Clone, Debug, Serialize, Deserialize, thiserror::Error)]
pub enum End {
    /// Its systemd was told to power off.
    #[error("it was powered off")]
    PoweredOff,
    /// Its systemd ended by itself or was killed; how, in words.
    #[error("{0}")]
    Died(String),
    /// It could not boot again; at which step, and why.
    #[error("after a reboot, it could not {step}: {0}", step = .0.step)]
    NotBootedAgain(Refusal),
}

/// Why there is no lab, or why a command in it has no result.
///
/// ```
/// let missing = lab::Bind { path: "/proc".into(), access: lab::Access::ReadOnly };
/// let options = lab::Options { binds: vec![missing], ..Default::default() };
/// assert!(matches!(lab::Lab::boot(&options), Err(lab::Error::OwnDirectory(_))));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No mode works here; each one that was tried, and why not.
    #[error("no lab can run here{}", list(.0))]
    NoMode(Vec<(Mode, Refusal)>),
    /// The directory cannot be shown in a lab; see [`Bind::can_show`](crate::Bind::can_show).
    #[error(
        "cannot show {} in a lab, which has its own; choose another directory with --project",
        .0.display()
    )]
    OwnDirectory(PathBuf),
    /// systemd did not say that it runs.
    #[error("the lab did not boot within {0:?}")]
    BootTimeout(Duration),
    /// The lab was powered off, or its systemd or its monitor is gone.
    #[error("the lab is gone: {0}")]
    Gone(End),
    /// The program could not be started inside.
    #[error("cannot run {program} in the lab: {cause}")]
    Spawn {
        /// The program, as it was asked for.
        program: String,
        /// Why not.
        cause: String,
        /// The kernel's answer as a number, where it was the kernel that refused; see errno(3).
        errno: Option<i32>,
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
    /// The command was stopped by somebody who had seen enough.
    #[error("{program} was stopped")]
    Stopped {
        /// The program that was stopped.
        program: String,
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

/// A line for each mode: its name, the step, the cause. Then one cure: that of the best mode for
/// which there is one.
fn list(tried: &[(Mode, Refusal)]) -> String {
    let line = |(mode, refusal): &(Mode, Refusal)| {
        format!("\n  {mode}: could not {}: {refusal}", refusal.step)
    };
    let cure = tried.iter().find_map(|(_, refusal)| refusal.cure());
    tried.iter().map(line).chain(cure.map(|cure| format!("\n    {cure}"))).collect()
}

fn only_root(mode: Mode) -> &'static str {
    if mode.has_users() { "there are root and learner" } else { "there is only root" }
}
