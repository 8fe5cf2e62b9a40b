//! From an event of tracing to a record, and to the logger that it is for: the middle of a line's
//! way. After this, `logger` finds the handlers, and each `handler` writes.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::fmt::{self, Write as _};
use std::process;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_log::{LogTracer, NormalizeEvent as _};
use tracing_subscriber::layer::{Context, Filter, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::format::shortest;
use crate::macros::Call;
use crate::record::{Kind, Record, Said};
use crate::{Error, Level, Logger, clock, get_logger, report};

/// The name of our macros' events.
const OURS: &str = "leveled_logger";

const NOBODY: u8 = 0;
const INSTALLED: u8 = 1;
const ELSEWHERE: u8 = 2;

/// Who has the events of this process.
static STATE: AtomicU8 = AtomicU8::new(NOBODY);
/// The lowest level that any logger lets pass.
static LOWEST: AtomicUsize = AtomicUsize::new(Level::WARNING.number() as usize);

/// The loggers as a layer, for a program that has a subscriber of its own:
/// `registry().with(leveled_logger::layer())`.
///
/// It has its own filter, so that its levels don't silence the other layers.
pub fn layer<S>() -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    STATE.store(INSTALLED, Ordering::Relaxed);
    Loggers.with_filter(Levels)
}

/// Makes sure that events come to us. The first line that passes pays for it, every other for one
/// comparison.
#[inline]
pub(crate) fn ready() {
    if STATE.load(Ordering::Relaxed) == NOBODY && install().is_err() {
        report::say(format_args!("leveled-logger: {}", Error::OtherSubscriber));
    }
}

/// Makes the loggers this process's subscriber, unless they have their place already.
#[cold]
pub(crate) fn install() -> Result<(), Error> {
    match STATE.load(Ordering::Relaxed) {
        INSTALLED => return Ok(()),
        ELSEWHERE => return Err(Error::OtherSubscriber),
        _ => {}
    }
    let subscriber = tracing_subscriber::registry().with(Loggers);
    let installed = tracing::subscriber::set_global_default(subscriber).is_ok();
    STATE.store(if installed { INSTALLED } else { ELSEWHERE }, Ordering::Relaxed);
    if !installed {
        return Err(Error::OtherSubscriber);
    }
    // Records of the `log` crate become events too, unless the program has its own way for them.
    let _ = LogTracer::init();
    Ok(())
}

/// tracing remembers what is enabled; after a change it has to ask again.
pub(crate) fn levels_changed(lowest: Level) {
    LOWEST.store(usize::try_from(lowest.number()).unwrap_or(0), Ordering::Relaxed);
    if STATE.load(Ordering::Relaxed) == INSTALLED {
        tracing::callsite::rebuild_interest_cache();
    }
}

/// Whether tracing must be told of a logger that lets such a level pass.
pub(crate) fn is_below_lowest(threshold: i32) -> bool {
    usize::try_from(threshold).unwrap_or(0) < LOWEST.load(Ordering::Relaxed)
}

fn lowest_filter() -> LevelFilter {
    let lowest = i32::try_from(LOWEST.load(Ordering::Relaxed)).unwrap_or(i32::MAX);
    if lowest == i32::MAX { LevelFilter::OFF } else { Level::new(lowest).tracing().into() }
}

/// The logger for the target of tracing's own macros, a module's path: `app::db` is `app.db`.
fn logger_of(target: &str) -> Logger {
    if target.contains("::") { get_logger(&target.replace("::", ".")) } else { get_logger(target) }
}

fn is_enabled(metadata: &Metadata<'_>) -> bool {
    // Our macros have looked already, at the number.
    metadata.name() == OURS
        || metadata.is_event()
            && logger_of(metadata.target()).is_enabled_for(Level::from_tracing(*metadata.level()))
}

fn interest(metadata: &'static Metadata<'static>) -> Interest {
    if metadata.target() == "log" {
        // All records of the `log` crate come from one place here; each has to be looked at.
        Interest::sometimes()
    } else if is_enabled(metadata) {
        Interest::always()
    } else {
        Interest::never()
    }
}

struct Loggers;

