//! Limits and priorities of processes that the kernel refuses, or passes over; systemd.exec(5).
//!
//! ```ini
//! [Service]
//! CPUSchedulingPriority=50
//! LimitRSS=512M
//! ```

use super::finding::{Finding, Told};
use super::subject::Subject;

/// What is refused, and then what is passed over.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    findings.tell(priority(subject));
    findings.tell(resident_set(subject));
}

/// Only the policies of real time have priorities; of the others the kernel takes 0 alone,
/// sched_setscheduler(2).
fn priority(subject: &Subject<'_>) -> Option<Finding> {
    subject.own("CPUSchedulingPriority").filter(|number| *number != "0")?;
    if matches!(subject.own("CPUSchedulingPolicy"), Some("fifo" | "rr" | "1" | "2")) {
        return None;
    }
    let span = subject.key_span("CPUSchedulingPriority")?;
    let message = "only CPUSchedulingPolicy=fifo and rr have a priority";
    let finding = Finding::error("priority", span, message)
        .effect("the start fails with status 214/SETSCHEDULER: \"Invalid argument\"")
        .advice("use Nice= or CPUWeight=, or add CPUSchedulingPolicy=rr");
    Some(finding.man("systemd.exec(5)"))
}

/// Linux has the limit and does nothing with it since 2.4.30; setrlimit(2).
fn resident_set(subject: &Subject<'_>) -> Option<Finding> {
    let finding = Finding::warning(
        "no-effect",
        subject.key_span("LimitRSS")?,
        "Linux does nothing with this limit",
    );
    let finding = finding.effect("the service may use as much memory as without it");
    Some(finding.advice("use MemoryMax=").man("systemd.exec(5)"))
}
