//! Specifiers: a `%` where a percent sign was meant, and specifiers that mean nothing here.

use super::{Edit, Finding, Role, Severity, Subject};
use crate::directives::Kind;
use crate::syntax::Assignment;
use crate::values::{Context, Specifier, SpecifierUse, specifiers};

pub(super) fn check(subject: &Subject<'_>, assignment: &Assignment, findings: &mut Vec<Finding>) {
    let value = assignment.value.text();
    if !subject
        .directive(assignment)
        .is_some_and(|row| fills_in(row.kind()))
    {
        return;
    }
    let context = if &*assignment.section == "Install" {
        Context::Install
    } else {
        Context::Unit
    };
    let is_date = looks_like_date_format(value);
    for (at, used) in specifiers(value, context, subject.version) {
        let span = assignment.value.span_of(at..(at + 2).min(value.len()));
        let finding = match used {
            SpecifierUse::Unknown(letter) => unknown(subject, assignment, letter, at),
            SpecifierUse::Known(known) if is_date => date_format(known, at, assignment),
            SpecifierUse::Known(known) if matches!(known.letter, 'i' | 'I') && is_plain(subject) => {
                Finding::new(Severity::Warning, "no-instance", span.clone(), format!("%{} is empty here", known.letter))
                    .effect("only a template such as name@.service has instances; in a plain unit the specifier becomes nothing")
                    .advice("rename the file to a template, or write the value out")
                    .man("systemd.unit(5)")
            }
            _ => continue,
        };
        let doubled = format!("%{}", &value[at..(at + 2).min(value.len())]);
        findings.push(match used {
            SpecifierUse::Known(_) if !is_date => finding,
            _ if is_date => finding.mend(
                "write %% for a percent sign",
                vec![Edit {
                    span,
                    text: doubled,
                }],
            ),
            _ => finding.suggest("write %% for a percent sign", span, doubled),
        });
    }
}

/// Kinds of values in which systemd fills specifiers in.
fn fills_in(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Text
            | Kind::Addresses
            | Kind::Path
            | Kind::PlainPaths
            | Kind::Paths
            | Kind::Directory
            | Kind::Directories
            | Kind::EnvironmentFile
            | Kind::Environment
            | Kind::Variables
            | Kind::Command
            | Kind::Unit(_)
            | Kind::Units(_)
            | Kind::User
            | Kind::Users
            | Kind::ConditionPath
            | Kind::Condition
            | Kind::Device
            | Kind::Listen
    )
}

fn is_plain(subject: &Subject<'_>) -> bool {
    subject.role == Role::Unit && subject.name.is_some_and(|name| name.instance().is_none())
}

/// `+%Y-%m-%d` and its like, which date(1) would read.
fn looks_like_date_format(value: &str) -> bool {
    let parts = [
        "%Y-%m", "%Y%m", "%Y/%m", "%H:%M", "%H%M", "%m-%d", "%d-%m", "%d/%m", "%d.%m", "%M:%S",
        "%Y_%m",
    ];
    parts.iter().any(|part| value.contains(part))
        || value.contains("+%")
        || value.contains("+\"%")
        || value.contains("+'%")
}

fn unknown(subject: &Subject<'_>, assignment: &Assignment, letter: char, at: usize) -> Finding {
    let is_command = assignment.key.starts_with("Exec");
    let refuses = is_command && !assignment.value.text().starts_with('-');
    let refuses = refuses
        || matches!(
            assignment.key.as_str(),
            "User" | "Group" | "WorkingDirectory" | "SocketUser" | "SocketGroup"
        );
    let (severity, effect) = if refuses {
        (
            Severity::Error,
            "systemd refuses the unit; it does not load".to_owned(),
        )
    } else {
        (Severity::Warning, subject.when_ignored(assignment))
    };
    let span = assignment.value.span_of(at..at + 2);
    let known = crate::values::specifier_of(letter);
    let message = match known {
        Some(known) if known.since > subject.version => {
            format!(
                "%{letter} came with systemd {}, this is {}",
                known.since, subject.version
            )
        }
        Some(_) => format!("%{letter} is not filled in in [Install]"),
        None => format!("there is no specifier %{letter}"),
    };
    Finding::new(severity, "unknown-specifier", span, message)
        .effect(effect)
        .man("systemd.unit(5)")
}

fn date_format(known: &Specifier, at: usize, assignment: &Assignment) -> Finding {
    let span = assignment.value.span_of(at..at + 2);
    let message = format!(
        "systemd fills %{} in before the program sees it",
        known.letter
    );
    Finding::new(Severity::Warning, "date-format", span, message)
        .effect(format!("the program gets {} here", known.meaning))
        .man("systemd.unit(5)")
}
