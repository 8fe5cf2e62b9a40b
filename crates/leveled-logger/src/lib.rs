//! Python's `logging`, for Rust, on tracing: five levels with numbers, a threshold, a format, a
//! file to append to.
//!
//! ```
//! # let folder = std::env::temp_dir().join(format!("leveled-logger-lib-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder).unwrap();
//! # std::env::set_current_dir(&folder).unwrap();
//! use leveled_logger::{Level, basic_config, debug, warning};
//!
//! basic_config().filename("app.log").level(Level::DEBUG).format("%(levelname)s - %(message)s").apply()?;
//! debug!("only with a threshold of DEBUG");
//! warning!(disk = "/srv", free_percent = 3, "the disk is nearly full");
//! # let log = std::fs::read_to_string("app.log").unwrap();
//! # assert!(log.ends_with("WARNING - the disk is nearly full disk=/srv free_percent=3\n"));
//! # std::fs::remove_dir_all(folder).unwrap();
//! # Ok::<(), leveled_logger::Error>(())
//! ```
//!
//! The way of a line can be read in three files: `macros.rs` looks at the level and makes an event
//! of tracing; `layer.rs` makes a record of the event and finds its logger; `handler.rs` makes
//! bytes of the record and gives them to a sink. The formats are in `format/`, the places to write
//! to in `sink/`.
//!
//! # What is lost, and when
//!
//! A [`FileSink`] loses nothing: when the macro returns, the line is with the kernel. A [`Batched`]
//! one is several times faster, and holds lines back for up to 20 ms; it writes them at exit, after
//! a panic, before a signal ends the program, and at once when something of ERROR or above is said.
//! Only SIGKILL and a crash of the kernel can take what is held back. Neither of them ever drops a
//! line because it is busy: it makes the caller wait.
//!
//! When a sink can't write, as on a full disk, the lines are counted ([`Handler::lost`]), the
//! trouble is said once on standard error, and the program goes on.
//!
//! fork(2) is survived: a child has its own batches, with nothing in them, and its lines and its
//! parent's come out once each. As for every program with threads, a child must not rely on locks
//! that another thread may have held; the sinks that lock (rotating, watched) are safe only where
//! one thread logs, or the child calls exec(3).

mod at_end;
mod batch;
mod chain;
mod clock;
mod config;
mod encode;
mod error;
mod escape;
mod filter;
mod format;
mod handler;
mod journal_stream;
mod layer;
mod level;
mod levels;
mod local_time;
mod logger;
mod macros;
mod record;
mod report;
mod sink;
mod tree;

pub use at_end::flush;
pub use batch::Batched;
pub use clock::set_clock;
pub use config::{Config, Wanted, basic_config};
pub use encode::{Encoding, SyslogFormat};
pub use error::Error;
pub use filter::Filter;
pub use format::{FormatError, Formatter, Style};
pub use handler::Handler;
pub use journal_stream::reads as journal_reads;
pub use layer::layer;
pub use level::Level;
pub use levels::apply_levels;
pub use logger::Logger;
pub use record::{Kind, Record, Said};
pub use report::set_report_errors;
pub use sink::{
    About, AppenderSink, FileMode, FileSink, JournalSink, MemorySink, RotatingSink, Sink,
    StreamSink, SyslogAddress, SyslogSink, TimeZone, TimedSink, WatchedSink, When,
    reopen_on_hangup,
};
pub use tree::{disable, get_logger, root, set_last_resort};

/// What the macros need. Not for anybody else: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::macros::{Call, module_level};
    pub use tracing;
}
