//! A disposable systemd: boots the machine's own systemd in fresh namespaces, runs commands in it, and leaves nothing behind.
//!
//! ```no_run
//! let lab = lab::Lab::boot(&lab::Options::default())?;
//! let answer = lab.command("systemctl").arg("is-system-running").output(lab::COMMAND_TIMEOUT)?;
//! assert_eq!(answer.stdout, b"running\n");
//! # Ok::<(), lab::Error>(())
//! ```
//!
//! Three processes make a lab, each in a file of its own:
//!
//! - the **launcher** ([`Lab`]) is the program that wants a lab. It holds one end of a socket, and nothing else;
//! - the **monitor** (`monitor.rs`) holds the other end, outside of the lab. It owns the cgroup, starts commands, and tears all
//!   down when the socket closes, for whatever reason: a lab cannot outlive its launcher;
//! - the **keeper** (`keeper.rs`) lives in the lab's namespaces, builds its root in memory and boots PID 1, again after a reboot.
//!
//! Nothing is written to the host's file systems: the root is a tmpfs that only the lab sees. This is no container engine
//! and no security boundary; it shares the host's kernel, and in [`Mode::Root`] its root user.

mod api;
mod cgroup;
mod command;
mod cure;
mod doctor;
mod error;
mod etc;
mod handle;
mod idmap;
mod inside;
mod keeper;
mod mode;
mod monitor;
mod mount;
mod options;
mod process;
mod protocol;
mod pty;
mod root;
mod sudo;
mod testing;
mod units;

pub use cgroup::sweep;
pub use command::{COMMAND_TIMEOUT, Command};
pub use doctor::{Finding, doctor, examine};
pub use error::{End, Error, Refusal, Step};
pub use handle::Lab;
pub use mode::Mode;
pub use options::{Access, Bind, Options};
pub use sudo::serve_if_asked;
pub use testing::not_proved;
