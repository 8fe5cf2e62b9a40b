//! Specifiers: a `%` where a percent sign was meant, and specifiers that mean nothing here.

use super::{Edit, Finding, Severity, Subject};
use crate::load::Role;
use unit_file::directives::{Directive, Kind};
use unit_file::syntax::Assignment;
use unit_file::values::{Context, Specifier, SpecifierUse, specifier_of, specifiers};

pub(super) fn check(
    subject: &Subject<'_>,
    assignment: &Assignment,
    row: &Directive,
    findings: &mut Vec<Finding>,
) {
    let value = assignment.value.text();
    if !fills_in(row.kind) || !value.contains('%') {
        return;
    }
    let context = if &*assignment.section == "Install" { Context::Install } else { Context::Unit };
    let used: Vec<(usize, SpecifierUse)> = specifiers(value, context, subject.version).collect();
    let is_date = looks_like_date_format(value);
    findings.extend(if is_date { date_format(assignment, &used) } else { None });
    for (at, used) in used {
        findings.extend(match used {
            SpecifierUse::Unknown(letter) => Some(unknown(subject, assignment, letter, at)),
            SpecifierUse::Known(known)
                if matches!(known.letter, 'i' | 'I') && is_plain(subject) && !is_date =>
            {
                Some(no_instance(assignment, known, at))
            }
            _ => None,
        });
    }
}

/// Kinds of values in which systemd fills specifiers in.
pub(super) fn fills_in(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Text
            | Kind::BusName
            | Kind::FdName
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
    let is_command = subject.is_command(assignment);
    let refuses = is_command && !assignment.value.text().starts_with('-');
    let strict = [
        "User",
        "Group",
        "SocketUser",
        "SocketGroup",
        "SupplementaryGroups",
        "WorkingDirectory",
        "RootDirectory",
        "RootImage",
        "RootVerity",
    ];
    let refuses = refuses || strict.contains(&assignment.key.as_str());
    let (severity, effect) = if refuses {
        (Severity::Error, "systemd refuses the unit; it does not load".to_owned())
    } else {
        (Severity::Warning, subject.when_ignored(assignment))
    };
    let span = assignment.value.span_of(at..at + 2);
    let message = match specifier_of(letter) {
        Some(known) if known.since > subject.version => {
            format!("%{letter} came with systemd {}, this is {}", known.since, subject.version)
        }
        Some(_) => format!("%{letter} is not filled in in [Install]"),
        None => format!("there is no specifier %{letter}"),
    };
    Finding::new(severity, "unknown-specifier", span.clone(), message)
        .effect(effect)
        .suggest("write %% for a percent sign", span, format!("%%{letter}"))
        .man("systemd.unit(5)")
}

fn no_instance(assignment: &Assignment, known: &Specifier, at: usize) -> Finding {
    let span = assignment.value.span_of(at..at + 2);
    Finding::warning("no-instance", span, format!("%{} is empty here", known.letter))
        .effect("only a template such as name@.service has instances; in a plain unit the specifier becomes nothing")
        .advice("rename the file to a template, or write the value out")
        .man("systemd.unit(5)")
}

/// One finding for all of them, as they belong together.
fn date_format(assignment: &Assignment, used: &[(usize, SpecifierUse)]) -> Option<Finding> {
    let known = |(at, used): &(usize, SpecifierUse)| match used {
        SpecifierUse::Known(known) => Some((*at, *known)),
        _ => None,
    };
    let known: Vec<(usize, &Specifier)> = used.iter().filter_map(known).collect();
    let (first, last) = (known.first()?, known.last()?);
    let span = assignment.value.span_of(first.0..last.0 + 2);
    let becomes: Vec<String> = known
        .iter()
        .map(|(_, known)| format!("%{} becomes {}", known.letter, known.meaning))
        .collect();
    let edit = |(at, known): &(usize, &Specifier)| Edit {
        span: assignment.value.span_of(*at..at + 2),
        text: format!("%%{}", known.letter),
    };
    let finding =
        Finding::warning("date-format", span, "systemd fills this in before the program sees it");
    Some(
        finding
            .effect(becomes.join(", "))
            .mend("write %% for each percent sign", known.iter().map(edit).collect())
            .man("systemd.unit(5)"),
    )
}
