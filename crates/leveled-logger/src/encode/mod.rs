//! The bytes of a record: text, JSON, a line for the journal or for syslog. Where they go is the
//! sink's business.

mod journal;
pub(crate) use journal::note as journal_note;
mod json;
mod syslog;
mod text;

pub use syslog::SyslogFormat;

use crate::{FormatError, Formatter, Record};

/// How a record becomes bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// A line of text, as the format says.
    Text,
    /// The same, with the level's name in colour. For a terminal.
    Colored,
    /// The same, with `<4>` in front of each line: what systemd reads as the priority, see
    /// sd-daemon(3).
    Prefixed,
    /// A JSON object on a line. It has all that is known; the format is not looked at.
    Json,
    /// An entry in the journal's native protocol, with fields. The format is not looked at: the
    /// journal keeps time, level and name beside the message.
    Journal {
        /// SYSLOG_IDENTIFIER=, the name in front of a line in journalctl(1).
        identifier: String,
    },
    /// A message of syslog, its text as the format says.
    Syslog(SyslogFormat),
}

/// Room for a record's bytes, used again and again by a thread.
pub(crate) struct Buffers {
    text: String,
    bytes: Vec<u8>,
}

impl Buffers {
    pub(crate) const fn new() -> Buffers {
        Buffers { text: String::new(), bytes: Vec::new() }
    }

    /// Gives back what a huge message took.
    pub(crate) fn shrink(&mut self) {
        const KEEP: usize = 64 << 10;
        if self.text.capacity() > KEEP || self.bytes.capacity() > KEEP {
            *self = Buffers::new();
        }
    }
}

impl Encoding {
    /// The record's bytes, with a newline at the end where lines are lines.
    pub(crate) fn encode<'a>(
        &self,
        record: &Record<'_>,
        formatter: &Formatter,
        buffers: &'a mut Buffers,
    ) -> Result<&'a [u8], FormatError> {
        let Buffers { text, bytes } = buffers;
        text.clear();
        match self {
            Encoding::Text => formatter.format_into(record, text)?,
            Encoding::Colored => text::colored(record, formatter, text)?,
            Encoding::Prefixed => text::prefixed(record, formatter, text)?,
            Encoding::Json => json::write(record, text),
            Encoding::Syslog(format) => {
                // One message is one datagram: no newline.
                format.write(record, formatter, text)?;
                return Ok(text.as_bytes());
            }
            Encoding::Journal { identifier } => {
                bytes.clear();
                journal::write(record, identifier, bytes);
                return Ok(bytes);
            }
        }
        text.push('\n');
        Ok(text.as_bytes())
    }
}
