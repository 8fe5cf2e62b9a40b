//! What a unit of its type must have, or can't have together, for systemd to load it.

use systemd_types::{UnitName, UnitType};

use super::{Finding, Severity, Subject};
use crate::load::Role;
use unit_file::syntax::Span;
use unit_file::values::{CommandLine, parse_boolean};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.role == Role::DropIn {
        // Only what the drop-in itself brings about; the rest is the unit's own affair.
        let knows_unit = subject.effective.files() > 1 && subject.unit_type == UnitType::Service;
        if knows_unit && key_span(subject, "ExecStart").is_some() {
            findings.extend(two_commands(subject));
        }
        return;
    }
    match subject.unit_type {
        UnitType::Service => service(subject, findings),
        UnitType::Socket => socket(subject, findings),
        UnitType::Timer => triggered(
            subject,
            findings,
            &[
                "OnCalendar",
                "OnActiveSec",
                "OnBootSec",
                "OnStartupSec",
                "OnUnitActiveSec",
                "OnUnitInactiveSec",
                "OnClockChange",
                "OnTimezoneChange",
            ],
        ),
        UnitType::Path => triggered(
            subject,
            findings,
            &["PathExists", "PathExistsGlob", "PathChanged", "PathModified", "DirectoryNotEmpty"],
        ),
        UnitType::Mount => named_after(subject, "Where", findings),
        UnitType::Automount => named_after(subject, "Where", findings),
        UnitType::Swap => named_after(subject, "What", findings),
        UnitType::Slice => slice(subject, findings),
        UnitType::Target | UnitType::Scope | UnitType::Device => {}
    }
}

const REFUSED: &str = "systemd refuses the unit; it does not load";

fn refused(
    subject: &Subject<'_>,
    code: &'static str,
    at: Option<&str>,
    message: impl Into<String>,
) -> Finding {
    let span = at.and_then(|key| key_span(subject, key)).or_else(|| header_span(subject));
    let finding = Finding::error(code, span.clone().unwrap_or(0..0), message);
    let finding = Finding { span, ..finding };
    finding.effect(REFUSED).man(format!("systemd.{}(5)", subject.unit_type))
}

/// Where this file sets a key last.
pub(super) fn key_span(subject: &Subject<'_>, key: &str) -> Option<Span> {
    let assignment =
        subject.known_assignments().filter(|assignment| assignment.key == key).last()?;
    Some(assignment.key_span.start..assignment.value.span().end.max(assignment.key_span.end))
}

/// The header of the type's own section.
fn header_span(subject: &Subject<'_>) -> Option<Span> {
    let own = subject.own_section();
    subject.file.sections().find(|(name, _)| *name == own).map(|(_, span)| span.clone())
}

fn is_yes(subject: &Subject<'_>, key: &str) -> bool {
    subject.own(key).is_some_and(|value| parse_boolean(value) == Ok(true))
}

/// What systemd takes the service's type to be.
pub(super) fn service_type<'a>(subject: &Subject<'a>) -> &'a str {
    let known = ["simple", "exec", "forking", "oneshot", "dbus", "notify", "notify-reload", "idle"];
    match subject.own("Type").filter(|value| known.contains(value)) {
        Some(value) => value,
        None if subject.own("BusName").is_some() => "dbus",
        None if subject.effective.has("Service", "ExecStart") => "simple",
        None => "oneshot",
    }
}

fn service(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let kind = service_type(subject);
    let has = |key: &str| subject.effective.has("Service", key);
    let success_action =
        subject.effective.last("Unit", "SuccessAction").is_some_and(|action| action != "none");
    if !has("ExecStart") {
        let reason = if !has("ExecStop") && !success_action {
            Some("the service has no ExecStart=")
        } else if kind != "oneshot" {
            Some("without ExecStart=, a service needs Type=oneshot")
        } else if !is_yes(subject, "RemainAfterExit") && !success_action {
            Some("without ExecStart=, a service needs RemainAfterExit=yes")
        } else {
            None
        };
        findings.extend(reason.map(|reason| {
            refused(subject, "no-exec-start", None, reason)
                .advice("add ExecStart= with the command to run")
        }));
        return;
    }
    findings.extend(two_commands(subject));
    if kind == "oneshot" && matches!(subject.own("Restart"), Some("always" | "on-success")) {
        let finding = refused(
            subject,
            "oneshot-restart",
            Some("Restart"),
            "a oneshot service can't be restarted after it ended well",
        );
        findings.push(finding.advice("use Restart=on-failure, a timer, or another Type="));
    }
    if kind == "dbus" && !has("BusName") {
        findings.push(
            refused(subject, "no-bus-name", Some("Type"), "Type=dbus needs a BusName=")
                .advice("add BusName= with the name that the service takes"),
        );
    }
    if subject.own("ExitType") == Some("cgroup") && matches!(kind, "forking" | "oneshot") {
        findings.push(refused(
            subject,
            "exit-type",
            Some("ExitType"),
            format!("ExitType=cgroup does not go with Type={kind}"),
        ));
    }
}

