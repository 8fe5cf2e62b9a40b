//! `[Install]`, which systemctl reads on enable and the manager never: who pulls the unit in.

use systemd_types::{UnitName, UnitType};

use super::{Edit, Finding, Severity, Subject};
use crate::load::Role;
use crate::load::Scope;
use crate::suggest::nearest;
use unit_file::directives::has_word;
use unit_file::syntax::Assignment;
use unit_file::values::{Rules, Word, split};

/// The targets that units are usually wanted by.
const STANDARD_TARGETS: &str = "multi-user.target graphical.target default.target sysinit.target basic.target \
    timers.target sockets.target paths.target network.target network-online.target network-pre.target local-fs.target \
    local-fs-pre.target remote-fs.target rescue.target emergency.target shutdown.target reboot.target halt.target \
    poweroff.target sleep.target suspend.target hibernate.target graphical-session.target graphical-session-pre.target \
    swap.target slices.target bluetooth.target printer.target sound.target smartcard.target time-sync.target \
    getty.target initrd.target machines.target cryptsetup.target final.target first-boot-complete.target";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let install =
        subject.known_assignments().filter(|assignment| &*assignment.section == "Install");
    for assignment in install {
        for word in split(assignment.value.text(), Rules::NAMES).unwrap_or_default() {
            if !word.text().contains('%') && findings.len() < super::MAX_FINDINGS {
                findings.extend(name(subject, assignment, &word));
            }
        }
    }
    findings.extend(nothing_to_enable(subject));
}

fn finding(
    severity: Severity,
    code: &'static str,
    assignment: &Assignment,
    word: &Word,
    message: String,
) -> Finding {
    Finding::new(severity, code, assignment.value.span_of(word.span.clone()), message)
        .man("systemd.unit(5)")
}

fn name(subject: &Subject<'_>, assignment: &Assignment, word: &Word) -> Option<Finding> {
    if assignment.key == "DefaultInstance" {
        return None;
    }
    let text = word.text();
    let name = match UnitName::new(&text) {
        Ok(name) => name,
        Err(error) => {
            let finding =
                finding(Severity::Error, "invalid-name", assignment, word, error.to_string())
                    .effect("systemctl enable fails");
            return Some(match super::lists::with_suffix(&text) {
                Some(meant) => finding.suggest(
                    format!("write {meant}"),
                    assignment.value.span_of(word.span.clone()),
                    meant,
                ),
                None => finding,
            });
        }
    };
    match assignment.key.as_str() {
        "Alias" => alias(subject, assignment, word, &name),
        "Also" => None,
        _ => wanted_by(subject, assignment, word, &name),
    }
}

fn alias(
    subject: &Subject<'_>,
    assignment: &Assignment,
    word: &Word,
    name: &UnitName,
) -> Option<Finding> {
    let unit_type = subject.unit_type;
    let message = if matches!(
        unit_type,
        UnitType::Mount | UnitType::Automount | UnitType::Swap | UnitType::Slice
    ) {
        format!("a {unit_type} can't have other names")
    } else if name.unit_type() != unit_type {
        format!("{name} is another type of unit; an alias keeps the type")
    } else {
        return None;
    };
    Some(
        finding(Severity::Error, "invalid-alias", assignment, word, message)
            .effect("systemctl enable fails"),
    )
}

fn wanted_by(
    subject: &Subject<'_>,
    assignment: &Assignment,
    word: &Word,
    name: &UnitName,
) -> Option<Finding> {
    let span = assignment.value.span_of(word.span.clone());
    let system_targets = [
        "multi-user.target",
        "graphical.target",
        "sysinit.target",
        "network.target",
        "network-online.target",
    ];
    if subject.scope == Scope::User && system_targets.contains(&name.as_str()) {
        let finding = finding(
            Severity::Warning,
            "wrong-manager",
            assignment,
            word,
            format!("{name} is a target of the system, this is a user's unit"),
        );
        let edit = Edit { span, text: "default.target".to_owned() };
        return Some(
            finding
                .effect("a user's manager never starts that target, so the unit is never started")
                .mend("write default.target", vec![edit]),
        );
    }
    let is_there = || match subject.machine {
        Some(machine) => machine.may_have_unit(name),
        None => name.unit_type() != UnitType::Target,
    };
    if has_word(STANDARD_TARGETS, name.as_str()) || is_there() {
        return None;
    }
    // The suffix is the same for all, so it says nothing of how near they are.
    let stems =
        STANDARD_TARGETS.split_whitespace().filter_map(|target| target.strip_suffix(".target"));
    let near = nearest(name.stem(), stems).map(|stem| format!("{stem}.target"));
    if near.is_none() && subject.machine.is_none() {
        return None; // a target of their own, as far as anybody can tell from here
    }
    let message = match subject.machine {
        Some(_) => format!("there is no unit {name} on this machine"),
        None => format!("{name} is none of systemd's own targets"),
    };
    let finding = finding(Severity::Warning, "no-such-target", assignment, word, message).effect(
        "systemctl enable makes the link all the same, and nothing ever starts the unit through it",
    );
    Some(match near {
        Some(target) => finding.suggest(format!("did you mean {target}?"), span, target),
        None => finding.advice("mend the name, or install the unit"),
    })
}

/// A service that runs on, and that neither enable nor another unit would start.
fn nothing_to_enable(subject: &Subject<'_>) -> Option<Finding> {
    if !is_plain_service(subject) || is_started_otherwise(subject) {
        return None;
    }
    let finding = Finding::whole(Severity::Info, "no-install", "there is no [Install] section");
    Some(
        finding
            .effect("systemctl enable has nothing to do, so the service does not start at boot")
            .advice("add [Install] with WantedBy=multi-user.target, unless another unit starts it")
            .man("systemd.unit(5)"),
    )
}

/// Without `[Install]`, of no other name than its own, and meant to go on running.
fn is_plain_service(subject: &Subject<'_>) -> bool {
    let is_spelt_right =
        || subject.file.sections().all(|(section, _)| subject.sections().contains(&section));
    subject.unit_type == UnitType::Service
        && subject.role == Role::Unit
        && !subject.effective.has_section("Install")
        && subject.name.is_some_and(|name| name.instance().is_none())
        && !matches!(subject.own("Type"), Some("oneshot" | "dbus"))
        && subject.own("BusName").is_none()
        && subject.effective.has("Service", "ExecStart")
        && is_spelt_right()
}

/// By a socket, timer or path unit of the same name, by a unit it belongs to, or by those who packaged it.
fn is_started_otherwise(subject: &Subject<'_>) -> bool {
    let handled = ["PartOf", "RefuseManualStart", "StopWhenUnneeded"];
    let Some(name) = subject.name else {
        return false;
    };
    let on_machine = subject.machine.is_some_and(|machine| {
        let has = |unit_type: UnitType| {
            name.with_type(unit_type).is_ok_and(|sibling| machine.has_unit_file(&sibling))
        };
        machine.is_of_vendor()
            || [UnitType::Socket, UnitType::Timer, UnitType::Path].into_iter().any(has)
    });
    on_machine || handled.iter().any(|key| subject.effective.has("Unit", key))
}
