//! A format string, compiled once: from then on a line is a walk over a list of pieces, and nothing
//! is parsed again.
//!
//! The three styles are three front ends ([`percent`], [`brace`], [`dollar`]) of the same list.

mod attribute;
mod brace;
mod brace_spec;
mod date;
mod dollar;
mod number;
mod percent;
mod percent_spec;
mod piece;
mod prefix;
mod style;

use crate::escape::{escape_into, has_suspect, write_value};
use crate::{Error, Kind, Record};
pub(crate) use attribute::{Attribute, Value};
use brace_spec::BraceSpec;
pub(crate) use date::DateFormat;
pub(crate) use number::shortest;
use piece::{Fault, MAX_WIDTH, Piece, Pieces, Spec, add_named, try_out};
use prefix::Prefix;
pub use style::Style;

/// Why this record can't be written with this format; only fields that the program adds itself can
/// do that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The format wants a field that the record does not have.
    #[error("the format wants the field {0:?}, which this record does not have")]
    NoField(String),
    /// The value and the conversion don't fit, as text with `%d`.
    #[error("{0}")]
    BadValue(String),
}

/// A compiled format, and how the time is written in it.
///
/// ```
/// use leveled_logger::{Formatter, Style};
///
/// Formatter::new("%(asctime)s %(levelname)-8s %(message)s", None, Style::Percent).unwrap();
/// let error = Formatter::new("%(levelname)-8s %(message)d", None, Style::Percent).unwrap_err();
/// assert!(error.to_string().contains("column 17"));
/// ```
#[derive(Clone, Debug)]
pub struct Formatter {
    pieces: Vec<Piece>,
    prefix: Prefix,
    /// The names of the program's own fields in it.
    named: Vec<String>,
    date: DateFormat,
    /// Fields that the format does not name follow the message.
    appends_fields: bool,
    escapes: bool,
}

