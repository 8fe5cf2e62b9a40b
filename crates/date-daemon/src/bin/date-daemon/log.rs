//! The log: lines on standard error, for a person or for the journal.

use std::fmt;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// From here on, what `tracing` is told goes to standard error.
pub(crate) fn start(level: LevelFilter) {
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_target(false)
        // A closed terminal or a full disk behind standard error: nobody is left to tell, and no
        // reason to panic.
        .log_internal_errors(false);
    if stderr_is_journal() {
        log.event_format(JournalLine).init();
    } else {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        log.with_ansi(io::stderr().is_terminal() && !no_color).init();
    }
}

/// Whether the journal reads standard error: $JOURNAL_STREAM names the device and inode of its
/// stream.
///
/// That the variable is there is not enough: standard error may have been redirected since. See
/// systemd.exec(5).
pub(crate) fn stderr_is_journal() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else {
        return false;
    };
    let stderr = io::stderr().as_fd().try_clone_to_owned();
    let meta = stderr.and_then(|fd| std::fs::File::from(fd).metadata());
    meta.is_ok_and(|meta| stream == format!("{}:{}", meta.dev(), meta.ino()))
}

/// A line as sd-daemon(3) wants it: `<6>text`. The journal keeps the priority, and adds the time
/// and the name itself.
struct JournalLine;

impl<S, N> FormatEvent<S, N> for JournalLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let priority = match *event.metadata().level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            _ => 7,
        };
        write!(writer, "<{priority}>")?;
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}
