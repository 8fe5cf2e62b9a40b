//! Dependencies in `[Unit]`: units that don't exist, a unit's dependency on itself, and order without requirement.

use systemd_types::UnitName;

use super::{Finding, Severity, Subject};
use crate::load::Machine;
use crate::suggest::nearest;
use unit_file::directives::{Directive, Kind};
use unit_file::syntax::Assignment;
use unit_file::values::{Rules, Word, split};

pub(super) fn check(
    subject: &Subject<'_>,
    assignment: &Assignment,
    row: &Directive,
    findings: &mut Vec<Finding>,
) {
    if !matches!(row.kind, Kind::Units(_)) || &*assignment.section != "Unit" {
        return;
    }
    // An order with a unit that isn't there does no harm, so there only the unit itself is of interest.
    let starts_units = !matches!(row.key, "After" | "Before" | "Conflicts");
    for word in split(assignment.value.text(), Rules::NAMES).unwrap_or_default() {
        findings.extend(on_itself(subject, assignment, &word));
        let Some(name) = starts_units.then(|| UnitName::new(&word.text()).ok()).flatten() else {
            continue;
        };
        findings
            .extend(subject.machine.and_then(|machine| missing(machine, assignment, &word, &name)));
        findings.extend(unordered(subject, assignment, &word, &name));
    }
}

fn finding(
    severity: Severity,
    code: &'static str,
    assignment: &Assignment,
    word: &Word,
    message: String,
) -> Finding {
    Finding::new(severity, code, assignment.value.span_of(word.span.clone()), message)
        .man("systemd.unit(5)")
}

fn on_itself(subject: &Subject<'_>, assignment: &Assignment, word: &Word) -> Option<Finding> {
    let is_itself = subject.name.is_some_and(|name| name.as_str().as_bytes() == word.bytes);
    is_itself.then(|| {
        let message = format!("{}= names the unit itself", assignment.key);
        finding(Severity::Warning, "on-itself", assignment, word, message)
            .effect("systemd drops this dependency")
    })
}

fn missing(
    machine: &Machine,
    assignment: &Assignment,
    word: &Word,
    name: &UnitName,
) -> Option<Finding> {
    let (severity, effect) = match assignment.key.as_str() {
        "Requires" | "BindsTo" | "BindTo" | "Requisite" => {
            (Severity::Error, "the unit can't be started: systemd does not find what it requires")
        }
        "Wants" | "Upholds" | "OnFailure" | "OnSuccess" => {
            (Severity::Warning, "systemd does without it, and says nothing")
        }
        // An order, a conflict or a link with a unit that isn't there does no harm, and is common.
        _ => return None,
    };
    if machine.may_have_unit(name) {
        return None;
    }
    let message = format!("there is no unit {name} on this machine");
    let finding = finding(severity, "no-such-unit", assignment, word, message).effect(effect);
    // What a package names without having installed it is no slip of the pen.
    let same_type = machine.unit_names().filter(|other| other.ends_with(name.unit_type().as_str()));
    let meant = if machine.is_of_vendor() { None } else { nearest(name.as_str(), same_type) };
    Some(match meant {
        Some(other) => {
            let span = assignment.value.span_of(word.span.clone());
            finding.suggest(format!("did you mean {other}?"), span, other)
        }
        None => finding.advice("install the unit, or mend the name"),
    })
}

/// Without an order, both are started at the same time.
fn unordered(
    subject: &Subject<'_>,
    assignment: &Assignment,
    word: &Word,
    name: &UnitName,
) -> Option<Finding> {
    let matters = matches!(assignment.key.as_str(), "Requires" | "BindsTo" | "Requisite")
        && name.as_str().ends_with(".service");
    let is_ordered = ["After", "Before"].iter().any(|key| {
        let values = subject.effective.values("Unit", key);
        values.iter().any(|entry| {
            entry.assignment.value.text().split_whitespace().any(|other| other == name.as_str())
        })
    });
    if !matters || is_ordered {
        return None;
    }
    let message = format!("{}= does not say which of the two starts first", assignment.key);
    let finding = finding(Severity::Info, "unordered", assignment, word, message);
    Some(
        finding
            .effect("systemd starts both at the same time, unless the other unit says otherwise")
            .advice(format!("add After={name} if this unit needs it running")),
    )
}
