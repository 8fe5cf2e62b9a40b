//! One JSON object on a line, for programs that read logs.

use std::fmt::Write as _;

use crate::Record;
use crate::local_time::{self, TimeZone};
use crate::record::Kind;

/// Keys that every line has, in this order; a field of the same name gets a `_` behind it.
const KEYS: [&str; 11] = [
    "time", "level", "levelno", "logger", "message", "file", "line", "function", "thread",
    "process", "exc_info",
];

pub(super) fn write(record: &Record<'_>, line: &mut String) {
    line.push_str("{\"time\":\"");
    write_time(record.created_ns, line);
    line.push('"');
    text("level", &record.level_name, line);
    let _ = write!(line, ",\"levelno\":{}", record.level.number());
    text("logger", record.name, line);
    text("message", record.said.message(), line);
    if !record.path.is_empty() {
        text("file", record.path, line);
        let _ = write!(line, ",\"line\":{}", record.line);
    }
    if !record.function.is_empty() {
        text("function", record.function_name(), line);
    }
    text("thread", record.thread_name, line);
    let _ = write!(line, ",\"process\":{}", record.process);
    for (name, kind, value) in record.said.fields() {
        let name = if KEYS.contains(&name) { format!("{name}_") } else { name.to_owned() };
        match kind {
            Kind::Int | Kind::Bool => drop(write!(line, ",{}:{value}", Quoted(&name))),
            // JSON has no word for infinity.
            Kind::Float if value.parse().is_ok_and(f64::is_finite) => {
                let _ = write!(line, ",{}:{value}", Quoted(&name));
            }
            Kind::Float | Kind::Text => text(&name, value, line),
        }
    }
    for name in ["exc_info", "stack_info"] {
        if let Some((_, trace)) = record.said.field(name) {
            text(name, trace, line);
        }
    }
    line.push('}');
}

/// RFC 3339, in UTC, to the microsecond: it sorts, and no reader has to know where the machine
/// stands.
fn write_time(created_ns: i64, line: &mut String) {
    local_time::write(
        created_ns.div_euclid(1_000_000_000),
        TimeZone::Utc,
        c"%Y-%m-%dT%H:%M:%S",
        line,
    );
    let _ = write!(line, ".{:06}Z", created_ns.rem_euclid(1_000_000_000) / 1000);
}

fn text(key: &str, value: &str, line: &mut String) {
    let _ = write!(line, ",{}:{}", Quoted(key), Quoted(value));
}

/// A string as JSON writes it.
struct Quoted<'a>(&'a str);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let quoted = serde_json::to_string(self.0).map_err(|_| std::fmt::Error)?;
        // JSON leaves DEL and its kin as they are; a terminal would act on some of them.
        for c in quoted.chars() {
            match c {
                c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
