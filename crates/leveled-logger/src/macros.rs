//! The macros: where the way of a line begins. They look at the level, and what passes becomes an
//! event of tracing; the way goes on in `layer`.

use std::error::Error;
use std::fmt;

use crate::{Level, Logger};

/// What a macro knows and tracing has no place for: the logger, the number of the level, the
/// function.
///
/// It travels as a field of the event. tracing lets fields be errors, and an error can be asked
/// what it really is: so our layer finds the logger without a search, and any other layer sees
/// `logger=app.db`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Call {
    pub(crate) logger: Logger,
    pub(crate) level: Level,
    pub(crate) function: &'static str,
}

impl Call {
    /// Only for the macros.
    #[inline]
    pub fn new<T>(logger: Logger, level: Level, here: T) -> Call {
        crate::layer::ready();
        Call { logger, level, function: name_of(&here) }
    }
}

/// The path of an item that the macro puts where it is called: the function around it is in there.
fn name_of<T>(_: &T) -> &'static str {
    std::any::type_name::<T>()
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.logger.name())
    }
}

impl Error for Call {}

/// Whether the root lets that level pass. A macro without a logger means the root, and sets it up
/// with [`basic_config`](crate::basic_config) when nobody has, also for a line that does not pass:
/// so do the functions of Python's module.
#[doc(hidden)]
#[inline]
pub fn module_level(level: Level) -> bool {
    let root = crate::root();
    if !root.has_own_handlers() {
        set_up();
    }
    root.is_enabled_for(level)
}

#[cold]
fn set_up() {
    // Only another subscriber can stand in the way, and then that one has the event.
    let _ = crate::basic_config().apply();
}

#[doc(hidden)]
#[macro_export]
macro_rules! __event {
    ($tracing:ident, $logger:expr, $level:expr, $($arg:tt)+) => {{
        fn __here() {}
        let call = $crate::__private::Call::new($logger, $level, __here);
        $crate::__private::tracing::event!(
            name: "leveled_logger",
            $crate::__private::tracing::Level::$tracing,
            logger = &call as &(dyn ::std::error::Error + 'static),
            $($arg)+
        );
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __leveled {
    ($tracing:ident, $level:ident, logger: $logger:expr, $($arg:tt)+) => {{
        let logger: $crate::Logger = $logger;
        if logger.is_enabled_for($crate::Level::$level) {
            $crate::__event!($tracing, logger, $crate::Level::$level, $($arg)+);
        }
    }};
    ($tracing:ident, $level:ident, $($arg:tt)+) => {{
        if $crate::__private::module_level($crate::Level::$level) {
            $crate::__event!($tracing, $crate::root(), $crate::Level::$level, $($arg)+);
        }
    }};
}

/// Says something at [`Level::DEBUG`]: of use to the author only.
///
/// ```
/// # use leveled_logger::{debug, get_logger};
/// let log = get_logger("app.db");
/// debug!(logger: log, rows = 3, "read {}", "users");
/// debug!("to the root");
/// ```
#[macro_export]
macro_rules! debug {
    ($($arg:tt)+) => { $crate::__leveled!(DEBUG, DEBUG, $($arg)+) };
}

/// Says something at [`Level::INFO`]: all goes as it should. Otherwise as [`debug!`].
#[macro_export]
macro_rules! info {
    ($($arg:tt)+) => { $crate::__leveled!(INFO, INFO, $($arg)+) };
}

/// Says something at [`Level::WARNING`]: unexpected, and it still works. Otherwise as [`debug!`].
#[macro_export]
macro_rules! warning {
    ($($arg:tt)+) => { $crate::__leveled!(WARN, WARNING, $($arg)+) };
}

/// Says something at [`Level::ERROR`]: something was not done. Otherwise as [`debug!`].
///
/// An error given as `exc_info` follows on lines of its own: `error!(exc_info = %error, "cannot
/// open")`.
#[macro_export]
macro_rules! error {
    ($($arg:tt)+) => { $crate::__leveled!(ERROR, ERROR, $($arg)+) };
}

/// Says something at [`Level::CRITICAL`]: the program can't go on. Otherwise as [`debug!`].
#[macro_export]
macro_rules! critical {
    ($($arg:tt)+) => { $crate::__leveled!(ERROR, CRITICAL, $($arg)+) };
}

/// Says something at a level that is known only while the program runs, or that has no name.
///
/// ```
/// # use leveled_logger::{Level, get_logger, log};
/// log!(Level::new(25), "between INFO and WARNING");
/// log!(logger: get_logger("app"), 35, "so can a number");
/// ```
#[macro_export]
macro_rules! log {
    (logger: $logger:expr, $level:expr, $($arg:tt)+) => {{
        let logger: $crate::Logger = $logger;
        let level: $crate::Level = ::std::convert::From::from($level);
        if logger.is_enabled_for(level) {
            // The level of a tracing event is part of its place in the source, so each has its own.
            match level.number() {
                40.. => $crate::__event!(ERROR, logger, level, $($arg)+),
                30.. => $crate::__event!(WARN, logger, level, $($arg)+),
                20.. => $crate::__event!(INFO, logger, level, $($arg)+),
                10.. => $crate::__event!(DEBUG, logger, level, $($arg)+),
                _ => $crate::__event!(TRACE, logger, level, $($arg)+),
            }
        }
    }};
    ($level:expr, $($arg:tt)+) => {{
        let level: $crate::Level = ::std::convert::From::from($level);
        if $crate::__private::module_level(level) {
            $crate::log!(logger: $crate::root(), level, $($arg)+);
        }
    }};
}
