//! A unit file as it was read: its bytes, its lines, and the statements that systemd makes of them.
//!
//! Reading never fails: what systemd would refuse is a [`Fault`] at its place, and the rest is read
//! on. The rules are those of systemd's configuration parser, which systemd.syntax(7) describes in
//! part.

use std::ops::Range;
use std::sync::Arc;

use super::line::{self, Line};
use super::span::Span;
use super::statement::{Assignment, Content, Fault, Section, Statement};
use super::value::Value;
use super::value::{Segment, span_in};

/// systemd reads lines, also joined ones, of up to this many bytes.
pub const LONG_LINE_MAX: usize = 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A unit file or drop-in.
///
/// ```
/// use unit_file::syntax::UnitFile;
///
/// let file = UnitFile::parse("[Service]\nExecStart=/bin/echo \\\n  hello\n");
/// let line = file.assignments().next().expect("there is one");
/// assert_eq!((line.key.as_str(), line.value.text()), ("ExecStart", "/bin/echo    hello"));
/// assert_eq!(file.position(line.key_span.start), (2, 1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFile {
    bytes: Vec<u8>,
    lines: Vec<Line>,
    statements: Vec<Statement>,
}

impl UnitFile {
    /// Reads a file's bytes, whatever they are.
    pub fn parse(bytes: impl Into<Vec<u8>>) -> UnitFile {
        let bytes = bytes.into();
        let lines = line::cut(&bytes);
        let statements = Reader::new(&bytes).read(&lines);
        UnitFile { bytes, lines, statements }
    }

    /// The file's bytes, each of them.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The physical lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The logical lines: everything but comments and blank lines.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The assignments, in order.
    pub fn assignments(&self) -> impl DoubleEndedIterator<Item = &Assignment> {
        self.statements.iter().filter_map(|statement| match &statement.content {
            Content::Assignment(assignment) => Some(assignment),
            _ => None,
        })
    }

    /// The section headers, in order, a repeated one again.
    pub fn sections(&self) -> impl Iterator<Item = (&str, &Span)> {
        self.statements.iter().filter_map(|statement| match &statement.content {
            Content::Section(section) => Some((&*section.name, &statement.span)),
            _ => None,
        })
    }

    /// An empty file masks its unit, as a link to `/dev/null` does; one with only comments doesn't.
    pub fn is_mask(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Line and column of a byte, both from 1, the column in characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let index = self.lines.partition_point(|line| line.end <= offset);
        let Some(line) = self.lines.get(index) else {
            return (self.lines.len().max(1), 1);
        };
        let before = &self.bytes[line.text.start..offset.min(line.text.end)];
        (index + 1, String::from_utf8_lossy(before).chars().count() + 1)
    }
}

/// Joins lines into statements.
struct Reader<'a> {
    bytes: &'a [u8],
    statements: Vec<Statement>,
    section: Option<Arc<str>>,
    byte_order_mark_seen: bool,
    joined: Joined,
}

