//! Units around sleep: which of the targets is reached before the machine sleeps, and which when it
//! is awake again; systemd.special(7), systemd-suspend.service(8).
//!
//! ```ini
//! [Unit]
//! Before=suspend.target
//!
//! [Install]
//! WantedBy=suspend.target
//! ```

use super::finding::{Finding, Told};
use super::subject::Subject;
use crate::load::Scope;

const MAN: &str = "systemd.special(7)";

/// The targets of the kinds of sleep, each with its service that puts the machine to sleep.
const SLEEPS: [&str; 4] =
    ["suspend.target", "hibernate.target", "hybrid-sleep.target", "suspend-then-hibernate.target"];

/// Only a unit that sleep starts is meant; others may well be ordered so.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.scope == Scope::User {
        return; // a user's manager has none of these targets
    }
    let wanted_by = subject.effective.words("Install", "WantedBy");
    if wanted_by.contains(&"sleep.target") {
        findings.tell(after_sleep_target(subject));
    }
    if SLEEPS.iter().any(|sleep| wanted_by.contains(sleep)) {
        findings.tell(before_awake(subject));
        findings.tell(beside_sleep(subject));
    }
}

/// A target pulls its units in and gives them no order: systemd starts them as soon as the machine
/// is told to sleep, and sleeps without waiting for them.
fn beside_sleep(subject: &Subject<'_>) -> Option<Finding> {
    let orders = ["Before", "After"].map(|key| subject.effective.words("Unit", key)).concat();
    let is_order = |unit: &&str| {
        unit.contains("sleep") || unit.starts_with("systemd-") || SLEEPS.contains(unit)
    };
    if orders.iter().any(is_order) {
        return None;
    }
    let place = |target: &&str| subject.place_of("Install", "WantedBy", target);
    let span = SLEEPS.iter().find_map(place)?;
    let finding =
        Finding::warning("sleep-order", span, "nothing says whether before or after sleep")
            .effect("the unit is started beside the sleep: it may be cut in two by it")
            .advice("add Before=sleep.target; or, for the time after, After= with the same target");
    Some(finding.man(MAN))
}

/// suspend.target is ordered behind systemd-suspend.service, which returns when the machine wakes
/// up. So what comes before the target alone runs beside the sleep, and may be cut in two by it.
fn before_awake(subject: &Subject<'_>) -> Option<Finding> {
    let span = SLEEPS.iter().find_map(|target| subject.place_of("Unit", "Before", target))?;
    let before = subject.effective.words("Unit", "Before");
    let is_early = |unit: &&str| *unit == "sleep.target" || unit.starts_with("systemd-");
    if before.iter().any(is_early) {
        return None;
    }
    let message = "this target is reached when the machine is awake again";
    let finding = Finding::warning("sleep-order", span, message)
        .effect("nothing makes the sleep wait for the unit: it may end when the machine wakes up")
        .advice("write Before=sleep.target, which is reached before the machine sleeps");
    Some(finding.man(MAN))
}

/// sleep.target comes first, and the services that sleep are ordered behind it.
fn after_sleep_target(subject: &Subject<'_>) -> Option<Finding> {
    let span = subject.place_of("Unit", "After", "sleep.target")?;
    let wakes = |unit: &&str| unit.starts_with("systemd-") || *unit == "suspend.target";
    if subject.effective.words("Unit", "After").iter().any(wakes) {
        return None;
    }
    let message = "sleep.target is reached before the machine sleeps";
    let finding = Finding::warning("sleep-order", span, message)
        .effect("the unit is started as the machine goes to sleep, not when it wakes up")
        .advice("for the time after, write suspend.target in After= and WantedBy=, and so on");
    Some(finding.man(MAN))
}