impl Formatter {
    /// Compiles a format; an empty one is the message alone. `datefmt` is as in strftime(3);
    /// without it, the time is written as `2024-06-15 12:34:56,123`.
    ///
    /// # Errors
    ///
    /// When the format can't be read, or says something that no record could fulfil.
    pub fn new(format: &str, datefmt: Option<&str>, style: Style) -> Result<Formatter, Error> {
        let format = if format.is_empty() { style.default_format() } else { format };
        let pieces = match style {
            Style::Percent => percent::compile(format),
            Style::Brace => brace::compile(format),
            Style::Dollar => dollar::compile(format),
        };
        let pieces = pieces.and_then(try_out).map_err(|fault| Error::BadFormat {
            format: format.to_owned(),
            style,
            column: fault.column,
            reason: fault.reason,
        })?;
        let names_fields = pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Field { attribute: Attribute::Fields, .. }));
        let mut named = Vec::new();
        add_named(&pieces, &mut named);
        let date = DateFormat::new(datefmt)?;
        let prefix = Prefix::new(&pieces);
        Ok(Formatter { pieces, prefix, named, date, appends_fields: !names_fields, escapes: true })
    }

    /// Whether control characters in what was said are written as `\n` and `\x1b`. They are, unless
    /// you say `false`: then whoever can put a newline into a message can forge a line.
    #[must_use]
    pub fn escape(mut self, escapes: bool) -> Formatter {
        self.escapes = escapes;
        // Its prefix is another one now.
        self.prefix = Prefix::new(&self.pieces);
        self
    }

    /// Whether fields that the format doesn't name follow the message as ` key=value`. They do,
    /// unless you say `false`, or the format has a place for them: `%(fields)s`.
    #[must_use]
    pub fn append_fields(mut self, appends: bool) -> Formatter {
        self.appends_fields &= appends;
        self
    }

    /// Writes the record behind what is in `line`, without a newline at the end.
    ///
    /// # Errors
    ///
    /// When the record lacks a field, or has one of another type. `line` then ends in half a line.
    pub fn format_into(&self, record: &Record<'_>, line: &mut String) -> Result<(), FormatError> {
        let has_prefix = self.prefix.write(self, record, line)?;
        let pieces = &self.pieces[if has_prefix { self.prefix.pieces } else { 0 }..];
        // Nearly no line has anything to escape: so the rest is written as it is, and looked at
        // once as a whole. Only when that look finds something, it is written again, by pieces.
        let begin = line.len();
        self.write(pieces, record, false, line)?;
        if self.escapes && has_suspect(&line.as_bytes()[begin..]) {
            line.truncate(begin);
            self.write(pieces, record, true, line)?;
        }
        if record.said.has_traces() {
            self.write_traces(record, line);
        }
        Ok(())
    }

    fn write(
        &self,
        pieces: &[Piece],
        record: &Record<'_>,
        escapes: bool,
        line: &mut String,
    ) -> Result<(), FormatError> {
        for piece in pieces {
            match piece {
                Piece::Literal(text) => line.push_str(text),
                Piece::Field { attribute, spec: Spec::Plain } => {
                    self.write_plain(attribute, record, escapes, line)?;
                }
                Piece::Field { attribute, spec } => {
                    let text = self.write_spec(attribute, spec, record)?;
                    write_text(&text, escapes, line);
                }
            }
        }
        Ok(())
    }

    /// The record as text.
    ///
    /// # Errors
    ///
    /// As [`Formatter::format_into`].
    pub fn format(&self, record: &Record<'_>) -> Result<String, FormatError> {
        let mut line = String::new();
        self.format_into(record, &mut line)?;
        Ok(line)
    }

    /// The quick way: most fields of most formats have neither width nor precision.
    #[inline]
    fn write_plain(
        &self,
        attribute: &Attribute,
        record: &Record<'_>,
        escapes: bool,
        line: &mut String,
    ) -> Result<(), FormatError> {
        match attribute {
            Attribute::AscTime => self.date.write(record, line),
            Attribute::Message => {
                write_text(record.said.message(), escapes, line);
                if self.appends_fields && record.said.has_fields() {
                    self.write_fields(record, " ", line);
                }
            }
            Attribute::Fields => self.write_fields(record, "", line),
            Attribute::Custom(name) => match custom(name, record)? {
                (kind @ Kind::Float, text) => Value::of_field(kind, text).write(line),
                (_, text) => write_text(text, escapes, line),
            },
            attribute => match attribute.value(record) {
                Value::Text(text) => write_text(text, escapes, line),
                value => value.write(line),
            },
        }
        Ok(())
    }

    /// The slow way: into a buffer of its own, then padded and cut.
    fn write_spec(
        &self,
        attribute: &Attribute,
        spec: &Spec,
        record: &Record<'_>,
    ) -> Result<String, FormatError> {
        let mut text = String::new();
        let value = match attribute {
            Attribute::Custom(name) => {
                let (kind, text) = custom(name, record)?;
                Value::of_field(kind, text)
            }
            Attribute::AscTime | Attribute::Message | Attribute::Fields => {
                self.write_plain(attribute, record, self.escapes, &mut text)?;
                Value::Text(&text)
            }
            attribute => attribute.value(record),
        };
        let applied = match spec {
            Spec::Nested(conversion, pieces) => {
                let mut inner = String::new();
                self.write(pieces, record, false, &mut inner)?;
                let inner: Vec<char> = inner.chars().collect();
                BraceSpec::parse(&inner, *conversion).and_then(|spec| spec.apply(value))
            }
            spec => spec.apply(value),
        };
        applied.map_err(FormatError::BadValue)
    }

    /// `user=alice id=5`, those left out that the format names itself.
    fn write_fields(&self, record: &Record<'_>, mut separator: &str, line: &mut String) {
        if self.named.is_empty()
            && let Some(tail) = record.said.plain_tail()
        {
            // Nearly always: all of them at once. The tail begins with a blank.
            return line.push_str(if separator.is_empty() { tail.trim_start() } else { tail });
        }
        for (name, kind, text) in record.said.fields() {
            if !self.named.iter().any(|named| named == name) {
                line.push_str(separator);
                line.push_str(name);
                line.push('=');
                match kind {
                    Kind::Text => write_value(text, line),
                    Kind::Int | Kind::Float | Kind::Bool => line.push_str(text),
                }
                separator = " ";
            }
        }
    }

    /// `exc_info` and `stack_info` follow on lines of their own, which can't be taken for lines of
    /// the log: they are indented, unless escaping is off.
    #[cold]
    fn write_traces(&self, record: &Record<'_>, line: &mut String) {
        for name in ["exc_info", "stack_info"] {
            let text = record.said.field(name).map_or("", |(_, text)| text);
            if text.is_empty() {
                continue;
            }
            if !line.ends_with('\n') {
                line.push('\n');
            }
            if !self.escapes {
                line.push_str(text);
                continue;
            }
            for (at, part) in text.lines().enumerate() {
                line.push_str(if at == 0 { "    " } else { "\n    " });
                escape_into(part, line);
            }
        }
    }
}

fn write_text(text: &str, escapes: bool, line: &mut String) {
    if escapes {
        escape_into(text, line);
    } else {
        line.push_str(text);
    }
}

/// A field that the program gave along, or did not.
fn custom<'a>(name: &str, record: &'a Record<'_>) -> Result<(Kind, &'a str), FormatError> {
    let known = record.said.field(if name == "exc_text" { "exc_info" } else { name });
    match known {
        Some(field) => Ok(field),
        // What Python's records have besides: they never lack it.
        None => match name {
            "msg" => Ok((Kind::Text, record.said.message())),
            "args" => Ok((Kind::Bool, "()")),
            "exc_info" | "exc_text" | "stack_info" | "taskName" => Ok((Kind::Bool, "None")),
            _ => Err(FormatError::NoField(name.to_owned())),
        },
    }
}
