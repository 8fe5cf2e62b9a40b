//! Commands that ask systemd for a job and wait for it, while the job waits for them.
//!
//! systemctl returns when its job is done. A job for a unit that is ordered behind this one begins
//! when this one is ready, which its own command holds up; systemctl(1), `--no-block`.
//!
//! ```ini
//! [Unit]
//! Before=nginx.service
//!
//! [Service]
//! Type=oneshot
//! ExecStart=/usr/bin/systemctl start nginx.service
//! ```

use unit_file::values::Command;

use super::finding::Finding;
use super::programs::{arguments, base_name};
use super::subject::{RunCommand, Subject};
use crate::suggest::with_suffix;

/// During the start, units behind this one wait; at any time, the unit itself does.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let starts = ["ExecStartPre", "ExecStart", "ExecStartPost"];
    for run in subject.commands().iter().filter(|run| run.part == subject.own_part()) {
        let key = run.assignment.key.as_str();
        let is_start =
            starts.contains(&key) && (key != "ExecStart" || subject.service_type() == "oneshot");
        let Some(unit) = waited_for(&run.command) else {
            continue;
        };
        let is_itself = subject.name.is_some_and(|name| unit == name.as_str() || unit == "%n");
        let is_control = key != "ExecStart" || is_start;
        if is_itself && is_control {
            findings.push(finding(run, "the command asks for a job of the unit itself"));
        } else if is_start && subject.names(&["Before"], &unit) {
            findings.push(finding(run, "the command starts a unit that waits for this one"));
        }
    }
}

/// The unit that a systemctl waits for.
fn waited_for(command: &Command) -> Option<String> {
    if base_name(&command.program) != "systemctl"
        || arguments(command).any(|word| word == "--no-block" || word == "--user")
    {
        return None;
    }
    let mut words = arguments(command).filter(|word| !word.starts_with('-'));
    let verb = words.next()?;
    let waits = matches!(&*verb, "start" | "stop" | "restart" | "try-restart" | "reload");
    let unit = words.next().filter(|_| waits)?.into_owned();
    Some(if unit.contains(['.', '%']) { unit } else { with_suffix(&unit)? })
}

/// Nothing breaks such a circle but the limit of time, and a oneshot has none by default.
fn finding(run: &RunCommand<'_>, message: &str) -> Finding {
    let finding = Finding::warning("waits-for-itself", run.assignment.value.span(), message)
        .effect("each waits for the other, until a limit of time ends the command")
        .advice("add --no-block, or leave it to Wants=, Conflicts= and their like");
    finding.man("systemctl(1)")
}
