//! Facts of the machine that a value names: users, groups, directories and files.
//!
//! Only what is wrong at the start of the service counts, so what comes later is left out: what
//! systemd makes for the unit, what tmpfiles.d(5) and sysusers.d(5) make at boot, and what lies
//! below a mount that the unit waits for.
//!
//! ```ini
//! [Service]
//! User=ap
//! WorkingDirectory=/srv/app
//! ReadWritePaths=/run/app
//! ```

use unit_file::directives::{Directive, Kind};
use unit_file::syntax::Assignment;
use unit_file::values::{Backslash, Word, split};

use super::finding::{Finding, Severity, Told};
use super::line::Line;
use super::path_words;
use super::scalars::user;
use super::subject::Subject;
use crate::load::{Machine, Scope};

const MAN: &str = "systemd.exec(5)";

/// Whether the users, directories and files are there that the service needs before its program
/// runs: systemd looks for them at the start, each with an exit status of its own, systemd.exec(5),
/// "Process Exit Codes".
pub(super) fn check(line: &Line<'_, '_>, findings: &mut Vec<Finding>) {
    let Line { subject, assignment, row } = *line;
    let value = assignment.value.text();
    if value.is_empty() || value.contains('%') {
        return;
    }
    if is_sandbox_path(row) {
        let words = split(value, Backslash::Stays).words;
        findings.extend(words.iter().filter_map(|word| sandbox_path(line, word)));
    }
    findings.tell(two_paths(assignment, row));
    let Some(machine) = subject.machine else {
        return;
    };
    findings.extend(match row.kind {
        Kind::User if user(value).is_none() => account(line, machine, row.key.ends_with("User")),
        Kind::Users => groups(line, machine),
        Kind::Output => output_directory(line, machine),
        Kind::Directory => working_directory(line, machine),
        Kind::EnvironmentFile => environment_file(line, machine),
        _ => None,
    });
}

/// Most paths are a value of their own, and nothing splits it.
fn two_paths(assignment: &Assignment, row: &Directive) -> Option<Finding> {
    let kinds = [Kind::Path, Kind::Directory, Kind::EnvironmentFile, Kind::ConditionPath];
    // In "! /path" no second path is meant.
    let is_path = |first: &str| first.contains('/');
    let text = assignment.value.text();
    if !kinds.contains(&row.kind) || !text.split_once(" /").is_some_and(|(one, _)| is_path(one)) {
        return None;
    }
    let message = format!("{}= takes one path, blanks included", row.key);
    // What must be there and is not fails the start: there is no file of just this name.
    let must_exist = matches!(row.kind, Kind::Directory | Kind::EnvironmentFile);
    let is_fatal = must_exist && !text.starts_with('-');
    let severity = if is_fatal { Severity::Error } else { Severity::Warning };
    let finding = Finding::new(severity, "one-path", assignment.value.span(), message)
        .effect(if is_fatal {
            "systemd looks for one of just this name, and the start fails"
        } else {
            "systemd looks for a file of just this name"
        })
        .advice("write a line for each path, where the key may stand several times");
    Some(finding.man(row.man))
}

/// Each of these paths becomes a mount in the service's own namespace, and a mount needs something
/// that is there; systemd.exec(5), "Sandboxing".
fn is_sandbox_path(row: &Directive) -> bool {
    let keys = ["ReadWritePaths", "ReadOnlyPaths", "InaccessiblePaths", "ExecPaths", "NoExecPaths"];
    keys.contains(&row.key)
}

/// An error, whatever the rest of the unit says: what is missing here ends the start before the
/// program runs.
fn error(assignment: &Assignment, code: &'static str, message: String) -> Finding {
    Finding::error(code, assignment.value.span(), message).man(MAN)
}

