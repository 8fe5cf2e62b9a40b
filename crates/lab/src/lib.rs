//! A disposable systemd: boots the machine's own systemd in fresh namespaces, runs commands in it,
//! and leaves nothing behind.
//!
//! ```no_run
//! let lab = lab::Lab::boot(&lab::Options::default())?;
//! let answer = lab.command("systemctl").arg("is-system-running").output(lab::COMMAND_TIMEOUT)?;
//! assert_eq!(answer.stdout, b"running\n");
//! # Ok::<(), lab::Error>(())
//! ```
//!
//! Three processes make a lab, each with a directory of its own here:
//!
//! - the **launcher** ([`Lab`], `launcher/`) is the program that wants a lab. It holds one end of a
//!   socket, and nothing else;
//! - the **monitor** (`monitor/`) holds the other end, outside of the lab. It owns the cgroup,
//!   starts commands, and tears all down when the socket closes, for whatever reason: a lab cannot
//!   outlive its launcher;
//! - the **keeper** (`keeper/`) lives in the lab's namespaces, builds its root in memory and boots
//!   PID 1, again after a reboot.
//!
//! What the three share lies beside them: the messages (`protocol.rs`), the cgroup, the modes, the
//! refusals and their cures.
//!
//! Nothing is written to the host's file systems: the root is a tmpfs that only the lab sees. Where
//! the host's systemd hands out the cgroup, its journal gets one line: the scope was started. This
//! is no container engine; it shares the host's kernel, and in [`Mode::HostRoot`] its root user.

mod cgroup;
mod cure;
mod error;
mod keeper;
mod launcher;
mod mode;
mod monitor;
mod options;
mod process;
mod protocol;
mod ready;
mod refusal;
mod scope;
mod seccomp;
mod testing;

pub use error::{End, Error};
pub use launcher::{
    COMMAND_TIMEOUT, Command, Door, Finding, Joined, Lab, Pace, Works, doctor, examine, join,
    serve_if_asked, sweep,
};
pub use mode::Mode;
pub use options::{Access, Bind, Options};
pub use refusal::{Obstacle, Refusal, Step};
pub use testing::{not_proved, not_proved_file};