/// A logical line in the making.
#[derive(Default)]
struct Joined {
    text: Vec<u8>,
    segments: Vec<Segment>,
    lines: Range<usize>,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader {
            bytes,
            statements: Vec::new(),
            section: None,
            byte_order_mark_seen: false,
            joined: Joined::default(),
        }
    }

    fn read(mut self, lines: &[Line]) -> Vec<Statement> {
        self.statements.reserve(lines.len() / 2);
        for (index, line) in lines.iter().enumerate() {
            let text = &self.bytes[line.text.clone()];
            // First of all, so a comment between continuation lines vanishes, and its own backslash
            // means nothing.
            if text.len() <= LONG_LINE_MAX && matches!(trim_start(text).first(), Some(b'#' | b';'))
            {
                continue;
            }
            self.append(index, line.text.start, text);
        }
        self.finish();
        self.statements
    }

    /// Adds a physical line; without a backslash at its end, the logical line is complete.
    fn append(&mut self, index: usize, mut source: usize, mut text: &[u8]) {
        if !self.byte_order_mark_seen
            && let Some(rest) = text.strip_prefix(BYTE_ORDER_MARK)
        {
            self.byte_order_mark_seen = true;
            source += BYTE_ORDER_MARK.len();
            text = rest;
        }
        if self.joined.segments.is_empty() {
            self.joined.lines.start = index;
        }
        self.joined.lines.end = index + 1;
        self.joined.segments.push(Segment { joined: self.joined.text.len(), source });
        self.joined.text.extend_from_slice(text);
        if self.joined.text.len() > LONG_LINE_MAX {
            return self.fault(Fault::TooLong);
        }
        if ends_in_backslash(text) {
            self.joined.text.pop();
            self.joined.text.push(b' ');
        } else {
            self.finish();
        }
    }

    /// Makes a statement of the joined text.
    fn finish(&mut self) {
        let text = &self.joined.text;
        let (start, end) = (text.len() - trim_start(text).len(), trim_end(text).len());
        if start >= end {
            return self.joined.clear();
        }
        let Ok(text) = std::str::from_utf8(&text[start..end]) else {
            return self.fault(Fault::NotUtf8);
        };
        let content = match text.strip_prefix('[') {
            Some(header) => read_header(header),
            None => self.read_assignment(text, start),
        };
        if let Content::Section(section) = &content {
            self.section = Some(Arc::clone(&section.name));
        }
        self.push(content);
    }

    fn read_assignment(&self, text: &str, start: usize) -> Content {
        let Some(section) = &self.section else {
            return Content::Fault(Fault::OutsideSection);
        };
        let Some((key, value)) = text.split_once('=') else {
            return Content::Fault(Fault::NoEquals);
        };
        if key.is_empty() {
            return Content::Fault(Fault::NoKey);
        }
        let value_start = text.len() - value.trim_start_matches(BLANKS).len();
        let key = key.trim_end_matches(BLANKS);
        let key_span = span_in(&self.joined.segments, start..start + key.len());
        Content::Assignment(Assignment {
            section: Arc::clone(section),
            key: key.to_owned(),
            key_span,
            value: Value::new(
                value.trim_matches(BLANKS).to_owned(),
                self.joined.segments_from(start + value_start),
            ),
        })
    }

    fn fault(&mut self, fault: Fault) {
        self.push(Content::Fault(fault));
    }

    fn push(&mut self, content: Content) {
        let text = &self.joined.text;
        let (start, end) = (text.len() - trim_start(text).len(), trim_end(text).len());
        let span = span_in(&self.joined.segments, start..end.max(start));
        self.statements.push(Statement { lines: self.joined.lines.clone(), span, content });
        self.joined.clear();
    }
}

impl Joined {
    /// Begins anew, in the same memory.
    fn clear(&mut self) {
        self.text.clear();
        self.segments.clear();
        self.lines = 0..0;
    }

    /// The segments of the text from an offset on, that offset now being 0.
    fn segments_from(&self, offset: usize) -> impl Iterator<Item = Segment> {
        let first =
            self.segments.partition_point(|segment| segment.joined <= offset).saturating_sub(1);
        let shift = move |segment: &Segment| {
            let skipped = offset.saturating_sub(segment.joined);
            Segment {
                joined: (segment.joined + skipped) - offset,
                source: segment.source + skipped,
            }
        };
        self.segments[first..].iter().map(shift)
    }
}

/// The blanks inside a line; Rust's own idea of them has more.
const BLANKS: fn(char) -> bool = |letter| matches!(letter, ' ' | '\t');

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn trim_start(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|byte| is_blank(byte)).count()..]
}

fn trim_end(text: &[u8]) -> &[u8] {
    &text[..text.len() - text.iter().rev().take_while(|byte| is_blank(byte)).count()]
}

/// An odd number of backslashes at the end; the earlier lines can't matter, as their last backslash
/// is a blank by now.
fn ends_in_backslash(text: &[u8]) -> bool {
    text.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

fn read_header(rest: &str) -> Content {
    let Some(name) = rest.strip_suffix(']') else {
        return Content::Fault(Fault::HeaderNotClosed);
    };
    if name.contains(|c: char| c.is_ascii_control() || matches!(c, '"' | '\'' | '\\')) {
        return Content::Fault(Fault::HeaderCharacters);
    }
    Content::Section(Section { name: Arc::from(name) })
}