/// systemd looks the name up when it starts the service, not when it loads the unit, so a wrong
/// one shows only then.
fn account(line: &Line<'_, '_>, machine: &Machine, is_user: bool) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let name = assignment.value.text();
    let is_there = if is_user { machine.has_user(name) } else { machine.has_group(name) };
    // With DynamicUser=yes, the name is that of the user to be made.
    if subject.is_yes("DynamicUser") || is_there || name.contains(',') {
        return None;
    }
    let (what, status, tool) = if is_user {
        ("user", "217/USER", "useradd --system")
    } else {
        ("group", "216/GROUP", "groupadd --system")
    };
    let message = format!("there is no {what} {name} on this machine");
    let finding = error(assignment, "no-such-user", message)
        .effect(format!("the start fails with status {status}"))
        .advice(format!("make it: {tool} {name}; or use DynamicUser=yes"));
    Some(finding)
}

/// Each word is a group of its own, and one that is missing costs the start.
fn groups(line: &Line<'_, '_>, machine: &Machine) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let words = split(assignment.value.text(), Backslash::Stays).words;
    let word = words.iter().find(|word| !machine.has_group(&word.text()))?;
    let name = word.text();
    // What a comma does is told in comments.rs.
    if subject.scope == Scope::User || user(&name).is_some() || name.contains(',') {
        return None;
    }
    let message = format!("there is no group {name} on this machine");
    let span = line.span_of(word);
    let finding = Finding::error("no-such-user", span, message).man(MAN);
    let advice = format!("make it: groupadd --system {name}");
    Some(finding.effect("the start fails with status 216/GROUP").advice(advice))
}

/// systemd makes the file of an output, and no directory for it.
fn output_directory(line: &Line<'_, '_>, machine: &Machine) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let (_, path) = assignment.value.text().split_once(':')?;
    let (directory, _) = path.rsplit_once('/').filter(|(directory, _)| !directory.is_empty())?;
    if machine.is_directory(directory) || comes_later(subject, machine, directory) {
        return None;
    }
    let message = format!("there is no directory {directory} on this machine");
    let finding = error(assignment, "no-such-directory", message)
        .effect("the start fails with status 209/STDOUT")
        .advice("make the directory, or leave the output to the journal");
    Some(finding)
}

/// Directories that systemd makes for a service, and below which place: the table in
/// systemd.exec(5), at RuntimeDirectory=. A user's manager has other places for them.
const MADE: [(&str, &str); 6] = [
    ("RuntimeDirectory", "/run/"),
    ("RuntimeDirectory", "/var/run/"),
    ("StateDirectory", "/var/lib/"),
    ("CacheDirectory", "/var/cache/"),
    ("LogsDirectory", "/var/log/"),
    ("ConfigurationDirectory", "/etc/"),
];

