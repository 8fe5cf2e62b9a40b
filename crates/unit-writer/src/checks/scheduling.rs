//! Who runs first: what the kernel gives to nobody but root; systemd.exec(5), "Scheduling".
//!
//! ```ini
//! # ~/.config/systemd/user/app.service
//! [Service]
//! Nice=-10
//! ```

use unit_file::values::parse_integer;

use super::finding::{Finding, Told};
use super::subject::Subject;
use super::user_units::ADVICE;
use crate::load::Scope;

/// To come first is root's to give, so a user's manager is asked more.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.scope == Scope::User {
        findings.tell(real_time(subject));
        findings.tell(precedence(subject));
    }
}

/// The kernel gives real time to root, and to whom a limit allows it; sched(7), ioprio_set(2).
fn real_time(subject: &Subject<'_>) -> Option<Finding> {
    let keys = [
        ("CPUSchedulingPolicy", ["fifo", "rr"], "214/SETSCHEDULER"),
        ("IOSchedulingClass", ["realtime", "1"], "211/IOPRIO"),
    ];
    let mut asked = keys
        .into_iter()
        .filter(|(key, values, _)| subject.own(key).is_some_and(|value| values.contains(&value)));
    let (key, _, status) = asked.next()?;
    let message = format!("{key}= asks for real time, which is root's to give");
    let finding = Finding::error("wrong-manager", subject.key_span(key)?, message)
        .effect(format!(
            "unless a limit of the user allows it, the start fails with status {status}"
        ))
        .advice(ADVICE);
    Some(finding.man("systemd.exec(5)"))
}

/// The kernel lets nobody but root take precedence; systemd asks for it, and goes on without.
///
/// nice(2) and proc(5), /proc/pid/oom_score_adj: to be nicer, and to be killed sooner, is free.
fn precedence(subject: &Subject<'_>) -> Option<Finding> {
    let keys = ["Nice", "OOMScoreAdjust"];
    let mut below = keys.into_iter().filter(|key| {
        let number = subject.own(key).map(parse_integer);
        number.is_some_and(|number| number.is_ok_and(|number| number < 0))
    });
    let key = below.next()?;
    let message =
        format!("a negative {key}= takes precedence over others, which is root's to give");
    let finding = Finding::warning("wrong-manager", subject.key_span(key)?, message)
        .effect(
            "unless a limit of the user allows it, the service runs with the number of the \
             manager itself, and systemd says nothing",
        )
        .advice(ADVICE);
    Some(finding.man("systemd.exec(5)"))
}
