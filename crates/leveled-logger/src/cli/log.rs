//! `log`: says something, or each line of standard input.

use std::io;
use std::path::PathBuf;
use std::process;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context as _;
use clap::Args;
use leveled_logger::{
    Encoding, FileMode, FileSink, Formatter, Handler, JournalSink, Kind, Level, Logger, Record,
    Said, StreamSink, Style, SyslogAddress, SyslogFormat, SyslogSink, apply_levels, get_logger,
};

use super::lines;

/// Say something; without a message, each line of standard input
///
/// What is below the threshold in $LEVELS is not said: LEVELS=warning,backup=debug sets it for all
/// names, and for one.
#[derive(Args)]
pub(super) struct Log {
    /// debug, info, warning, error, critical, or a number
    #[arg(long, short, default_value = "info", value_parser = level)]
    level: Level,

    /// Name of the logger, as app.db
    #[arg(long, short, default_value = "root")]
    name: String,

    /// File to append to, instead of standard error
    #[arg(long, value_name = "PATH", group = "place")]
    file: Option<PathBuf>,

    /// Send it to systemd's journal, with the fields
    #[arg(long, group = "place")]
    journal: bool,

    /// Send it to syslog, at /dev/log
    #[arg(long, group = "place")]
    syslog: bool,

    /// How a line looks
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["journal", "json"])]
    format: Option<String>,

    /// How the format is written: %, { or $
    #[arg(long, default_value = "%")]
    style: Style,

    /// How the time looks, as in strftime(3)
    #[arg(long, value_name = "FORMAT")]
    datefmt: Option<String>,

    /// Write JSON lines
    #[arg(long, conflicts_with_all = ["journal", "syslog"])]
    json: bool,

    /// What to say
    message: Option<String>,

    /// Fields to say with it
    #[arg(value_name = "KEY=VALUE", value_parser = field)]
    fields: Vec<(String, String)>,
}

/// A level as people type it: in any case, or as a number.
pub(super) fn level(text: &str) -> Result<Level, leveled_logger::Error> {
    let number = text.parse().ok().map(Level::new);
    number.map_or_else(|| text.to_uppercase().parse(), Ok)
}

fn field(text: &str) -> Result<(String, String), String> {
    let (key, value) =
        text.split_once('=').ok_or("no = in it: write KEY=VALUE, and quote the message")?;
    let good = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
    if !good {
        return Err(format!("{key:?} is no key: use letters, digits and _"));
    }
    Ok((key.to_owned(), value.to_owned()))
}

impl Log {
    /// Says it; `false` when a line was lost.
    pub(super) fn run(self) -> anyhow::Result<bool> {
        leveled_logger::root().set_level(Level::new(1));
        if let Some(levels) = std::env::var_os("LEVELS") {
            apply_levels(&levels.to_string_lossy()).context("cannot use $LEVELS")?;
        }
        let handler = Arc::new(self.handler()?);
        let logger = get_logger(&self.name);
        leveled_logger::root().add_handler(&handler);
        match &self.message {
            Some(message) => self.say(logger, message),
            None => self.say_lines(logger, &handler)?,
        }
        leveled_logger::flush();
        // As for any program of a shell, `log … | head` is no error.
        Ok(handler.lost() == 0 || handler.reader_left())
    }

    fn handler(&self) -> Result<Handler, leveled_logger::Error> {
        let identifier = if self.name == "root" { "leveled-logger" } else { &self.name };
        let handler = match &self.file {
            Some(path) => Handler::new(FileSink::open(path, FileMode::Append)?),
            None if self.journal => Handler::new(JournalSink::connect(identifier)?),
            None if self.syslog => {
                let address = SyslogAddress::Local("/dev/log".into());
                let format = SyslogFormat::Rfc3164 { app: identifier.to_owned() };
                Handler::new(SyslogSink::connect(address, format)?)
            }
            None => Handler::new(StreamSink::new(io::stderr)),
        };
        let format = match &self.format {
            Some(format) => format,
            None if self.syslog => "",
            None => self.style.basic_format(),
        };
        let formatter = Formatter::new(format, self.datefmt.as_deref(), self.style)?;
        let handler = handler.with_formatter(formatter);
        Ok(if self.json { handler.with_encoding(Encoding::Json) } else { handler })
    }

    fn say_lines(&self, logger: Logger, handler: &Handler) -> anyhow::Result<()> {
        let mut input = io::stdin().lock();
        let mut line = Vec::new();
        while !handler.reader_left()
            && lines::next(&mut input, &mut line).context("cannot read standard input")?
        {
            // Bytes that are no text become U+FFFD; a log is text.
            self.say(logger, &String::from_utf8_lossy(&line));
        }
        Ok(())
    }

    fn say(&self, logger: Logger, message: &str) {
        if !logger.is_enabled_for(self.level) {
            return;
        }
        let mut said = Said::message_only(message);
        for (key, value) in &self.fields {
            let kind = if value.parse::<i64>().is_ok() { Kind::Int } else { Kind::Text };
            said.add(key.clone(), kind, format_args!("{value}"));
        }
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        logger.handle(&Record {
            name: logger.name(),
            level: self.level,
            level_name: self.level.name(),
            said: &said,
            created_ns: since.as_nanos().try_into().unwrap_or(i64::MAX),
            msecs: since.subsec_millis().into(),
            relative_ms: 0.0,
            path: "",
            line: 0,
            function: "",
            thread_name: "MainThread",
            thread: process::id().into(),
            process_name: "MainProcess",
            process: process::id(),
        });
    }
}
