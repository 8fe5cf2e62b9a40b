//! What happens before and around the start of the main process; systemd.service(5).
//!
//! systemd makes the service's directories, opens its output and runs ExecStartPre=, in an order
//! and with a time limit that the unit must leave room for.
//!
//! ```ini
//! [Service]
//! User=app
//! ExecStartPre=/bin/sleep 120
//! PIDFile=/run/app.pid
//! LogsDirectory=app
//! StandardOutput=append:/var/log/app/out.log
//! ```

use unit_file::syntax::Span;
use unit_file::values::TimeSpan;

use super::command_check::MAN;
use super::files::is_made_for_unit;
use super::finding::{Finding, Severity, Told};
use super::programs::{background_word, base_name};
use super::scripts::script_text;
use super::service_types::ends_in_background;
use super::subject::{RunCommand, Subject};
use crate::load::Scope;

/// The time limit of a start, if neither the unit nor the system says otherwise.
const DEFAULT_TIMEOUT: u128 = 90_000_000;

/// In the order of a start: the time it may take, what runs before, what the daemon and systemd
/// agree on, and where the output goes.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    findings.tell(sleeps_too_long(subject));
    findings.tell(left_over(subject));
    findings.tell(pid_file_of_root(subject));
    findings.tell(output_before_directory(subject));
    findings.tell(truncated_again(subject));
}

/// Each command opens its output anew, and truncate: empties the file each time.
fn truncated_again(subject: &Subject<'_>) -> Option<Finding> {
    let mut lines = ["StandardOutput", "StandardError"].into_iter().filter_map(|key| {
        let line = subject.lines_of(key).last()?;
        line.value.text().starts_with("truncate:").then_some(line)
    });
    let line = lines.next()?;
    let others = ["ExecStartPre", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"];
    let other = others.into_iter().find(|key| subject.has(key))?;
    let message = format!("{other}= writes to this file too, and each command empties it first");
    let finding = Finding::info("overwrites", line.value.span(), message)
        .effect("in the end the file has what the last command wrote");
    Some(finding.advice("use append:, or leave the output to the journal").man("systemd.exec(5)"))
}

/// Until the service counts as started, TimeoutStartSec= runs, and sleeping is part of it.
fn sleeps_too_long(subject: &Subject<'_>) -> Option<Finding> {
    let is_oneshot = subject.service_type() == "oneshot";
    let limit = match subject.own("TimeoutStartSec").or(subject.own("TimeoutSec")) {
        Some(text) => TimeSpan::parse(text).ok()?.micros().filter(|micros| *micros > 0)?,
        // A oneshot may take as long as it likes.
        None if is_oneshot => return None,
        None => DEFAULT_TIMEOUT,
    };
    let keys = if is_oneshot { &["ExecStartPre", "ExecStart"][..] } else { &["ExecStartPre"] };
    let runs = || keys.iter().flat_map(|key| subject.own_commands(key));
    let slept: u128 = runs().filter_map(sleep).sum();
    let last = runs().filter(|run| sleep(run).is_some()).last()?;
    if slept < limit {
        return None;
    }
    let span = last.assignment.value.span();
    let finding = Finding::error("start-timeout", span, "the start sleeps longer than it may take")
        .effect("systemd kills the service when TimeoutStartSec= is over, 90s by default")
        .advice("set a longer TimeoutStartSec=, or wait for the other unit with After=");
    Some(finding.man(MAN))
}

/// How long a `sleep 90` or `sleep 2m` takes, in microseconds.
fn sleep(run: &RunCommand<'_>) -> Option<u128> {
    let is_sleep = base_name(&run.command.program) == "sleep";
    let spans = run.command.arguments.iter().skip(1).map(|word| TimeSpan::parse(&word.text()).ok());
    let spans: Option<Vec<TimeSpan>> = spans.filter(|_| is_sleep).collect();
    let spans = spans.filter(|spans| !spans.is_empty())?;
    // A span without a number is infinity: longer than any limit.
    Some(spans.iter().map(|span| span.micros().unwrap_or(u128::from(u64::MAX))).sum())
}

/// What a command before the start leaves behind is no part of the service that systemd knows.
///
/// systemd.service(5): ExecStartPre= may not be used to start long-running processes.
fn left_over(subject: &Subject<'_>) -> Option<Finding> {
    let goes_on = |run: &&RunCommand<'_>| {
        let script = script_text(&run.command);
        script.as_deref().is_some_and(ends_in_background)
            // nginx -t only looks at its files.
            || script.is_none() && background_word(&run.command).is_some_and(|word| {
                word.starts_with('-') || word == "start"
            })
    };
    let is_container = |run: &&RunCommand<'_>| {
        matches!(
            base_name(&run.command.program),
            "docker" | "podman" | "nerdctl" | "docker-compose"
        )
    };
    let mut runs = subject.own_commands("ExecStartPre").filter(|run| !is_container(run));
    let run = runs.find(goes_on)?;
    let message = "ExecStartPre= is not for programs that go on running";
    let finding = Finding::warning("left-over", run.assignment.value.span(), message)
        .effect(
            "systemd finds a left-over process and warns; nothing restarts it, and a stop of the \
             service kills it",
        )
        .advice("make it a service of its own, and order this one with After= and Requires=");
    Some(finding.man(MAN))
}

