//! What a unit writes where its sandbox lets nobody write; systemd.exec(5), `ProtectSystem=`.
//!
//! ProtectSystem=strict, which DynamicUser=yes brings along, makes all file systems read-only but
//! /dev, /proc and /sys. What the service writes must be opened again, and the unit itself often
//! shows what that is: in a script, behind an option, as the file of its process id.
//!
//! ```ini
//! [Service]
//! ProtectSystem=strict
//! ExecStart=/usr/bin/app --data-dir=/var/lib/app
//! ```
//!
//! `StandardOutput=append:` is no such case: systemd opens the file before it builds the sandbox.

use unit_file::syntax::Span;
use unit_file::values::Prefix;

use super::files::is_made_for_unit;
use super::finding::{Finding, Severity, Told};
use super::programs::base_name;
use super::scripts::script_text;
use super::subject::{RunCommand, Subject};
use super::user_sandbox::has_mounts;

/// Tools that are there to write, and the names of which say so.
const WRITERS: &str = "touch tee mkdir mkfifo install cp mv ln rm rsync chown chmod";
/// Parts of the names of options that are followed by a place to write to.
const OUTPUTS: [&str; 11] =
    ["out", "log", "pid", "data", "storage", "store", "cache", "state", "spool", "dump", "db"];
/// Where services keep what they write. What lies elsewhere is mostly read.
const PLACES: [&str; 8] = ["/var/", "/srv/", "/run/", "/opt/", "/mnt/", "/data/", "/etc/", "/tmp/"];

/// The sandbox makes the file system read-only, and what the service writes must be excepted by
/// name.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let is_strict = subject.own("ProtectSystem") == Some("strict")
        || subject.is_yes("DynamicUser")
        || subject.effective.words("Service", "ReadOnlyPaths").contains(&"/");
    // With these, the unit sees other files than it names.
    let sees_others = ["BindPaths", "RootDirectory", "RootImage", "TemporaryFileSystem"];
    if !is_strict || !has_mounts(subject) || sees_others.iter().any(|key| subject.has(key)) {
        return;
    }
    let keys = ["ExecStartPre", "ExecStart", "ExecStartPost"];
    let mut runs = keys.iter().flat_map(|key| subject.own_commands(key));
    let written = runs.find_map(|run| written(subject, run));
    if let Some((span, path)) = pid_file(subject).or(written) {
        findings.push(read_only(Severity::Warning, span, &path));
    } else {
        findings.tell(working_directory(subject));
    }
}

/// Whether the service may write to a path: what is made for it, and what ReadWritePaths= names,
/// stays writable.
fn read_only(severity: Severity, span: Span, path: &str) -> Finding {
    let message = format!("{path} is read-only for this service");
    Finding::new(severity, "read-only", span, message)
        .effect(
            "ProtectSystem=strict, or DynamicUser=yes, lets it write nowhere but in its own \
             directories: \"Read-only file system\"",
        )
        .advice(
            "add StateDirectory=, LogsDirectory= or RuntimeDirectory=, or name the path in \
             ReadWritePaths=",
        )
        .man("systemd.exec(5)")
}

/// Whether the service can write to the path after all, or nobody can tell.
fn is_open(subject: &Subject<'_>, path: &str) -> bool {
    let has_own_tmp = subject.is_yes("PrivateTmp") || subject.is_yes("DynamicUser");
    let opened = subject.effective.words("Service", "ReadWritePaths").into_iter().any(|open| {
        let open = open.trim_start_matches(['-', '+']).trim_end_matches('/');
        open.contains('%')
            || path.strip_prefix(open).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    opened
        || path.contains(['%', '$'])
        || !PLACES.iter().any(|place| path.starts_with(place))
        || has_own_tmp && (path.starts_with("/tmp/") || path.starts_with("/var/tmp/"))
        || is_made_for_unit(subject, path)
}

/// A daemon that forks writes its process id itself, before systemd looks for it.
fn pid_file(subject: &Subject<'_>) -> Option<(Span, String)> {
    let value = subject.own("PIDFile").filter(|_| subject.service_type() == "forking")?;
    let path = if value.starts_with('/') { value.to_owned() } else { format!("/run/{value}") };
    (!is_open(subject, &path)).then_some((subject.key_span("PIDFile")?, path))
}

/// The first path that a command writes to, as far as its words show it.
fn written(subject: &Subject<'_>, run: &RunCommand<'_>) -> Option<(Span, String)> {
    let command = &run.command;
    if command.has(Prefix::FullPrivileges) {
        return None; // it runs outside of the sandbox
    }
    let is_closed = |path: &str| path.starts_with('/') && !is_open(subject, path);
    if let Some(script) = script_text(command) {
        let path = redirections(&script).find(|path| is_closed(path))?;
        return Some((run.assignment.value.span(), path.to_owned()));
    }
    let is_writer = unit_file::directives::has_word(WRITERS, base_name(&command.program));
    let mut before = String::new();
    let mut words = command.arguments.iter().skip(1);
    words.find_map(|word| {
        let text = word.text().into_owned();
        let (option, path) = match text.split_once('=') {
            Some((option, path)) if text.starts_with('-') => (option.to_owned(), path.to_owned()),
            _ => (std::mem::take(&mut before), text.clone()),
        };
        before = if text.starts_with("--") { text } else { String::new() };
        let is_output = is_writer || names_output(&option);
        (is_output && is_closed(&path))
            .then(|| (run.assignment.value.span_of(word.span.clone()), path))
    })
}

/// `--log-file`, `--storage.tsdb.path`; not `--config-file`.
pub(super) fn names_output(option: &str) -> bool {
    let parts = option.trim_start_matches('-').split(['-', '.', '_']);
    option.starts_with("--")
        && parts.into_iter().any(|part| {
            OUTPUTS.iter().any(|output| {
                part == *output
                    || part.strip_prefix(output).is_some_and(|rest| {
                        matches!(rest, "s" | "dir" | "file" | "put" | "path" | "base")
                    })
            })
        })
}

/// The paths behind > and >> in a script of the shell.
pub(super) fn redirections(script: &str) -> impl Iterator<Item = &str> {
    script.split('>').skip(1).filter_map(|behind| {
        let path = behind.trim_start().split([' ', ';', '&', '|', ')', '\n', '"', '\'']).next()?;
        path.starts_with('/').then_some(path)
    })
}

/// Who sets WorkingDirectory= mostly works there. What the program does is its own affair, so this
/// is a remark.
fn working_directory(subject: &Subject<'_>) -> Option<Finding> {
    let path = subject.own("WorkingDirectory")?.trim_start_matches('-');
    let opens =
        ["StateDirectory", "LogsDirectory", "CacheDirectory", "ReadWritePaths", "RuntimeDirectory"];
    if opens.iter().any(|key| subject.has(key)) || !path.starts_with('/') || is_open(subject, path)
    {
        return None;
    }
    Some(read_only(Severity::Info, subject.key_span("WorkingDirectory")?, path))
}
