//! The attributes of a record, by the names that Python gives them, and their values.

use std::fmt::Write as _;

use super::number;
use crate::Record;
use crate::record::Kind;

/// What a field of a format stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    Name,
    LevelNo,
    LevelName,
    PathName,
    FileName,
    Module,
    LineNo,
    FuncName,
    Created,
    AscTime,
    Msecs,
    RelativeCreated,
    Thread,
    ThreadName,
    Process,
    ProcessName,
    Message,
    /// All fields that the format does not name; Python has none of these.
    Fields,
    /// A field that the program gives along.
    Custom(String),
}

const NAMES: [(&str, Attribute); 18] = [
    ("name", Attribute::Name),
    ("levelno", Attribute::LevelNo),
    ("levelname", Attribute::LevelName),
    ("pathname", Attribute::PathName),
    ("filename", Attribute::FileName),
    ("module", Attribute::Module),
    ("lineno", Attribute::LineNo),
    ("funcName", Attribute::FuncName),
    ("created", Attribute::Created),
    ("asctime", Attribute::AscTime),
    ("msecs", Attribute::Msecs),
    ("relativeCreated", Attribute::RelativeCreated),
    ("thread", Attribute::Thread),
    ("threadName", Attribute::ThreadName),
    ("process", Attribute::Process),
    ("processName", Attribute::ProcessName),
    ("message", Attribute::Message),
    ("fields", Attribute::Fields),
];

/// A value, of one of Python's types.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    /// Written as it is; to a conversion that wants a number, 1 or 0.
    Bool(&'a str),
    /// Room for all that 64 bits can hold, with a sign or without.
    Int(i128),
    Float(f64),
}

impl Attribute {
    pub(crate) fn of_name(name: &str) -> Attribute {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map_or_else(|| Attribute::Custom(name.to_owned()), |(_, attribute)| attribute.clone())
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Attribute::Custom(name) => name,
            attribute => {
                let known = NAMES.iter().find(|(_, known)| known == attribute);
                known.map_or("", |(name, _)| name)
            }
        }
    }

    /// What the record says. The ones that need the formatter (time, message, fields) are not asked
    /// for here.
    #[inline]
    pub(crate) fn value<'a>(&self, record: &'a Record<'_>) -> Value<'a> {
        match self {
            Attribute::Name => Value::Text(record.name),
            Attribute::LevelNo => Value::Int(record.level.number().into()),
            Attribute::LevelName => Value::Text(&record.level_name),
            Attribute::PathName => Value::Text(record.path),
            Attribute::FileName => Value::Text(record.file_name()),
            Attribute::Module => Value::Text(record.module()),
            Attribute::LineNo => Value::Int(record.line.into()),
            Attribute::FuncName => Value::Text(record.function_name()),
            Attribute::Created => Value::Float(record.created()),
            Attribute::Msecs => Value::Float(record.msecs),
            Attribute::RelativeCreated => Value::Float(record.relative_ms),
            Attribute::Thread => Value::Int(record.thread.into()),
            Attribute::ThreadName => Value::Text(record.thread_name),
            Attribute::Process => Value::Int(record.process.into()),
            Attribute::ProcessName => Value::Text(record.process_name),
            Attribute::Message | Attribute::AscTime | Attribute::Fields | Attribute::Custom(_) => {
                Value::Text("")
            }
        }
    }

    /// A value of its type; `None` for a field of which we don't know.
    pub(crate) fn sample(&self) -> Option<Value<'static>> {
        match self {
            Attribute::LevelNo | Attribute::LineNo | Attribute::Thread | Attribute::Process => {
                Some(Value::Int(1))
            }
            Attribute::Created | Attribute::Msecs | Attribute::RelativeCreated => {
                Some(Value::Float(1.0))
            }
            Attribute::Custom(_) => None,
            Attribute::Name
            | Attribute::LevelName
            | Attribute::PathName
            | Attribute::FileName
            | Attribute::Module
            | Attribute::FuncName
            | Attribute::AscTime
            | Attribute::ThreadName
            | Attribute::ProcessName
            | Attribute::Message
            | Attribute::Fields => Some(Value::Text("text")),
        }
    }
}

impl Value<'_> {
    /// A field's value, as what it was before it became text.
    pub(crate) fn of_field(kind: Kind, text: &str) -> Value<'_> {
        match kind {
            Kind::Int => text.parse().map_or(Value::Text(text), Value::Int),
            Kind::Float => text.parse().map_or(Value::Text(text), Value::Float),
            Kind::Bool => Value::Bool(text),
            Kind::Text => Value::Text(text),
        }
    }

    /// For a conversion that wants a number: a bool is one.
    pub(crate) fn as_number(self) -> Self {
        match self {
            Value::Bool("true" | "True") => Value::Int(1),
            Value::Bool("false" | "False") => Value::Int(0),
            value => value,
        }
    }

    /// As Python's `str` writes it.
    pub(crate) fn write(self, line: &mut String) {
        match self {
            Value::Text(text) | Value::Bool(text) => line.push_str(text),
            Value::Int(number) => drop(write!(line, "{number}")),
            Value::Float(number) => line.push_str(&number::shortest(number)),
        }
    }
}
