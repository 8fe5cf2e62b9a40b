//! Dependencies in `[Unit]`: units that don't exist, a unit's dependency on itself, and order
//! without requirement.
//!
//! systemd.unit(5) keeps two things apart that people take for one: what a unit needs, and in
//! which order the two are started.
//!
//! ```ini
//! [Unit]
//! Requires=database.service
//! After=databse.service
//! ```

use systemd_types::{UnitName, UnitType};
use unit_file::directives::Kind;
use unit_file::values::{Backslash, Word, split};

use super::finding::{Finding, Severity, Told};
use super::line::Line;
use super::subject::Subject;
use crate::load::{Machine, Role};
use crate::suggest::nearest;

/// Every name of a list is a dependency of its own; systemd takes those that are names, and looks
/// for the units when it needs them.
pub(super) fn check(line: &Line<'_, '_>, findings: &mut Vec<Finding>) {
    let Line { assignment, row, .. } = *line;
    if !matches!(row.kind, Kind::Units(_)) || &*assignment.section != "Unit" {
        return;
    }
    for word in split(assignment.value.text(), Backslash::Stays).words {
        findings.tell(on_itself(line, &word));
        findings.tell(lost_dash(line, &word));
        let Ok(name) = UnitName::new(&word.text()) else {
            continue;
        };
        if name.is_template() {
            findings.tell(instance_of_own_name(line, &word, &name));
            continue;
        }
        findings.tell(part_of_its_parts(line, &word, &name));
        findings.tell(contradiction(line, &word, &name));
        // Order and conflicts ask for no unit: one that isn't there is passed over.
        if matches!(row.key, "After" | "Before" | "Conflicts") {
            findings.tell(nobody_starts(line, &word, &name));
            continue;
        }
        findings.tell(missing(line, &word, &name));
        findings.tell(unordered(line, &word, &name));
    }
}

/// A unit that waited for itself would never start. systemd sees this as it adds the dependency,
/// and says so in the journal.
fn on_itself(line: &Line<'_, '_>, word: &Word) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let is_itself = subject.name.is_some_and(|name| name.as_str().as_bytes() == word.bytes);
    is_itself.then(|| {
        let message = format!("{}= names the unit itself", assignment.key);
        line.about(word, Severity::Warning, "on-itself", message)
            .effect("systemd drops this dependency")
    })
}

/// `Requires=db@.service`: of a template's name systemd makes the instance of this unit's own name,
/// or of its own instance, which is why it is right in a template.
fn instance_of_own_name(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let key = &line.assignment.key;
    let instance = instance_for(line.subject, name)?;
    let message = format!("{name} is a template, which can't run itself");
    let finding = line.about(word, Severity::Warning, "template-dependency", message);
    let advice = format!("write the instance that is meant: {}@NAME", name.prefix());
    Some(finding.effect(format!("systemd reads {key}={instance}")).advice(advice))
}

/// The instance that systemd makes of a template which a plain unit names.
pub(super) fn instance_for(subject: &Subject<'_>, template: &UnitName) -> Option<UnitName> {
    let own = subject.name.filter(|own| own.instance().is_none() && template.is_template())?;
    UnitName::new(&format!("{}@{}.{}", template.prefix(), own.stem(), template.unit_type())).ok()
}

/// PartOf= goes one way: what stops or restarts the named unit, stops or restarts this one.
///
/// Written in the target it reads well, as a list of parts, and means the contrary. A start is not
/// passed on at all.
fn part_of_its_parts(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let is_whole = subject.unit_type == UnitType::Target && name.unit_type() != UnitType::Target;
    let own = subject.name.filter(|_| is_whole && assignment.key == "PartOf")?;
    let message = format!("this makes the target a part of {name}, not the contrary");
    let finding = line.about(word, Severity::Info, "part-of", message);
    let effect =
        format!("a stop of {name} stops the target; a stop of the target leaves it running");
    Some(finding.effect(effect).advice(format!("write PartOf={own} in {name}")))
}

/// A start of this unit would start the other one and stop it. systemd refuses such a transaction;
/// a job that is only wanted falls out of it.
fn contradiction(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let is_named = |keys: &[&str]| subject.names(keys, name.as_str());
    let (severity, effect) = if assignment.key != "Conflicts" {
        return None;
    } else if is_named(&["Requires", "Requisite", "BindsTo"]) {
        (Severity::Error, "systemd refuses each start: \"Transaction contains conflicting jobs\"")
    } else if is_named(&["Wants"]) {
        (Severity::Warning, "a start of this unit stops the other one, and does not start it")
    } else {
        return None;
    };
    let message = format!("{name} is to be started with this unit, and stopped by it");
    let finding = line.about(word, severity, "contradiction", message);
    Some(finding.effect(effect).advice("take one of the two lines away"))
}

