//! systemd's manager over D-Bus: units, jobs, unit files, properties and changes of state;
//! org.freedesktop.systemd1(5).
//!
//! Start a unit, wait for its job, and read what came of it:
//!
//! ```no_run
//! use systemctl_wrapper::{Action, JobMode, Manager, Scope};
//!
//! let manager = Manager::connect(&Scope::System)?;
//! let job = manager.enqueue("date-daemon.service", Action::Start, &JobMode::default())?;
//! let result = manager.wait_for_job(&job)?;
//! let unit = manager.unit("date-daemon.service")?;
//! println!("{}: {result}, now {} ({})", unit.id, unit.active, unit.sub);
//! # Ok::<(), systemctl_wrapper::Error>(())
//! ```
//!
//! - A [`Manager`] is a connection to one service manager: the system's, a user's, or another
//!   machine's.
//! - What the manager asks to be done is a [`Job`]. A job that is *done* is no promise that the
//!   service runs: read the [`Unit`] after it.
//! - Each word of the manager's is an open enum, such as [`ActiveState`]: a word of a newer systemd
//!   is kept, not refused.
//! - Each call waits, and none needs an async runtime. While a call waits, the signals that arrive
//!   meanwhile are taken in, so that a flood of them never stops the answer.
//!
//! This is no D-Bus library: zbus is. It is not the command either; that is the program of the same
//! name.

mod bus;
mod catalog;
mod control;
mod dependencies;
mod drift;
mod error;
mod exit_code;
mod install;
mod job;
mod listing;
mod machine;
mod manager;
mod pattern;
mod pipeline;
mod presets;
mod properties;
mod proxies;
mod queue;
mod runtime;
mod scope;
mod signals;
mod states;
mod template;
mod unit;
mod value;
mod waiting;
mod watch;

pub use catalog::{condition_in_words, documentation};
pub use dependencies::{Edge, Graph, Relation};
pub use drift::{Drift, Setting};
pub use error::{Cause, Error};
pub use exit_code::{ExitCode, signal_name, signal_number};
pub use install::{Change, Installed};
pub use job::{Action, Job, JobMode, JobResult};
pub use listing::{ListedJob, ListedUnit, UnitFile};
pub use machine::{Transition, picture_svg, picture_text, transitions};
pub use manager::Manager;
pub use pattern::fits;
pub use presets::Presets;
pub use properties::Properties;
pub use scope::Scope;
pub use states::{ActiveState, LoadState, UnitFileState};
pub use unit::{Condition, Process, Unit};
pub use value::Value;
pub use watch::{StateChange, Watch};
