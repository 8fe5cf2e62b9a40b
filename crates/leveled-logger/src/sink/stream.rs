//! A stream that is open already: standard error, standard output, anything that can be written to.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::{Mutex, PoisonError};

use super::{About, Sink};
use crate::{Encoding, journal_stream};

type Open = Box<dyn Fn() -> Box<dyn Write> + Send + Sync>;

enum Target {
    /// Asked for at each line, so that what redirects it later is followed.
    Standard(Open),
    /// The program's own.
    Own(Mutex<Box<dyn Write + Send>>),
}

/// Writes lines to a stream, each in one call and flushed at once.
///
/// On standard error and output it looks at who reads: on a terminal, the levels get colours
/// (unless `NO_COLOR` says no); when it is the journal, each line gets its `<priority>`.
pub struct StreamSink {
    target: Target,
    encoding: Encoding,
    place: &'static str,
}

impl StreamSink {
    /// Standard error or output: `StreamSink::new(std::io::stderr)`.
    pub fn new<W>(stream: fn() -> W) -> StreamSink
    where
        W: Write + IsTerminal + AsFd + 'static,
    {
        let now = stream();
        let encoding = if journal_stream::reads(now.as_fd()) {
            Encoding::Prefixed
        } else if now.is_terminal() && colors_are_wanted() {
            Encoding::Colored
        } else {
            Encoding::Text
        };
        let target = Target::Standard(Box::new(move || Box::new(stream())));
        StreamSink { target, encoding, place: "the standard stream" }
    }

    /// Anything that can be written to.
    pub fn own(writer: impl Write + Send + 'static) -> StreamSink {
        let target = Target::Own(Mutex::new(Box::new(writer)));
        StreamSink { target, encoding: Encoding::Text, place: "the stream" }
    }
}

/// See no-color.org; a dumb terminal can't show them.
fn colors_are_wanted() -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !no_color && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

impl Sink for StreamSink {
    fn write_line(&self, line: &[u8], _: About) -> io::Result<()> {
        let write = |writer: &mut dyn Write| {
            writer.write_all(line)?;
            writer.flush()
        };
        match &self.target {
            Target::Standard(open) => write(&mut *open()),
            Target::Own(writer) => {
                write(&mut **writer.lock().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }

    fn write_lines(&self, lines: &[u8], about: About) -> io::Result<()> {
        self.write_line(lines, about)
    }

    fn encoding(&self) -> Encoding {
        self.encoding.clone()
    }

    fn place(&self) -> String {
        self.place.to_owned()
    }
}
