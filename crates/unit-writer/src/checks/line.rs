//! The line that is being judged: what the checks of one line are asked with.

use unit_file::directives::Directive;
use unit_file::syntax::{Assignment, Span};
use unit_file::values::Word;

use super::finding::{Finding, Severity};
use super::subject::Subject;

/// A line that systemd obeys, what its key means, and the unit that it is in.
#[derive(Clone, Copy)]
pub(super) struct Line<'s, 'a> {
    pub(super) subject: &'s Subject<'a>,
    pub(super) assignment: &'s Assignment,
    pub(super) row: &'s Directive,
}

impl Line<'_, '_> {
    /// Where a word of the value stands in the file.
    pub(super) fn span_of(&self, word: &Word) -> Span {
        self.assignment.value.span_of(word.span.clone())
    }

    /// A finding about one word of the value, mostly the name of a unit.
    pub(super) fn about(
        &self,
        word: &Word,
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
    ) -> Finding {
        Finding::new(severity, code, self.span_of(word), message).man("systemd.unit(5)")
    }
}
