//! The command line.

use std::path::PathBuf;

use clap::Parser;
use clap::builder::{PathBufValueParser, TypedValueParser};
use date_daemon::{Interval, LineFormat};
use tracing_subscriber::filter::LevelFilter;

/// Appends the date to a file, again and again
#[derive(Parser)]
#[command(version, after_help = SIGNALS)]
pub(crate) struct Args {
    /// File to append to; a relative path starts at the working directory
    #[arg(long, value_name = "PATH", default_value = "dates.log")]
    #[arg(value_parser = PathBufValueParser::new().try_map(one_line))]
    pub(crate) file: PathBuf,

    /// Time between two lines: 50ms, 5s, 1min, 1h, or bare seconds
    #[arg(long, value_name = "TIME", default_value = "5s")]
    pub(crate) interval: Interval,

    /// How a line is written, as in strftime(3); times are local
    #[arg(long, value_name = "FORMAT", default_value = "%Y-%m-%d %H:%M:%S")]
    pub(crate) format: LineFormat,

    /// What is said on standard error: error, warn, info, debug, or off
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub(crate) log_level: LevelFilter,
}

const SIGNALS: &str = "SIGHUP opens the file anew; SIGTERM and SIGINT stop the daemon.";

/// What is wrong, in one line: clap's first paragraph, without the usage that it adds.
pub(crate) fn one_line_of(error: &clap::Error) -> String {
    let text = error.to_string();
    let what = text.split("\n\n").next().unwrap_or(&text);
    let words = what.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.strip_prefix("error: ").unwrap_or(&words);
    format!("{words}; see date-daemon --help")
}

/// The name is part of messages, which are lines: to the journal, and to the manager, for whom a
/// line is an order.
fn one_line(path: PathBuf) -> Result<PathBuf, &'static str> {
    if path.to_string_lossy().contains(char::is_control) {
        return Err("holds a control character");
    }
    Ok(path)
}
