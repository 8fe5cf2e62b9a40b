//! Where lines go. A sink takes bytes; it knows nothing of records and formats.

mod appender;
mod file;
mod journal;
mod memory;
mod rotating;
mod stream;
mod syslog;
mod timed;
mod watched;

use std::io;

pub use appender::AppenderSink;
pub use file::{FileMode, FileSink};
pub use journal::JournalSink;
pub use memory::MemorySink;
pub use rotating::RotatingSink;
pub use stream::StreamSink;
pub use syslog::{SyslogAddress, SyslogSink};
pub use timed::{TimedSink, When};
pub(crate) use watched::HANGUPS;
pub use watched::{WatchedSink, reopen_on_hangup};

use crate::{Encoding, Level};

/// What a sink may want to know about a line, without reading it.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The level of the record.
    pub level: Level,
    /// When it was made, in nanoseconds since 1970.
    pub created_ns: i64,
}

/// A place to which lines are written. Several threads write at once, so a sink that must not be
/// entered twice locks.
pub trait Sink: Send + Sync {
    /// Writes one line, or one message; the newline is in it. When it returns, the line is with the
    /// kernel, unless the sink says that it works otherwise.
    ///
    /// # Errors
    ///
    /// What the kernel said. The line counts as lost then.
    fn write_line(&self, line: &[u8], about: About) -> io::Result<()>;

    /// Writes several whole lines. A sink that need not look at each of them can do better than
    /// this.
    ///
    /// # Errors
    ///
    /// As [`Sink::write_line`]; the error tells nothing about how many were written.
    fn write_lines(&self, lines: &[u8], about: About) -> io::Result<()> {
        lines
            .split_inclusive(|byte| *byte == b'\n')
            .try_for_each(|line| self.write_line(line, about))
    }

    /// Returns when nothing is held back any more.
    ///
    /// # Errors
    ///
    /// What the kernel said.
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    /// Lines that the sink itself lost.
    fn lost(&self) -> u64 {
        0
    }

    /// Whether a thread may hold a lock in there; then fork(2) waits until it is out again. A sink
    /// that has none, also none of the standard library's, may say so, and is quicker.
    fn has_locks(&self) -> bool {
        true
    }

    /// How its lines look, unless the program says otherwise.
    fn encoding(&self) -> Encoding {
        Encoding::Text
    }

    /// Its name in messages: a path, an address.
    fn place(&self) -> String;
}
