//! A handler: decides whether a record is written, how, and where. It makes bytes of a record and
//! gives them to a sink.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, OnceLock};

use crate::at_end;
use crate::encode::{Buffers, Encoding};
use crate::report::Health;
use crate::sink::{About, Sink};
use crate::{Filter, FormatError, Formatter, Level, Record, Style};

/// Writes records of some level, in some format, to some place.
///
/// ```
/// use std::sync::Arc;
/// use leveled_logger::{Handler, Level, StreamSink, root};
///
/// let errors = Handler::new(StreamSink::new(std::io::stderr)).with_level(Level::ERROR);
/// root().add_handler(&Arc::new(errors));
/// ```
pub struct Handler {
    level: AtomicI32,
    filters: Vec<Filter>,
    formatter: OnceLock<Formatter>,
    encoding: Encoding,
    sink: Arc<dyn Sink>,
    has_locks: bool,
    health: Health,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = const { RefCell::new(Buffers::new()) };
    /// Whether this thread is inside a sink.
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

impl Handler {
    /// A handler that gives all records to a sink, as text.
    pub fn new(sink: impl Sink + 'static) -> Handler {
        let (encoding, has_locks) = (sink.encoding(), sink.has_locks());
        let sink: Arc<dyn Sink> = Arc::new(sink);
        at_end::flush_at_end(&sink);
        Handler {
            level: AtomicI32::new(0),
            filters: Vec::new(),
            formatter: OnceLock::new(),
            encoding,
            sink,
            has_locks,
            health: Health::default(),
        }
    }

    /// Only records of this level and above.
    #[must_use]
    pub fn with_level(self, level: Level) -> Handler {
        self.set_level(level);
        self
    }

    /// Only records that pass.
    #[must_use]
    pub fn with_filter(mut self, filter: Filter) -> Handler {
        self.filters.push(filter);
        self
    }

    /// In this format. Without one, [`basic_config`](crate::basic_config) gives its own, or else it
    /// is the message alone.
    #[must_use]
    pub fn with_formatter(self, formatter: Formatter) -> Handler {
        Handler { formatter: OnceLock::from(formatter), ..self }
    }

    /// In another encoding, as [`Encoding::Json`].
    #[must_use]
    pub fn with_encoding(self, encoding: Encoding) -> Handler {
        Handler { encoding, ..self }
    }

    /// Changes the level, also while the program runs.
    pub fn set_level(&self, level: Level) {
        self.level.store(level.number(), Ordering::Relaxed);
    }

    /// Lines that could not be written, since the start.
    pub fn lost(&self) -> u64 {
        self.health.lost() + self.sink.lost()
    }

    /// Whether it writes to a pipe, and whoever read from it has left: there is nothing to be said
    /// any more, and that is no error.
    pub fn reader_left(&self) -> bool {
        self.health.reader_left()
    }

    /// Returns when all that was given to this handler is with the kernel.
    pub fn flush(&self) {
        let _gate = self.has_locks.then(at_end::gate);
        if let Err(error) = self.sink.flush() {
            self.health.failed(&self.sink.place(), &error, 0);
        }
    }

    /// Gives it a format, unless it has one.
    pub(crate) fn propose_formatter(&self, formatter: &Formatter) {
        let _ = self.formatter.set(formatter.clone());
    }

    /// Writes the record, if it is to be written.
    pub fn handle(&self, record: &Record<'_>) {
        if record.level.number() < self.level.load(Ordering::Relaxed) {
            return;
        }
        // What a filter or a sink says while it works would come back to it, and again. So it is
        // not written.
        let nested = WRITING.try_with(|writing| writing.replace(true)).unwrap_or(false);
        if nested {
            self.health.refused(&self.sink.place(), format_args!("it logs while it writes"));
            return;
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            if self.filters.iter().all(|filter| filter.passes(record)) {
                let _gate = self.has_locks.then(at_end::gate);
                self.write(record);
            }
        }));
        let _ = WRITING.try_with(|writing| writing.set(false));
        if outcome.is_err() {
            self.health.refused(&self.sink.place(), format_args!("the handler panicked"));
        }
    }

    fn write(&self, record: &Record<'_>) {
        let done = BUFFERS.try_with(|buffers| match buffers.try_borrow_mut() {
            Ok(mut buffers) => self.write_with(&mut buffers, record),
            Err(_) => self.write_with(&mut Buffers::new(), record),
        });
        if done.is_err() {
            self.write_with(&mut Buffers::new(), record);
        }
    }

    fn write_with(&self, buffers: &mut Buffers, record: &Record<'_>) {
        let formatter = self.formatter.get().unwrap_or_else(|| plain());
        let line = match self.encoding.encode(record, formatter, buffers) {
            Ok(line) => line,
            Err(error) => return self.refuse(&error),
        };
        let about = About { level: record.level, created_ns: record.created_ns };
        match self.sink.write_line(line, about) {
            Ok(()) => {
                if self.health.is_failing() {
                    self.health.worked(&self.sink.place());
                }
            }
            Err(error) => self.health.failed(&self.sink.place(), &error, 1),
        }
        buffers.shrink();
    }

    #[cold]
    fn refuse(&self, error: &FormatError) {
        self.health.refused(&self.sink.place(), format_args!("{error}; the line is lost"));
    }
}

/// The message alone.
fn plain() -> &'static Formatter {
    static PLAIN: OnceLock<Formatter> = OnceLock::new();
    PLAIN.get_or_init(|| {
        Formatter::new("", None, Style::Percent).expect("the default format is a good one")
    })
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = Level::new(self.level.load(Ordering::Relaxed));
        write!(f, "Handler({} at {level})", self.sink.place())
    }
}
