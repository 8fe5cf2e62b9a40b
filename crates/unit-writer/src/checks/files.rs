//! Facts of the machine that a value names: users, groups, directories and files.

use super::{Finding, Subject};
use crate::load::Machine;
use unit_file::directives::{Directive, Kind};
use unit_file::syntax::Assignment;
use unit_file::values::{Rules, Word, split};

pub(super) fn check(
    subject: &Subject<'_>,
    assignment: &Assignment,
    row: &Directive,
    findings: &mut Vec<Finding>,
) {
    let value = assignment.value.text();
    let Some(machine) = subject.machine else {
        return;
    };
    if value.is_empty()
        || value.contains('%')
        || (row.kind == Kind::User && super::value::user(value, 0).is_some())
    {
        return;
    }
    match (row.kind, row.key) {
        (Kind::User, key) => {
            findings.extend(account(subject, machine, assignment, key.ends_with("User")))
        }
        (Kind::Directory, _) => findings.extend(working_directory(subject, machine, assignment)),
        (Kind::EnvironmentFile, _) => {
            findings.extend(environment_file(subject, machine, assignment))
        }
        (
            Kind::Paths,
            "ReadWritePaths" | "ReadOnlyPaths" | "InaccessiblePaths" | "ExecPaths" | "NoExecPaths",
        ) => {
            let words = split(value, Rules::NAMES).unwrap_or_default();
            findings.extend(
                words.iter().filter_map(|word| sandbox_path(subject, machine, assignment, word)),
            );
        }
        _ => {}
    }
}

fn error(assignment: &Assignment, code: &'static str, message: String) -> Finding {
    Finding::error(code, assignment.value.span(), message).man("systemd.exec(5)")
}

fn account(
    subject: &Subject<'_>,
    machine: &Machine,
    assignment: &Assignment,
    is_user: bool,
) -> Option<Finding> {
    let name = assignment.value.text();
    let dynamic = subject
        .own("DynamicUser")
        .is_some_and(|value| unit_file::values::parse_boolean(value) == Ok(true));
    let is_there = if is_user { machine.has_user(name) } else { machine.has_group(name) };
    if dynamic || is_there {
        return None;
    }
    let (what, status, tool) = if is_user {
        ("user", "217/USER", "useradd --system")
    } else {
        ("group", "216/GROUP", "groupadd --system")
    };
    let finding =
        error(assignment, "no-such-user", format!("there is no {what} {name} on this machine"));
    Some(
        finding
            .effect(format!("the start fails with status {status}"))
            .advice(format!("make it: {tool} {name}; or use DynamicUser=yes")),
    )
}

/// Directories that systemd makes for the unit, mounts that it waits for, and places that fill up at run time.
fn comes_later(subject: &Subject<'_>, path: &str) -> bool {
    let volatile = ["/run/", "/var/run/", "/tmp/", "/var/tmp/", "/proc/", "/sys/", "/dev/"];
    let made = [
        ("RuntimeDirectory", "/run/"),
        ("StateDirectory", "/var/lib/"),
        ("CacheDirectory", "/var/cache/"),
        ("LogsDirectory", "/var/log/"),
        ("ConfigurationDirectory", "/etc/"),
    ];
    let is_below = |directory: &str| {
        path == directory || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
    };
    let is_made = |(key, place): &(&str, &str)| {
        let values = subject.effective.values(subject.own_section(), key);
        values.iter().any(|entry| {
            let names = entry.assignment.value.text().split_whitespace();
            names.into_iter().any(|name| {
                is_below(&format!("{place}{}", name.split(':').next().unwrap_or_default()))
            })
        })
    };
    let is_mounted = ["RequiresMountsFor", "WantsMountsFor"].iter().any(|key| {
        let values = subject.effective.values("Unit", key);
        values.iter().any(|entry| entry.assignment.value.text().split_whitespace().any(is_below))
    });
    let has_own_root = subject.own("RootDirectory").is_some() || subject.own("RootImage").is_some();
    let is_conditional = subject.effective.entries().iter().any(|entry| {
        let key = entry.assignment.key.as_str();
        let names_it = entry
            .assignment
            .value
            .text()
            .trim_start_matches('|')
            .split_whitespace()
            .any(|word| word.starts_with(path));
        (key.starts_with("Condition") || key.starts_with("Assert")) && names_it
    });
    volatile.iter().any(|place| path.starts_with(place))
        || made.iter().any(is_made)
        || is_mounted
        || has_own_root
        || is_conditional
}

fn working_directory(
    subject: &Subject<'_>,
    machine: &Machine,
    assignment: &Assignment,
) -> Option<Finding> {
    let path = assignment.value.text();
    if !path.starts_with('/') || machine.is_directory(path) || comes_later(subject, path) {
        return None;
    }
    let finding = error(
        assignment,
        "no-such-directory",
        format!("there is no directory {path} on this machine"),
    );
    Some(
        finding
            .effect("the start fails with status 200/CHDIR")
            .advice("make the directory, or let systemd make one with StateDirectory="),
    )
}

fn environment_file(
    subject: &Subject<'_>,
    machine: &Machine,
    assignment: &Assignment,
) -> Option<Finding> {
    let path = assignment.value.text();
    if !path.starts_with('/')
        || path.contains(['*', '?', '['])
        || machine.exists(path)
        || comes_later(subject, path)
    {
        return None;
    }
    let start = assignment.value.span().start;
    let finding =
        error(assignment, "no-such-file", format!("there is no file {path} on this machine"));
    Some(finding.effect("the start fails: systemd can't load the environment").suggest(
        "put a - before the path if it may be missing",
        start..start,
        "-",
    ))
}

fn sandbox_path(
    subject: &Subject<'_>,
    machine: &Machine,
    assignment: &Assignment,
    word: &Word,
) -> Option<Finding> {
    let text = word.text();
    if !text.starts_with('/') || machine.exists(&text) || comes_later(subject, &text) {
        return None;
    }
    let span = assignment.value.span_of(word.span.clone());
    let finding =
        Finding::error("no-such-path", span.clone(), format!("there is no {text} on this machine"));
    Some(
        finding
            .effect("the start fails with status 226/NAMESPACE")
            .suggest("put a - before the path if it may be missing", span.start..span.start, "-")
            .man("systemd.exec(5)"),
    )
}
