//! A logger: a name in a tree, with a level and handlers. What is said to `app.db` also reaches the
//! handlers of `app` and of the root.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::chain;
use crate::tree;
use crate::{Filter, Handler, Level, Record};

/// A name to which things are said. It is a handle: copies are the same logger, and it lasts as
/// long as the process.
///
/// ```
/// use leveled_logger::{Level, get_logger};
///
/// get_logger("app").set_level(Level::DEBUG);
/// assert_eq!(get_logger("app.db").effective_level(), Level::DEBUG);
/// assert_eq!(get_logger("application").effective_level(), Level::WARNING);
/// ```
#[derive(Clone, Copy)]
pub struct Logger(pub(crate) &'static Node);

/// What all handles of a logger share.
pub(crate) struct Node {
    /// The least number that passes here: all that a disabled call looks at.
    pub(crate) threshold: AtomicI32,
    pub(crate) number: usize,
    pub(crate) name: Cow<'static, str>,
    pub(crate) parent: Option<&'static Node>,
    pub(crate) level: AtomicI32,
    pub(crate) effective: AtomicI32,
    pub(crate) propagates: AtomicBool,
    pub(crate) disabled: AtomicBool,
    pub(crate) own: RwLock<Own>,
    /// Whether there is a handler among them: for who only wants to know that.
    pub(crate) has_own: AtomicBool,
}

/// What is asked and done at this logger.
#[derive(Default)]
pub(crate) struct Own {
    pub(crate) handlers: Vec<Arc<Handler>>,
    pub(crate) filters: Vec<Filter>,
}

impl Node {
    pub(crate) const fn new(
        number: usize,
        name: Cow<'static, str>,
        parent: Option<&'static Node>,
        level: Level,
    ) -> Node {
        Node {
            threshold: AtomicI32::new(level.number()),
            number,
            name,
            parent,
            level: AtomicI32::new(level.number()),
            effective: AtomicI32::new(level.number()),
            propagates: AtomicBool::new(true),
            disabled: AtomicBool::new(false),
            own: RwLock::new(Own { handlers: Vec::new(), filters: Vec::new() }),
            has_own: AtomicBool::new(false),
        }
    }
}

impl Logger {
    /// Its name, as `app.db`; the root's is `root`.
    pub fn name(self) -> &'static str {
        &self.0.name
    }

    /// Whether something of this level would be handled. This is one load and one comparison.
    #[inline]
    pub fn is_enabled_for(self, level: Level) -> bool {
        level.number() >= self.0.threshold.load(Ordering::Relaxed)
    }

    /// Its own level; NOTSET when it goes by its parent's.
    pub fn level(self) -> Level {
        Level::new(self.0.level.load(Ordering::Relaxed))
    }

    /// The level that counts: its own, or that of the nearest ancestor that has one.
    pub fn effective_level(self) -> Level {
        Level::new(self.0.effective.load(Ordering::Relaxed))
    }

    /// Sets its own level, also while the program runs.
    pub fn set_level(self, level: Level) {
        self.0.level.store(level.number(), Ordering::Relaxed);
        tree::recompute();
    }

    /// Whether what is said here also reaches the handlers of its ancestors; it does unless this is
    /// `false`.
    pub fn set_propagate(self, propagates: bool) {
        self.0.propagates.store(propagates, Ordering::Relaxed);
        chain::changed();
    }

    /// Silences this logger, and not those below it.
    pub fn set_disabled(self, disabled: bool) {
        self.0.disabled.store(disabled, Ordering::Relaxed);
        tree::recompute();
    }

    /// Adds a handler; one that is there already is not added again.
    pub fn add_handler(self, handler: &Arc<Handler>) {
        self.change(|own| {
            if !own.handlers.iter().any(|known| Arc::ptr_eq(known, handler)) {
                own.handlers.push(Arc::clone(handler));
            }
        });
    }

    /// Takes a handler away, after all that it was given is written.
    pub fn remove_handler(self, handler: &Arc<Handler>) {
        self.change(|own| own.handlers.retain(|known| !Arc::ptr_eq(known, handler)));
        handler.flush();
    }

    /// Its own handlers, not those of its ancestors.
    pub fn handlers(self) -> Vec<Arc<Handler>> {
        self.0.own.read().unwrap_or_else(PoisonError::into_inner).handlers.clone()
    }

    /// Whether anybody would write what is said here.
    pub fn has_handlers(self) -> bool {
        chain::with(self.0, |chain| !chain.handlers.is_empty())
    }

    /// Adds a filter. It is asked about what is said to this logger itself, not about what comes
    /// from below it.
    pub fn add_filter(self, filter: Filter) {
        self.change(|own| own.filters.push(filter));
    }

    /// Shows a record to the filters, then to the handlers here and above. The macros end here, and
    /// the level has been looked at before.
    pub fn handle(self, record: &Record<'_>) {
        chain::with(self.0, |chain| {
            if !chain.filters.iter().all(|filter| filter.passes(record)) {
                return;
            }
            for handler in &chain.handlers {
                handler.handle(record);
            }
            if chain.handlers.is_empty() {
                tree::last_resort(record);
            }
        });
    }

    #[inline]
    pub(crate) fn has_own_handlers(self) -> bool {
        self.0.has_own.load(Ordering::Relaxed)
    }

    fn change(self, change: impl FnOnce(&mut Own)) {
        let mut own = self.0.own.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut own);
        self.0.has_own.store(!own.handlers.is_empty(), Ordering::Relaxed);
        drop(own);
        chain::changed();
    }
}

impl PartialEq for Logger {
    fn eq(&self, other: &Logger) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl fmt::Debug for Logger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logger({} at {})", self.name(), self.effective_level())
    }
}
