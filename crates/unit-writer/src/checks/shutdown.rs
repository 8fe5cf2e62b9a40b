//! Units that nothing stops when the machine goes down; systemd.unit(5), `DefaultDependencies=`.
//!
//! Shutdown stops a unit because it conflicts with shutdown.target. That dependency is one of the
//! defaults, and goes with them.
//!
//! ```ini
//! [Unit]
//! DefaultDependencies=no
//!
//! [Service]
//! ExecStop=/usr/bin/save-state
//! ```

use systemd_types::UnitType;
use unit_file::values::parse_boolean;

use super::finding::{Finding, Told};
use super::subject::Subject;
use crate::load::{Role, Scope};

/// The targets that end the machine; all of them bring shutdown.target along.
const ENDS: [&str; 7] = [
    "shutdown.target",
    "reboot.target",
    "poweroff.target",
    "halt.target",
    "kexec.target",
    "umount.target",
    "final.target",
];

/// A unit of the initrd or one that shutdown itself starts has no use for the dependency, and
/// packages know what they take away.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let defaults = subject.effective.last("Unit", "DefaultDependencies").map(parse_boolean);
    let is_meant = subject.unit_type == UnitType::Service
        && subject.role == Role::Unit
        && subject.scope == Scope::System
        && !subject.is_of_vendor();
    if !is_meant || defaults != Some(Ok(false)) {
        return;
    }
    if !subject.names(&["Conflicts"], "shutdown.target") {
        findings.tell(never_stopped(subject));
    } else if !ENDS.iter().any(|end| subject.names(&["Before"], end)) {
        findings.tell(stopped_too_late(subject));
    }
}

/// At the very end systemd kills what is left, without a stop: ExecStop= is not run.
fn never_stopped(subject: &Subject<'_>) -> Option<Finding> {
    let wanted = subject.effective.words("Install", "WantedBy");
    let ends = |unit: &&str| ENDS.contains(unit) || unit.starts_with("initrd");
    let is_at_the_end =
        wanted.iter().any(ends) || ENDS.iter().any(|end| subject.names(&["Before"], end));
    let goes_on = subject.service_type() != "oneshot" || subject.is_yes("RemainAfterExit");
    let has_stop = subject.has("ExecStop") || subject.has("ExecStopPost");
    if is_at_the_end || !goes_on || !has_stop {
        return None;
    }
    let span = subject.key_span("DefaultDependencies")?;
    let message = "without the default dependencies, shutdown does not stop this unit";
    let finding = Finding::warning("never-stopped", span, message)
        .effect("at shutdown ExecStop= is not run: the processes are killed at the very end");
    let advice = "add Conflicts=shutdown.target and Before=shutdown.target, or take the line away";
    Some(finding.advice(advice).man("systemd.unit(5)"))
}

/// A conflict is no order: the stop may still run when the file systems go.
///
/// The default dependencies have both, Conflicts= and Before=, for this reason.
fn stopped_too_late(subject: &Subject<'_>) -> Option<Finding> {
    let span = subject.place_of("Unit", "Conflicts", "shutdown.target")?;
    let finding = Finding::info("never-stopped", span, "shutdown does not wait for the stop")
        .effect("the unit is stopped at shutdown, beside everything else that is stopped then")
        .advice("add Before=shutdown.target, as the default dependencies have it");
    Some(finding.man("systemd.unit(5)"))
}
