//! What the checks of the exercises are written with: run the submission, watch what it does, and say what was
//! expected and what came instead.
//!
//! It isn't the runner. It knows one submission (see [`program`]), runs inside the lab or on the host alike, and tells
//! what it finds on standard error, one JSON object a line. Each `#[test]` of a `check.rs` is one promise, named in
//! words, and returns [`Result`].

mod capture;
mod failure;
mod folder;
mod install;
mod limits;
mod log_file;
mod observe;
mod report;
mod running;
mod submission;
mod systemctl;
#[cfg(test)]
mod tests;
mod unit;

use std::time::Duration;

pub use failure::{Explain, Failure, Result, Words};
pub use folder::Folder;
pub use install::{install, install_as, install_program, programs_of, runs_only, text};
pub use log_file::LogFile;
pub use nix::sys::signal::Signal;
pub use running::{Ended, Running};
pub use submission::{Program, program};
pub use systemctl::{Known, journal, properties, systemctl, wait_until};
pub use unit::Unit;

/// How long a promise may take to come true. Far longer than any right answer needs, also on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(1);