/// Only oneshot services run more than one command.
fn two_commands(subject: &Subject<'_>) -> Option<Finding> {
    let kind = service_type(subject);
    if kind == "oneshot" || count_commands(subject) < 2 {
        return None;
    }
    let message = format!("a service of Type={kind} runs one command, this has more");
    let finding = refused(subject, "two-commands", Some("ExecStart"), message);
    Some(finding.advice(
        "reset the list with an empty ExecStart= first, use ExecStartPre= for what comes before, or Type=oneshot",
    ))
}

fn count_commands(subject: &Subject<'_>) -> usize {
    let lines = subject.effective.values("Service", "ExecStart");
    let count = |text: &str| {
        CommandLine::parse(text, subject.version).map_or(0, |line| line.commands.len())
    };
    lines.iter().map(|entry| count(entry.assignment.value.text())).sum()
}

fn socket(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let listens = |key: &str| subject.effective.has("Socket", key);
    let stream = ["ListenStream", "ListenSequentialPacket"];
    let other = [
        "ListenDatagram",
        "ListenFIFO",
        "ListenNetlink",
        "ListenSpecial",
        "ListenMessageQueue",
        "ListenUSBFunction",
    ];
    if !stream.iter().chain(&other).any(|key| listens(key)) {
        let finding = refused(subject, "no-listen", None, "the socket listens on nothing");
        return findings
            .push(finding.advice("add ListenStream= with a port, an address or a path"));
    }
    let accepts = is_yes(subject, "Accept");
    if accepts && listens("Service") {
        let finding = refused(
            subject,
            "accept-service",
            Some("Service"),
            "Service= does not go with Accept=yes",
        );
        findings.push(finding.advice(
            "with Accept=yes each connection starts an instance of the template of the same name",
        ));
    }
    if let Some(key) = other.iter().find(|key| accepts && listens(key)) {
        findings.push(refused(
            subject,
            "accept-datagram",
            Some("Accept"),
            format!("{key}= has no connections to accept"),
        ));
    }
    let own = subject.name.and_then(|name| match accepts {
        true => UnitName::new(&format!("{}@.service", name.prefix())).ok(),
        false => name.with_type(UnitType::Service).ok(),
    });
    findings.extend(missing_service(subject, "Service", own));
}

/// Timers and paths: something must trigger, and something must be started.
fn triggered(subject: &Subject<'_>, findings: &mut Vec<Finding>, triggers: &[&str]) {
    if !triggers.iter().any(|key| subject.effective.has(subject.own_section(), key)) {
        let finding = refused(
            subject,
            "no-trigger",
            None,
            format!("the {} has nothing that triggers it", subject.unit_type),
        );
        return findings.push(finding.advice(format!("add {}= or another trigger", triggers[0])));
    }
    let own = subject.name.and_then(|name| name.with_type(UnitType::Service).ok());
    findings.extend(missing_service(subject, "Unit", own));
}

/// The unit that is started must exist.
fn missing_service(subject: &Subject<'_>, key: &str, own: Option<UnitName>) -> Option<Finding> {
    let written = subject.own(key).map(|text| UnitName::new(text).ok());
    let (target, at) = match written {
        Some(name) => (name?, Some(key)),
        None => (own?, None),
    };
    let machine = subject.machine?;
    if machine.may_have_unit(&target) {
        return None;
    }
    let finding = refused(
        subject,
        "no-such-unit",
        at,
        format!("there is no {target} to start on this machine"),
    );
    Some(
        finding
            .effect(format!("the {} can't be started", subject.unit_type))
            .advice(format!("write {target}, or name the unit with {key}=")),
    )
}

/// Mounts, automounts and swaps are named after their path.
fn named_after(subject: &Subject<'_>, key: &'static str, findings: &mut Vec<Finding>) {
    let section = subject.own_section();
    if section != "Automount" && !subject.effective.has(section, "What") {
        findings.push(
            refused(subject, "no-what", None, "What= is missing")
                .advice("add What= with what is to be mounted or swapped on"),
        );
    }
    let Some((path, name)) = subject.own(key).zip(subject.name) else {
        return;
    };
    let is_special =
        path.contains('%') || !path.starts_with('/') || (key == "What" && path.contains('='));
    let Ok(right) = UnitName::from_path(path, subject.unit_type) else {
        return;
    };
    if !is_special && right != *name && !name.is_template() {
        let finding = refused(
            subject,
            "wrong-name",
            Some(key),
            format!("the unit of {path} must be named {right}"),
        );
        findings.push(finding.advice(format!(
            "rename the file to {right}, or write the path that {name} stands for"
        )));
    }
}

fn slice(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if let Some(name) = subject.name.filter(|name| !name.is_valid_slice()) {
        let finding = Finding::whole(
            Severity::Error,
            "wrong-name",
            format!("{name} is no slice: each part between dashes needs a name"),
        );
        findings.push(finding.effect(REFUSED).man("systemd.slice(5)"));
    }
}
