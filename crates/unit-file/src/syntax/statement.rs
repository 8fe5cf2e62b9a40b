//! What a logical line is: a section header, an assignment, or something that systemd drops or
//! refuses.

use std::ops::Range;
use std::sync::Arc;

use super::span::Span;
use super::value::Value;

/// One logical line, with its continuation lines and the comments between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The physical lines, by index.
    pub lines: Range<usize>,
    /// The text, without blanks at its ends.
    pub span: Span,
    /// What it is.
    pub content: Content,
}

/// What a statement is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// `[Name]`
    Section(Section),
    /// `Key=value`
    Assignment(Assignment),
    /// Anything else.
    Fault(Fault),
}

/// A section header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Everything between the brackets, blanks included: systemd doesn't trim it.
    pub name: Arc<str>,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The section it stands in.
    pub section: Arc<str>,
    /// The key, in the case it was written.
    pub key: String,
    /// Where the key stands in the file.
    pub key_span: Span,
    /// The value.
    pub value: Value,
}

/// A line that is neither a header nor an assignment in a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Begins with `[` and doesn't end with `]`: systemd refuses the whole file.
    HeaderNotClosed,
    /// Quotes, backslashes or control characters in a header: systemd refuses the whole file.
    HeaderCharacters,
    /// Not UTF-8: systemd refuses the whole file.
    NotUtf8,
    /// Longer than [`LONG_LINE_MAX`](crate::syntax::LONG_LINE_MAX): systemd refuses the whole file.
    TooLong,
    /// Stands before the first section: systemd drops the line.
    OutsideSection,
    /// No `=`: systemd drops the line.
    NoEquals,
    /// Nothing before the `=`: systemd drops the line.
    NoKey,
}

impl Fault {
    /// Whether the fault costs the whole file, not only its line.
    pub fn refuses_file(self) -> bool {
        !matches!(self, Fault::OutsideSection | Fault::NoEquals | Fault::NoKey)
    }
}
