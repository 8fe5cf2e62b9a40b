//! What a timer, a path, a socket or an automount starts, and the two units against each other;
//! systemd.timer(5), systemd.path(5), systemd.socket(5).
//!
//! Each of the two may be right, and both together do something else than they say.
//!
//! ```ini
//! # backup.timer
//! [Timer]
//! OnCalendar=daily
//!
//! # backup.service
//! [Service]
//! ExecStart=/usr/bin/backup
//! Restart=always
//! ```

use systemd_types::{UnitName, UnitType};
use unit_file::syntax::Span;

use super::dependencies::instance_for;
use super::finding::{Finding, Severity, Told};
use super::subject::Subject;
use crate::load::{Facts, Role};

/// First the name of the other unit, then what it says of itself. A drop-in may have its name in
/// the unit that it changes.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let types = [UnitType::Timer, UnitType::Path, UnitType::Socket, UnitType::Automount];
    if !types.contains(&subject.unit_type) || subject.role == Role::DropIn {
        return;
    }
    findings.tell(starts_itself(subject));
    findings.tell(starts_a_template(subject));
    let other = started(subject).filter(|name| Some(name) != subject.name);
    let Some(unit) = other.and_then(|name| subject.other_unit(&name)) else {
        return;
    };
    findings.tell(starts_once(subject, &unit));
    findings.tell(starts_itself_again(subject, &unit));
    findings.tell(starts_at_boot_too(subject, &unit));
    findings.tell(mounted_at_boot(subject, &unit));
    findings.tell(runs_already(subject, &unit));
}

/// The unit that is started.
pub(super) fn started(subject: &Subject<'_>) -> Option<UnitName> {
    match (subject.unit_type, subject.own("Unit")) {
        (UnitType::Automount, _) => subject.name?.with_type(UnitType::Mount).ok(),
        (_, Some(name)) => UnitName::new(name).ok(),
        _ => subject.name?.with_type(UnitType::Service).ok(),
    }
}

/// Where a finding about both units stands in this one.
fn place(subject: &Subject<'_>) -> Option<Span> {
    subject.key_span("Unit").or_else(|| subject.header_span())
}

/// A finding about both units. It stands in the one that starts the other, which is the one that
/// people enable and look at.
fn about(
    subject: &Subject<'_>,
    severity: Severity,
    code: &'static str,
    message: String,
) -> Option<Finding> {
    let man = format!("systemd.{}(5)", subject.unit_type);
    Some(Finding::new(severity, code, place(subject)?, message).man(man))
}

/// `Unit=` with the unit itself, where its service was meant.
///
/// A timer may start another timer, and a path another path; only a circle of one is refused, when
/// the line is read.
fn starts_itself(subject: &Subject<'_>) -> Option<Finding> {
    let (own, name) = (subject.unit_type, subject.name?);
    let line = subject.lines_of("Unit").find(|line| line.value.text() == name.as_str())?;
    let service = format!("{}.service", name.stem());
    let message = format!("a {own} can't start itself");
    let finding = Finding::warning("ignored-value", line.value.span(), message)
        .effect(format!("systemd ignores this line, and the {own} starts {service}"))
        .suggest(format!("write {service}"), line.value.span(), service);
    Some(finding.man(format!("systemd.{own}(5)")))
}

/// A template can't be started. A socket has no instance to make of it, a timer and a path make one
/// of their own name.
fn starts_a_template(subject: &Subject<'_>) -> Option<Finding> {
    let own = subject.unit_type;
    let is_template = |name: &str| UnitName::new(name).ok().filter(UnitName::is_template);
    let mut lines = ["Unit", "Service"].into_iter().flat_map(|key| subject.lines_of(key));
    let (line, template) = lines.find_map(|line| Some((line, is_template(line.value.text())?)))?;
    let effect = if line.key == "Service" {
        "systemd ignores this line, and takes the service of the socket's own name".to_owned()
    } else {
        format!("systemd reads {}={}", line.key, instance_for(subject, &template)?)
    };
    let message = format!("{template} is a template, which can't run itself");
    let finding = Finding::warning("template-dependency", line.value.span(), message);
    let advice = format!("write the instance that is meant: {}@NAME.service", template.prefix());
    Some(finding.effect(effect).advice(advice).man(format!("systemd.{own}(5)")))
}

