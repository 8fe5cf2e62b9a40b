//! Path units: what they watch, and what makes them start their unit again; systemd.path(5).
//!
//! ```ini
//! [Path]
//! PathChanged=/srv/incoming/*.csv
//! PathExists=/run/app/flag
//! ```

use systemd_types::UnitType;
use unit_file::syntax::Assignment;

use super::finding::{Finding, Told};
use super::refused::has_good;
use super::subject::Subject;
use super::triggers::started;

const MAN: &str = "systemd.path(5)";

/// PathExistsGlob= is left out of the keys: it is the one that takes patterns, systemd.path(5).
/// What a path unit starts is looked at last, for it takes both units to start without end.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.unit_type != UnitType::Path {
        return;
    }
    for key in ["PathExists", "PathChanged", "PathModified", "DirectoryNotEmpty"] {
        findings.extend(subject.lines_of(key).filter_map(pattern));
    }
    findings.tell(again_and_again(subject));
}

/// Only one of the keys knows patterns, and each line names one path.
fn pattern(line: &Assignment) -> Option<Finding> {
    let (key, value) = (&line.key, line.value.text());
    let (message, advice) = if value.contains(['*', '?', '[']) {
        (format!("{key}= knows no patterns"), "use PathExistsGlob=, or watch the directory itself")
    } else {
        return None;
    };
    let finding = Finding::warning("one-path", line.value.span(), message)
        .effect("systemd waits for a file of just this name, which most likely never comes");
    Some(finding.advice(advice).man(MAN))
}

/// As long as the condition holds when the unit ends, systemd starts it again.
///
/// With PathChanged= the event is over; with these keys it is a state. A unit that leaves the path
/// as it is runs into the limit of starts, and the path unit fails.
fn again_and_again(subject: &Subject<'_>) -> Option<Finding> {
    let keys = ["PathExists", "PathExistsGlob", "DirectoryNotEmpty"];
    let key = keys.into_iter().find(|key| has_good(subject, key))?;
    let unit = subject.other_unit(&started(subject)?)?;
    let is_of_vendor = subject.is_of_vendor();
    if !unit.is_oneshot || unit.remains || is_of_vendor {
        return None;
    }
    let message = format!("{key}= starts the unit again whenever it has ended, while this is so");
    let finding = Finding::info("again-and-again", subject.key_span(key)?, message)
        .effect("if the service does not take the path away, systemd gives up after a few starts");
    let advice = "let the service remove what it was started for, or use PathChanged=";
    Some(finding.advice(advice).man(MAN))
}
