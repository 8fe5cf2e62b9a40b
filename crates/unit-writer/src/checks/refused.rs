//! A unit that systemd reads and then refuses as a whole: how that is told, and whether lines that
//! it needs are left.
//!
//! What is refused is in `required_keys.rs` and its neighbours.

use super::finding::{Finding, REFUSED};
use super::line::Line;
use super::subject::Subject;
use super::values;

/// systemd checks these when all lines and drop-ins of a unit are read, in a function of each
/// type, service_verify() and so on, and gives the unit the state bad-setting.
pub(super) fn refused(
    subject: &Subject<'_>,
    code: &'static str,
    at: Option<&str>,
    message: impl Into<String>,
) -> Finding {
    let span = at.and_then(|key| subject.key_span(key)).or_else(|| subject.header_span());
    let finding = Finding::error(code, span.clone().unwrap_or(0..0), message);
    let finding = Finding { span, ..finding };
    finding.effect(REFUSED).man(format!("systemd.{}(5)", subject.unit_type))
}

/// Whether one of the keys has a value that systemd takes.
///
/// A line that systemd ignores counts as not there, so a bad trigger can be the reason that there
/// is none.
pub(super) fn has_good(subject: &Subject<'_>, keys: &str) -> bool {
    let section = subject.own_section();
    let entries = keys.split(' ').flat_map(|key| subject.effective.values(section, key));
    entries.into_iter().any(|entry| {
        let row = subject.obeyed(&entry);
        row.is_some_and(|row| values::holds(&Line { subject, assignment: entry.assignment, row }))
    })
}
