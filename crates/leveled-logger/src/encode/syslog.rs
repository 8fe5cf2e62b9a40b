//! A message for syslog: the new form (RFC 5424), or the old one that /dev/log has always taken
//! (RFC 3164).

use std::fmt::Write as _;

use crate::local_time::{self, TimeZone};
use crate::{FormatError, Formatter, Level, Record};

/// The form of a syslog message, and who it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyslogFormat {
    /// `<14>1 2024-06-15T12:34:56.123456Z host app 42 - [fields@32473 user="ada"] text`
    Rfc5424 {
        /// The machine, or `-`.
        host: String,
        /// The program.
        app: String,
    },
    /// `<14>Jun 15 12:34:56 app[42]: text`; without a host, as the C library sends it to /dev/log.
    Rfc3164 {
        /// The program.
        app: String,
    },
}

/// The facility `user`, shifted as RFC 5424, section 6.2.1, has it.
const FACILITY_USER: u8 = 1 << 3;

impl SyslogFormat {
    pub(super) fn write(
        &self,
        record: &Record<'_>,
        formatter: &Formatter,
        line: &mut String,
    ) -> Result<(), FormatError> {
        let priority = FACILITY_USER | Level::syslog_priority(&record.level_name).number();
        let second = record.created_ns.div_euclid(1_000_000_000);
        let _ = write!(line, "<{priority}>");
        match self {
            SyslogFormat::Rfc5424 { host, app } => {
                let micros = record.created_ns.rem_euclid(1_000_000_000) / 1000;
                line.push_str("1 ");
                local_time::write(second, TimeZone::Utc, c"%Y-%m-%dT%H:%M:%S", line);
                let (host, app) = (printable(host, 255), printable(app, 48));
                let _ = write!(line, ".{micros:06}Z {host} {app} {} - ", record.process);
                write_data(record, line);
                line.push(' ');
            }
            SyslogFormat::Rfc3164 { app } => {
                local_time::write(second, TimeZone::Local, c"%b %e %H:%M:%S", line);
                let _ = write!(line, " {}[{}]: ", printable(app, 32), record.process);
            }
        }
        formatter.format_into(record, line)
    }
}

/// The fields as structured data. 32473 is the enterprise number that RFC 5612 keeps for examples.
fn write_data(record: &Record<'_>, line: &mut String) {
    if record.said.fields().next().is_none() {
        return line.push('-');
    }
    line.push_str("[fields@32473");
    for (name, _, value) in record.said.fields() {
        let name = printable(name, 32).replace(['=', ']', '"'], "_");
        let _ = write!(line, " {name}=\"");
        for c in value.chars() {
            match c {
                '"' | '\\' | ']' => line.extend(['\\', c]),
                c if c.is_control() => drop(write!(line, "\\\\x{:02x}", u32::from(c))),
                c => line.push(c),
            }
        }
        line.push('"');
    }
    line.push(']');
}

/// What stands between blanks must be visible ASCII, and not too long.
fn printable(text: &str, most: usize) -> String {
    let visible = text.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' });
    let visible: String = visible.take(most).collect();
    if visible.is_empty() { "-".to_owned() } else { visible }
}
