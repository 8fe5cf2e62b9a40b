//! What the checks of the exercises are written with: run the submission, watch what it does, and
//! say what was expected and what came instead.
//!
//! It isn't the runner. It knows one submission (see [`program`]), runs inside the lab or on the
//! host alike, and tells what it finds on standard error, as `check-report` has it. Each `#[test]`
//! of a `check.rs` is one promise, named in words, and returns [`Result`]:
//!
//! ```no_run
//! use check::{Explain, Failure, Result, program, text};
//!
//! // With `#[test]`, in a check.rs.
//! fn prints_the_answer() -> Result {
//!     let printed = program()?.arg("6").arg("7").output()?.stdout;
//!     if printed == "42\n" {
//!         return Ok(());
//!     }
//!     Err(Failure::new("42 and a newline", text!("{printed}", printed = format!("{printed:?}")))
//!         .say("6 times 7 is asked for")
//!         .man("printf(3)")
//!         .in_function("answer"))
//! }
//! ```

mod capture;
mod clock;
mod command;
mod directory;
mod failure;
mod install;
mod limits;
mod log_file;
mod manager;
mod needed;
mod patience;
mod pipe;
mod proc;
mod program;
mod report;
mod running;
mod seen;
mod service;
mod submission;
mod systemctl;
#[cfg(test)]
mod tests;
mod time_span;
mod unit;

pub use check_report::{Text, text};
pub use clock::Clock;
pub use directory::Directory;
pub use failure::{Explain, Failure, Result};
pub use install::{file_text, install, install_as, install_program, put_program};
pub use log_file::LogFile;
pub use manager::properties;
pub use needed::needed;
pub use nix::sys::signal::Signal;
pub use patience::{PATIENCE, stretched};
pub use pipe::Pipe;
pub use program::{Program, program};
pub use running::{Ended, Running};
pub use seen::{in_lab, proc_of};
pub use service::Service;
pub use systemctl::{systemctl, wait_until};
pub use time_span::time_span;
pub use unit::Unit;