/// /run belongs to root and is empty after a boot, and a daemon that already runs as another user
/// can't write there. A relative path counts from there as well.
fn pid_file_of_root(subject: &Subject<'_>) -> Option<Finding> {
    let path = subject.own("PIDFile").filter(|_| subject.service_type() == "forking")?;
    let span = subject.key_span("PIDFile")?;
    let programs = ["/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"];
    if programs.iter().any(|place| path.starts_with(place)) {
        let finding = Finding::warning(
            "pid-file",
            span,
            "programs are here, and no files of daemons",
        )
        .effect("systemd reads a number from the file, and removes it when the service has ended")
        .advice("write the path that the daemon is told to write its PID to, below /run");
        return Some(finding.man(MAN));
    }
    if path.starts_with("/run/user/") && subject.scope == Scope::System {
        return Some(pid_file_of_session(span));
    }
    let name = path.trim_start_matches("/var").trim_start_matches("/run/");
    // What is below /run may also come from tmpfiles.d(5), as packages do it.
    let is_made = || {
        is_made_for_unit(subject, &format!("/run/{name}"))
            || subject.machine.is_some_and(|machine| {
                machine.is_of_vendor() || machine.is_directory(&format!("/run/{name}/.."))
            })
    };
    let is_elsewhere = name.starts_with('/') || name.contains('/') && is_made();
    if !subject.runs_as_other_user() || subject.scope == Scope::User || is_elsewhere {
        return relative_pid_file(path, span);
    }
    let message = "the user of User= may not write to /run";
    let finding = Finding::warning("pid-file", span, message)
        .effect("the daemon can't write the file, and systemd waits for it until the start fails")
        .advice(
            "add RuntimeDirectory=NAME, and let both use /run/NAME/…; or take Type=forking away",
        );
    Some(finding.man(MAN))
}

/// `/run/user/1001` is made for the sessions of a user, and goes with the last one; pam_systemd(8).
///
/// The file mostly names a process of that user's own manager, and systemd takes no process from
/// another's control group unless the file is root's.
fn pid_file_of_session(span: Span) -> Finding {
    Finding::warning("pid-file", span, "this directory belongs to the sessions of a user")
        .effect(
            "at boot it is not there; and systemd refuses a PID file that is not root's, unless it \
             names a process of this service",
        )
        .advice("make it a user's unit, or write the file to a RuntimeDirectory=")
        .man(MAN)
}

/// A program writes a relative path where it works, and systemd reads it in /run.
fn relative_pid_file(path: &str, span: Span) -> Option<Finding> {
    if path.starts_with(['/', '%']) {
        return None;
    }
    let message = format!("systemd takes this for /run/{path}");
    let finding = Finding::warning("pid-file", span, message)
        .effect("if the daemon writes it elsewhere, systemd waits until the start fails")
        .advice("write the whole path, as the daemon's own configuration has it");
    Some(finding.man(MAN))
}

/// systemd opens the files of the output first, and makes the directories after that: the directory
/// is missing at the first start, which therefore fails and never makes it.
fn output_before_directory(subject: &Subject<'_>) -> Option<Finding> {
    let names = subject.effective.words("Service", "LogsDirectory");
    let (key, line) = ["StandardOutput", "StandardError"].into_iter().find_map(|key| {
        let mut lines = subject.lines_of(key);
        let is_below = |text: &str| {
            let path = text.split_once(":/var/log/").map_or("", |(_, path)| path);
            names.iter().any(|name| path.starts_with(&format!("{name}/")))
        };
        Some((key, lines.find(|line| is_below(line.value.text()))?))
    })?;
    let path = line.value.text().split_once(':').map_or("", |(_, path)| path);
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    if subject.machine.is_some_and(|machine| machine.is_directory(directory)) {
        return None;
    }
    let message = format!("{key}= is opened before LogsDirectory= makes the directory");
    // Elsewhere, a package may have made it.
    let severity = if subject.machine.is_some() { Severity::Error } else { Severity::Warning };
    let finding = Finding::new(severity, "no-such-directory", line.value.span(), message)
        .effect("the first start fails with status 209/STDOUT, and so does each one after it")
        .advice("make the directory with tmpfiles.d(5), or leave the output to the journal");
    Some(finding.man("systemd.exec(5)"))
}
