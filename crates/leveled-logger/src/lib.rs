//! Python's `logging`, for Rust, on tracing: five levels with numbers, a threshold, a format, a
//! file to append to.
//!
//! ```
//! # let name = format!("leveled-logger-lib-{}", std::process::id());
//! # let directory = std::env::temp_dir().join(name);
//! # std::fs::create_dir_all(&directory).unwrap();
//! # std::env::set_current_dir(&directory).unwrap();
//! use leveled_logger::{Level, basic_config, debug, warning};
//!
//! let format = "%(levelname)s - %(message)s";
//! basic_config().filename("app.log").level(Level::DEBUG).format(format).apply()?;
//! debug!("only with a threshold of DEBUG");
//! warning!(disk = "/srv", free_percent = 3, "the disk is nearly full");
//! # let log = std::fs::read_to_string("app.log").unwrap();
//! # assert!(log.ends_with("WARNING - the disk is nearly full disk=/srv free_percent=3\n"));
//! # std::fs::remove_dir_all(directory).unwrap();
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
//! line because it is busy: it makes the caller wait. A [`JournalSink`] never waits, so it can drop
//! lines; it counts them, and says in the journal how many.
//!
//! When a sink can't write, as on a full disk, the lines are counted ([`Handler::lost`]), the
//! trouble is said once on standard error, and the program goes on.
//!
//! **SIGKILL leaves whole lines, with one exception.** A file lies in pages of 4096 bytes, and in a
//! write(2) across two of them the kernel looks in between whether the program was killed. So of a
//! line that crosses a page, the part on the first page can be all there is. Of 300 programs that
//! wrote lines of 100 bytes as fast as they could and were killed, 5 left half a line, each of them
//! cut exactly there; with lines of 128 bytes, which never cross a page, none did. Nothing that a
//! program does with write(2) prevents it, only a process that is not killed along. A line within
//! a page is there, or it isn't; batches are written page by page for that. A reader should forget
//! what stands behind the last newline.
//!
//! # fork(2) and signals
//!
//! fork(2) is survived: the child has its own batches, with nothing in them, no sink's lock is
//! taken in it, and its lines and its parent's come out once each. Two processes may append to one
//! file, but not rotate it.
//!
//! A thread that waits for signals, as sigwait(3) does, logs like any other. A signal *handler*
//! must not: it may interrupt whoever has the memory's lock, see signal-safety(7). Have it set a
//! flag.

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
pub use local_time::TimeZone;
pub use logger::Logger;
pub use record::{Kind, Record, Said};
pub use report::set_report_errors;
pub use sink::{
    About, AppenderSink, FileMode, FileSink, JournalSink, MemorySink, RotatingSink, Sink,
    StreamSink, SyslogAddress, SyslogSink, TimedSink, WatchedSink, When, reopen_on_hangup,
};
pub use tree::{disable, get_logger, root, set_last_resort};

/// What the macros need. Not for anybody else: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::macros::{Call, module_level};
    pub use tracing;
}