/// `dev-disk-by-label-data.device` stands for /dev/disk/by/label/data: each dash of a unit's name
/// is a slash of the path.
fn lost_dash(line: &Line<'_, '_>, word: &Word) -> Option<Finding> {
    let text = word.text();
    let rest = text.strip_prefix("dev-disk-by-")?;
    let escaped = format!("dev-disk-by\\x2d{rest}");
    let (path, _) = rest.rsplit_once('.').unwrap_or((rest, ""));
    let message = format!("{text} is the unit of /dev/disk/by/{}", path.replacen('-', "/", 1));
    let finding = line
        .about(word, Severity::Warning, "lost-dash", message)
        .effect("there is no such path, so the unit waits for it in vain");
    let says = "write a dash of the path as \\x2d, as systemd-escape --path does";
    Some(finding.suggest(says, line.span_of(word), escaped))
}

/// Whether the unit is on the machine, or among the files at hand.
fn is_there(subject: &Subject<'_>, machine: &Machine, name: &UnitName) -> bool {
    machine.may_have_unit(name) || subject.set.get(name.as_str()).is_some()
}

/// Requires= and its like put the other unit into the same transaction, and a transaction with a
/// unit that can't be found is refused. Wants= is the same without that.
fn missing(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let machine = subject.machine?;
    let (severity, effect) = match assignment.key.as_str() {
        "Requires" | "BindsTo" | "BindTo" | "Requisite" => {
            (Severity::Error, "the unit can't be started: systemd does not find what it requires")
        }
        "Wants" | "Upholds" | "OnFailure" | "OnSuccess" => {
            (Severity::Warning, "systemd does without it, and says nothing")
        }
        // A conflict or a link with a unit that isn't there does no harm, and is common.
        _ => return None,
    };
    if is_there(subject, machine, name) {
        return None;
    }
    let message = format!("there is no unit {name} on this machine");
    let finding = line.about(word, severity, "no-such-unit", message).effect(effect);
    // What a package names without having installed it is no slip of the pen.
    let is_other = |other: &&str| subject.name.is_none_or(|own| own.as_str() != *other);
    let same_type = machine.unit_names().filter(|other| other.ends_with(name.unit_type().as_str()));
    let near = || nearest(name.as_str(), same_type.filter(is_other));
    let meant = if machine.is_of_vendor() { None } else { near() };
    Some(match meant {
        Some(other) => {
            let span = line.span_of(word);
            finding.suggest(format!("did you mean {other}?"), span, other)
        }
        None => finding.advice("install the unit, or mend the name"),
    })
}

/// `After=` starts nothing: of a service that isn't there, there is nothing to wait for. Packages
/// name what others may have installed, so only an administrator's own unit hears of it.
fn nobody_starts(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let machine = subject.machine.filter(|machine| !machine.is_of_vendor())?;
    let is_of_interest = assignment.key == "After"
        && name.unit_type() == UnitType::Service
        && subject.role == Role::Unit
        && !subject.names(&["Wants", "Requires", "BindsTo", "Requisite"], name.as_str());
    if !is_of_interest || is_there(subject, machine, name) {
        return None;
    }
    let message = format!("there is no {name} on this machine to wait for");
    let finding = line.about(word, Severity::Info, "nothing-to-wait-for", message);
    Some(
        finding
            .effect("After= is an order only, and starts nothing")
            .advice("mend the name, or take it away"),
    )
}

/// Without an order, both are started at the same time.
///
/// systemd.unit(5) says of Requires= that it has no influence on the order. A package knows whether
/// its other unit has the order, so of its units this is a remark.
fn unordered(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let matters = matches!(assignment.key.as_str(), "Requires" | "BindsTo" | "Requisite")
        && matches!(name.unit_type(), UnitType::Service | UnitType::Mount | UnitType::Device);
    // Sockets, timers and paths come before their services by default, whatever they require.
    let triggers = matches!(subject.unit_type, UnitType::Socket | UnitType::Timer | UnitType::Path);
    if !matters || triggers || subject.names(&["After", "Before"], name.as_str()) {
        return None;
    }
    let message = format!("{}= does not say which of the two starts first", assignment.key);
    let severity = if subject.is_of_vendor() { Severity::Info } else { Severity::Warning };
    let finding = line.about(word, severity, "unordered", message);
    Some(
        finding
            .effect("systemd starts both at the same time, unless the other unit says otherwise")
            .advice(format!("add After={name} if this unit needs it running")),
    )
}