/// A service that stays active can't be started again.
///
/// To start an active unit is a job that is done before it begins. RemainAfterExit= is for
/// services that set something up once.
fn starts_once(subject: &Subject<'_>, unit: &Facts) -> Option<Finding> {
    if !unit.remains || !repeats(subject) {
        return None;
    }
    let message = format!("{} has RemainAfterExit=yes, so it stays active", unit.name);
    let effect = "the timer starts it once; after that it is active, and starting it does nothing";
    let finding = about(subject, Severity::Warning, "starts-once", message)?;
    Some(finding.effect(effect).advice("take RemainAfterExit= away from the service"))
}

/// The keys that make a timer elapse again and again.
fn repeats(subject: &Subject<'_>) -> bool {
    ["OnCalendar", "OnUnitActiveSec", "OnUnitInactiveSec"].into_iter().any(|key| subject.has(key))
}

/// Restart=always does not ask who started the service. A timer that elapses once may well start a
/// daemon.
fn starts_itself_again(subject: &Subject<'_>, unit: &Facts) -> Option<Finding> {
    if !unit.restarts || !repeats(subject) {
        return None;
    }
    let message = format!("{} has a Restart= that starts it again when it ends well", unit.name);
    let finding = about(subject, Severity::Warning, "starts-itself-again", message)?;
    let effect = "after its first start it runs again and again, whether the timer elapses or not";
    Some(finding.effect(effect).advice("take Restart= away, or use Restart=on-failure there"))
}

/// A service with an [Install] of its own is started at boot as well as by the timer.
fn starts_at_boot_too(subject: &Subject<'_>, unit: &Facts) -> Option<Finding> {
    let target = unit.wanted_by.first().filter(|_| unit.is_oneshot && !subject.is_of_vendor())?;
    if subject.unit_type != UnitType::Timer {
        return None;
    }
    let message = format!("{} has an [Install] section too, with {target}", unit.name);
    let finding = about(subject, Severity::Warning, "timer-starts-service", message)?;
    let effect = "if both are enabled, the service also starts at once at each boot";
    let advice = "take [Install] out of the service: the timer alone is enabled";
    Some(finding.effect(effect).advice(advice))
}

/// A mount that boot mounts leaves its automount nothing to wait for.
///
/// Both have an [Install] in many examples, of which one is to be chosen: to mount at boot, or when
/// somebody goes there.
fn mounted_at_boot(subject: &Subject<'_>, unit: &Facts) -> Option<Finding> {
    let is_mount = unit.name.unit_type() == UnitType::Mount;
    let target = unit.wanted_by.first().filter(|_| is_mount && !subject.is_of_vendor())?;
    let message = format!("{} has an [Install] section too, with {target}", unit.name);
    let finding = about(subject, Severity::Info, "mounted-at-boot", message)?;
    let effect = "if both are enabled, boot mounts it, whether anybody needs it or not";
    let advice = "take [Install] out of the mount: the automount alone is enabled";
    Some(finding.effect(effect).advice(advice))
}

/// A change of a file was to restart a daemon; but a path unit can only start it.
///
/// A service with an [Install] or with Restart=always is one that goes on running.
fn runs_already(subject: &Subject<'_>, unit: &Facts) -> Option<Finding> {
    let goes_on = unit.remains || unit.restarts || !unit.wanted_by.is_empty() && !unit.is_oneshot;
    let key = ["PathChanged", "PathModified"].into_iter().find(|key| subject.has(key))?;
    if !goes_on || subject.unit_type != UnitType::Path || subject.is_of_vendor() {
        return None;
    }
    let message = format!("{key}= starts {}, which goes on running", unit.name);
    let effect = "while the service is active, starting it does nothing: it sees no change";
    let advice = "name a Type=oneshot service that runs systemctl try-restart, or reload";
    let finding = about(subject, Severity::Warning, "runs-already", message)?;
    Some(finding.effect(effect).advice(advice))
}