/// `/srv/app/x` is below `/srv/app`, and `/srv/application` is not.
fn is_below(path: &str, directory: &str) -> bool {
    let rest = path.strip_prefix(directory.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether systemd makes the path for the unit, or waits for a mount that has it.
pub(super) fn is_made_for_unit(subject: &Subject<'_>, path: &str) -> bool {
    let is_made = |(key, place): &(&str, &str)| {
        let names = subject.effective.words(subject.own_section(), key);
        names.into_iter().any(|name| {
            let name = name.split(':').next().unwrap_or_default();
            name.contains('%') || is_below(path, &format!("{place}{name}"))
        })
    };
    let is_mounted = ["RequiresMountsFor", "WantsMountsFor"].iter().any(|key| {
        subject.effective.words("Unit", key).into_iter().any(|mount| is_below(path, mount))
    });
    MADE.iter().any(is_made) || is_mounted
}

/// Whether the unit sees other files than the machine's, or starts only where the path is: a
/// condition that names the path keeps the service from a start that would fail.
fn is_conditional(subject: &Subject<'_>, path: &str) -> bool {
    let has_own_root = subject.has("RootDirectory") || subject.has("RootImage");
    let is_asked = subject.effective.entries().iter().any(|entry| {
        let key = entry.assignment.key.as_str();
        let value = entry.assignment.value.text().trim_start_matches('|');
        let names_it = value.split_whitespace().any(|word| word.starts_with(path));
        (key.starts_with("Condition") || key.starts_with("Assert")) && names_it
    });
    has_own_root || is_asked
}

/// Places that are filled while the machine runs: what is there now says nothing of what will be
/// there when the unit starts.
fn is_volatile(path: &str) -> bool {
    let places = ["/run/", "/var/run/", "/tmp/", "/var/tmp/", "/proc/", "/sys/", "/dev/"];
    places.iter().any(|place| path.starts_with(place))
}

/// Paths that nobody can expect to be there now: they are made when the machine boots or the unit
/// starts.
fn comes_later(subject: &Subject<'_>, machine: &Machine, path: &str) -> bool {
    is_volatile(path)
        || is_made_for_unit(subject, path)
        || is_conditional(subject, path)
        || machine.is_made_at_boot(path)
}

/// The directory is entered after the sandbox is built and before the program runs; if that
/// fails, nothing runs. With - before it, the service starts in /.
fn working_directory(line: &Line<'_, '_>, machine: &Machine) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let path = assignment.value.text();
    if !path.starts_with('/') || machine.is_directory(path) || comes_later(subject, machine, path) {
        return None;
    }
    let message = format!("there is no directory {path} on this machine");
    let finding = error(assignment, "no-such-directory", message)
        .effect("the start fails with status 200/CHDIR")
        .advice("make the directory, or let systemd make one with StateDirectory=");
    Some(finding)
}

/// The file is read at each start. Without the -, a missing one is a failure of the start,
/// "Failed to load environment files".
fn environment_file(line: &Line<'_, '_>, machine: &Machine) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let path = assignment.value.text();
    let is_pattern = path.contains(['*', '?', '[']);
    if !path.starts_with('/')
        || is_pattern
        || machine.exists(path)
        || comes_later(subject, machine, path)
    {
        return None;
    }
    let start = assignment.value.span().start;
    let message = format!("there is no file {path} on this machine");
    let finding = error(assignment, "no-such-file", message)
        .effect("the start fails: systemd can't load the environment")
        .suggest("put a - before the path if it may be missing", start..start, "-");
    Some(finding)
}

/// A sandbox is built of mounts, and there is none without its path.
fn sandbox_path(line: &Line<'_, '_>, word: &Word) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let text = word.text();
    let text = text.strip_prefix('+').unwrap_or(&text);
    let is_told = text.ends_with(',') || path_words::is_told(text); // there and in comments.rs
    if is_told
        || !text.starts_with('/')
        || is_made_for_unit(subject, text)
        || is_conditional(subject, text)
    {
        return None;
    }
    let is_run = text.starts_with("/run/") || text.starts_with("/var/run/");
    if is_run {
        return empty_at_boot(line, word, text);
    }
    let machine = subject.machine?;
    if machine.exists(text) || is_volatile(text) || machine.is_made_at_boot(text) {
        return None;
    }
    let message = format!("there is no {text} on this machine");
    Some(missing_path(assignment, word, Severity::Error, message))
}

/// `/run` is empty at each boot, so somebody must make the path before the service starts.
fn empty_at_boot(line: &Line<'_, '_>, word: &Word, path: &str) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let others = ["/run/systemd", "/run/dbus", "/run/lock", "/run/user", "/run/udev", "/run/log"];
    let is_others = others.iter().any(|place| is_below(path, place));
    let is_there = |machine: &Machine| machine.exists(path) || machine.is_made_at_boot(path);
    if is_others || subject.machine.is_some_and(is_there) {
        return None;
    }
    let message = format!("nothing here makes {path}, and /run is empty at boot");
    // Elsewhere, another unit may make it; here, nothing has.
    let severity = if subject.machine.is_some() { Severity::Error } else { Severity::Warning };
    let finding = missing_path(assignment, word, severity, message);
    Some(finding.advice("add RuntimeDirectory=, which makes it, or put a - before the path"))
}

/// The mount namespace of a service is made whole or not at all; a path with - before it may be
/// missing, systemd.exec(5).
fn missing_path(
    assignment: &Assignment,
    word: &Word,
    severity: Severity,
    message: String,
) -> Finding {
    let span = assignment.value.span_of(word.span.clone());
    Finding::new(severity, "no-such-path", span.clone(), message)
        .effect("the start fails with status 226/NAMESPACE")
        .suggest("put a - before the path if it may be missing", span.start..span.start, "-")
        .man(MAN)
}