impl<S: Subscriber> Layer<S> for Loggers {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        interest(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "log" || is_enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(lowest_filter())
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let done = SCRATCH.try_with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => scratch.handle(event),
            // A `Display` that logs while it is written.
            Err(_) => Scratch::new().handle(event),
        });
        if done.is_err() {
            // The thread is at its very end.
            Scratch::new().handle(event);
        }
    }
}

/// The same questions, asked for one layer among several.
struct Levels;

impl<S> Filter<S> for Levels {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        metadata.target() == "log" || is_enabled(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        interest(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(lowest_filter())
    }
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::new());
}

/// What a thread uses again for each record: room for what is said, and who it is itself.
struct Scratch {
    said: Said,
    thread_name: String,
    thread: u64,
}

impl Scratch {
    fn new() -> Scratch {
        Scratch { said: Said::new(), thread_name: thread_name(), thread: thread_id() }
    }

    fn handle(&mut self, event: &Event<'_>) {
        self.said.clear();
        let mut visitor = Visitor { said: &mut self.said, call: None };
        event.record(&mut visitor);
        let call = visitor.call.take();
        let normalized = if call.is_none() { event.normalized_metadata() } else { None };
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        let (logger, level, function) = match call {
            Some(call) => call,
            None => {
                let level = Level::from_tracing(*metadata.level());
                (logger_of(metadata.target()), level, "")
            }
        };
        // Of the `log` crate's records, only now it is known whose they are.
        if normalized.is_some() && !logger.is_enabled_for(level) {
            return;
        }
        let created_ns = clock::now_ns();
        let record = Record {
            name: logger.name(),
            level,
            level_name: level.name(),
            said: &self.said,
            created_ns,
            msecs: (created_ns.rem_euclid(1_000_000_000) / 1_000_000) as f64,
            relative_ms: clock::relative_ms(created_ns),
            path: metadata.file().unwrap_or_default(),
            line: metadata.line().unwrap_or_default(),
            function,
            thread_name: &self.thread_name,
            thread: self.thread,
            process_name: "MainProcess",
            process: process_id(),
        };
        logger.handle(&record);
    }
}

/// Collects the message, the fields, and what our macros put among them.
struct Visitor<'a> {
    said: &'a mut Said,
    call: Option<(Logger, Level, &'static str)>,
}

impl Visitor<'_> {
    #[inline]
    fn add(&mut self, field: &Field, kind: Kind, value: &str) {
        // The bridge from the `log` crate packs the metadata into such fields.
        if !field.name().starts_with("log.") {
            self.said.add_text(field.name(), kind, value);
        }
    }
}

impl Visit for Visitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.said.set_message(format_args!("{value:?}"));
        } else {
            self.said.add(field.name(), Kind::Text, format_args!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.said.set_text(value);
        } else {
            self.add(field, Kind::Text, value);
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn StdError + 'static)) {
        if let Some(call) = value.downcast_ref::<Call>() {
            self.call = Some((call.logger, call.level, call.function));
            return;
        }
        // An error with all its causes, as a person would tell it.
        let mut story = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            let _ = write!(story, ": {error}");
            cause = error.source();
        }
        self.said.add_text(field.name(), Kind::Text, &story);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, Kind::Int, itoa::Buffer::new().format(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, Kind::Int, itoa::Buffer::new().format(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.said.add_text(field.name(), Kind::Float, &shortest(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, Kind::Bool, if value { "true" } else { "false" });
    }
}

/// Python's names for threads: the first is `MainThread`, and one without a name has a number.
fn thread_name() -> String {
    static UNNAMED: AtomicUsize = AtomicUsize::new(1);
    if thread_id() == u64::from(process::id()) {
        return "MainThread".to_owned();
    }
    match std::thread::current().name() {
        Some(name) => name.to_owned(),
        None => format!("Thread-{}", UNNAMED.fetch_add(1, Ordering::Relaxed)),
    }
}

fn thread_id() -> u64 {
    nix::unistd::gettid().as_raw().try_into().unwrap_or(0)
}

/// The kernel is asked once, and again in a child; see `at_end`.
pub(crate) static PROCESS: AtomicU32 = AtomicU32::new(0);

pub(crate) fn process_id() -> u32 {
    match PROCESS.load(Ordering::Relaxed) {
        0 => {
            PROCESS.store(process::id(), Ordering::Relaxed);
            process::id()
        }
        known => known,
    }
}
