//! One thing that was said, with all that is known about it: a `LogRecord` of Python, borrowed for
//! as long as it is handled.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::ops::Range;
use std::path::Path;

use crate::{Level, escape};

/// What was said, by whom, when and where. Built once for an event, then shown to every handler.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// The logger that it was said to.
    pub name: &'a str,
    /// How much it matters.
    pub level: Level,
    /// The name of the level.
    pub level_name: Cow<'a, str>,
    /// The message and the fields.
    pub said: &'a Said,
    /// When, in nanoseconds since 1970, from the system's clock.
    pub created_ns: i64,
    /// The milliseconds of `created_ns`: 0 to 999.
    pub msecs: f64,
    /// Milliseconds since the program began to log.
    pub relative_ms: f64,
    /// The source file, as the compiler was given it.
    pub path: &'a str,
    /// The line in it.
    pub line: u32,
    /// The function around the call; tracing's own macros don't tell.
    pub function: &'a str,
    /// The name of the thread, `MainThread` for the first.
    pub thread_name: &'a str,
    /// The kernel's number of the thread.
    pub thread: u64,
    /// `MainProcess`, unless the record says otherwise.
    pub process_name: &'a str,
    /// The process's id.
    pub process: u32,
}

impl Record<'_> {
    /// The last part of the path.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The file's name without its ending, which is what Python calls the module.
    pub fn module(&self) -> &str {
        let stem = Path::new(self.file_name()).file_stem();
        stem.and_then(|stem| stem.to_str()).unwrap_or("Unknown module")
    }

    /// The function without the path to it and without what the macros added; `(unknown function)`
    /// when nobody told.
    pub fn function_name(&self) -> &str {
        let path = self.function.trim_end_matches("::__here").trim_end_matches("::{{closure}}");
        match path.rsplit("::").next() {
            None | Some("") => "(unknown function)",
            Some(name) => name,
        }
    }

    /// When, in seconds since 1970.
    pub fn created(&self) -> f64 {
        let (seconds, rest) = (self.created_ns.div_euclid(1_000_000_000), self.created_ns);
        seconds as f64 + rest.rem_euclid(1_000_000_000) as f64 / 1e9
    }
}

/// What kind of value a field has; its text is kept in [`Said`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, also what `?` and `%` made of a value.
    Text,
    /// A whole number.
    Int,
    /// A number with a point.
    Float,
    /// `true` or `false`.
    Bool,
}

#[derive(Clone, Debug)]
struct Field {
    name: Cow<'static, str>,
    kind: Kind,
    at: Range<usize>,
}

/// The message and the fields, each rendered once into one buffer, whoever will read them.
#[derive(Clone, Debug, Default)]
pub struct Said {
    text: String,
    message: Range<usize>,
    fields: Vec<Field>,
    /// All fields as ` user=ada id=5`, one after the other, ready to be copied into a line.
    tail: Range<usize>,
    /// Something in the tail has to be looked at: a value with blanks, or one that belongs
    /// elsewhere.
    is_odd: bool,
    /// There is an `exc_info` or a `stack_info`.
    has_traces: bool,
}

impl Said {
    /// Nothing said yet, with room for an ordinary line.
    pub fn new() -> Said {
        Said { text: String::with_capacity(256), ..Said::default() }
    }

    /// Only a message.
    pub fn message_only(message: &str) -> Said {
        let mut said = Said::default();
        said.set_text(message);
        said
    }

    /// Forgets all, and keeps the room, unless somebody said something huge.
    pub fn clear(&mut self) {
        const KEEP: usize = 64 << 10;
        self.text.clear();
        self.text.shrink_to(KEEP);
        self.fields.clear();
        self.message = 0..0;
        self.tail = 0..0;
        self.is_odd = false;
        self.has_traces = false;
    }

    /// What was said.
    pub fn message(&self) -> &str {
        &self.text[self.message.clone()]
    }

    /// Says it.
    pub fn set_message(&mut self, message: fmt::Arguments<'_>) {
        let begin = self.text.len();
        // Writing to a string fails only if the value's own `Display` does; what it wrote so far is
        // kept.
        let _ = self.text.write_fmt(message);
        self.message = begin..self.text.len();
    }

    /// As [`Said::set_message`], for text that is there already.
    pub fn set_text(&mut self, message: &str) {
        let begin = self.text.len();
        self.text.push_str(message);
        self.message = begin..self.text.len();
    }

    /// Adds a field.
    pub fn add(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        kind: Kind,
        value: fmt::Arguments<'_>,
    ) {
        let name = name.into();
        let begin = self.begin_field(&name);
        let _ = self.text.write_fmt(value);
        self.end_field(begin, name, kind);
    }

    /// As [`Said::add`], for text that is there already; this is the quick way.
    pub fn add_text(&mut self, name: impl Into<Cow<'static, str>>, kind: Kind, value: &str) {
        let name = name.into();
        let begin = self.begin_field(&name);
        self.text.push_str(value);
        self.end_field(begin, name, kind);
    }

    /// Writes ` name=` behind the fields that are there. Returns where that begins.
    #[inline]
    fn begin_field(&mut self, name: &str) -> usize {
        let begin = self.text.len();
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push('=');
        begin
    }

    /// Remembers what was written behind it.
    #[inline]
    fn end_field(&mut self, begin: usize, name: Cow<'static, str>, kind: Kind) {
        let at = begin + name.len() + 2..self.text.len();
        let is_trace = name.len() > 7 && matches!(&*name, "exc_info" | "stack_info");
        let is_word = kind != Kind::Text || escape::is_word(&self.text[at.clone()]);
        // The message stood in between: then it is no tail.
        let is_torn = !self.fields.is_empty() && self.tail.end != begin;
        self.has_traces |= is_trace;
        self.is_odd |= is_trace || !is_word || is_torn;
        if self.fields.is_empty() {
            self.tail.start = begin;
        }
        self.tail.end = at.end;
        self.fields.push(Field { name, kind, at });
    }

    /// All fields as ` user=ada id=5`, when they can be copied as they are.
    pub(crate) fn plain_tail(&self) -> Option<&str> {
        (!self.is_odd).then(|| &self.text[self.tail.clone()])
    }

    /// The fields in the order in which they were said; `exc_info` and `stack_info` are not among
    /// them.
    pub fn fields(&self) -> impl Iterator<Item = (&str, Kind, &str)> {
        let all = self.fields.iter().map(|field| self.show(field));
        all.filter(|(name, ..)| !["exc_info", "stack_info"].contains(name))
    }

    /// The value of a field, by its name.
    pub fn field(&self, name: &str) -> Option<(Kind, &str)> {
        let field = self.fields.iter().find(|field| field.name == name)?;
        let (_, kind, text) = self.show(field);
        Some((kind, text))
    }

    /// Whether there is any field at all.
    pub fn has_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Whether there is an `exc_info` or a `stack_info` among them.
    pub(crate) fn has_traces(&self) -> bool {
        self.has_traces
    }

    fn show<'a>(&'a self, field: &'a Field) -> (&'a str, Kind, &'a str) {
        (&field.name, field.kind, &self.text[field.at.clone()])
    }
}
