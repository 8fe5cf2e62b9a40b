//! What comes after the end of a unit, and does not come as it is written: other units, and what
//! the manager is to do; systemd.unit(5), systemd.service(5).
//!
//! ```ini
//! [Unit]
//! OnSuccess=report.service
//!
//! [Service]
//! Type=oneshot
//! RemainAfterExit=yes
//! ```

use super::finding::{Finding, Told};
use super::refused::refused;
use super::subject::Subject;
use crate::load::Scope;

/// In the order of [Unit] and [Service].
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    findings.tell(isolates_two(subject));
    findings.tell(action_of_system(subject));
    findings.tell(success_that_stays(subject));
    findings.tell(no_watchdog(subject));
}

/// isolate stops all other units, and two units can't both be the one that stays.
fn isolates_two(subject: &Subject<'_>) -> Option<Finding> {
    let says = |key: &str, word: &str| subject.effective.last("Unit", key) == Some(word);
    let key = match () {
        _ if says("OnFailureJobMode", "isolate") || says("OnFailureIsolate", "yes") => "OnFailure",
        _ if says("OnSuccessJobMode", "isolate") => "OnSuccess",
        _ => return None,
    };
    if subject.effective.words("Unit", key).len() < 2 {
        return None;
    }
    let message = format!("{key}= names more than one unit, and isolate leaves one alone");
    let finding = refused(subject, "isolates-two", Some(key), message);
    Some(finding.advice("name one target that wants the others").man("systemd.unit(5)"))
}

/// The manager of a user can end itself, and nothing else; systemd.unit(5), FailureAction=.
fn action_of_system(subject: &Subject<'_>) -> Option<Finding> {
    if subject.scope != Scope::User {
        return None;
    }
    let keys = ["FailureAction", "SuccessAction", "StartLimitAction", "JobTimeoutAction"];
    let mut lines = keys.into_iter().flat_map(|key| subject.lines_of(key));
    let line = lines.find(|line| !["none", "exit", "exit-force"].contains(&line.value.text()))?;
    let message = format!("{}= of the system in a user's unit", line.key);
    let finding = Finding::warning("wrong-manager", line.value.span(), message)
        .effect("systemd takes exit-force instead: the user's manager ends, with all its services")
        .advice("take it away, or make it a unit of the system");
    Some(finding.man("systemd.unit(5)"))
}

/// OnSuccess= waits until the unit is inactive, and this one stays active.
fn success_that_stays(subject: &Subject<'_>) -> Option<Finding> {
    if !subject.effective.has("Unit", "OnSuccess") || !subject.is_yes("RemainAfterExit") {
        return None;
    }
    let span = subject.key_span("OnSuccess")?;
    let message = "with RemainAfterExit=yes the unit stays active when its command has ended";
    let finding = Finding::warning("after-stop", span, message)
        .effect("the unit of OnSuccess= is started only when somebody stops this one")
        .advice("take RemainAfterExit= away, or use ExecStartPost=");
    Some(finding.man("systemd.unit(5)"))
}

/// Without WatchdogSec= there is no watchdog whose time could run out.
fn no_watchdog(subject: &Subject<'_>) -> Option<Finding> {
    let waits = subject.own("Restart") == Some("on-watchdog");
    if !waits || subject.has("WatchdogSec") {
        return None;
    }
    let message = "on-watchdog does nothing without WatchdogSec=";
    let finding = Finding::warning("no-effect", subject.key_span("Restart")?, message)
        .effect("the service is never started again")
        .advice("use Restart=on-failure, or add WatchdogSec= to a program that says WATCHDOG=1");
    Some(finding.man("systemd.service(5)"))
}
