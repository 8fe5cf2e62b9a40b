//! The right-hand side of an assignment, its continuation lines joined, each character still
//! knowing its place.

use std::ops::Range;

use super::span::Span;

/// A joined text and where its segments stand in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    text: String,
    first: Segment,
    /// Where the other lines of a continued value begin; mostly there are none.
    others: Vec<Segment>,
}

/// A run of the joined text that stands in the file in one piece: where it begins in the text, and
/// where in the file. It ends where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) joined: usize,
    pub(super) source: usize,
}

impl Value {
    pub(super) fn new(text: String, mut segments: impl Iterator<Item = Segment>) -> Value {
        let first = segments.next().unwrap_or(Segment { joined: 0, source: 0 });
        Value { text, first, others: segments.collect() }
    }

    /// What systemd sees: one line, blanks at both ends gone, a blank where a continuation's
    /// backslash stood.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// An empty value, which resets a list or a setting to its default.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Where the whole value stands in the file.
    pub fn span(&self) -> Span {
        self.span_of(0..self.text.len())
    }

    /// Where a part of the text stands in the file; a part that spans lines includes what is
    /// between them.
    pub fn span_of(&self, part: Range<usize>) -> Span {
        if self.others.is_empty() {
            return span_in(&[self.first], part);
        }
        let segments: Vec<Segment> =
            std::iter::once(self.first).chain(self.others.iter().copied()).collect();
        span_in(&segments, part)
    }

    /// Whether the text stands in the file as it is, on one line.
    pub fn is_on_one_line(&self) -> bool {
        self.others.is_empty()
    }
}

/// Where a part of a joined text stands in the file.
pub(super) fn span_in(segments: &[Segment], part: Range<usize>) -> Span {
    let start = source_offset(segments, part.start);
    // The end belongs to the last character inside, which may be on an earlier line than the next
    // one.
    let end = if part.end > part.start { source_offset(segments, part.end - 1) + 1 } else { start };
    start..end.max(start)
}

fn source_offset(segments: &[Segment], joined: usize) -> usize {
    let after = segments.partition_point(|segment| segment.joined <= joined);
    let segment = segments[after.saturating_sub(1)];
    segment.source + joined.saturating_sub(segment.joined)
}
