//! `[Install]`, which systemctl reads on enable and the manager never: who pulls the unit in.
//!
//! The section is a note for systemctl enable, which makes links from it; systemd.unit(5),
//! "[Install] Section Options". Mistakes show at enable, or at the next boot, when nothing
//! happens.
//!
//! ```ini
//! [Install]
//! WantedBy=multiuser.target
//! Alias=app@.service
//! ```

use systemd_types::{UnitName, UnitType};
use unit_file::directives::has_word;
use unit_file::values::{Backslash, Word, parse_boolean, split};

use super::finding::{Finding, MAX_FINDINGS, Severity, Told};
use super::known_words::known_words;
use super::line::Line;
use super::subject::Subject;
use crate::load::{Role, Scope};
use crate::suggest::{nearest, with_suffix};

/// Name by name, as systemctl reads them on enable; the manager passes over this section.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let in_install = subject.known().filter(|(assignment, _)| &*assignment.section == "Install");
    for (assignment, row) in in_install.filter(|(_, row)| row.key != "DefaultInstance") {
        let line = Line { subject, assignment, row };
        let split = split(assignment.value.text(), Backslash::Stays);
        for word in split.words {
            // A specifier is filled in on enable, so nobody knows the name yet.
            if !word.text().contains('%') && findings.len() < MAX_FINDINGS {
                findings.tell(name(&line, &word));
            }
        }
    }
    findings.tell(nothing_to_enable(subject));
    findings.tell(default_of_no_template(subject));
}

/// Only a template has instances, and so a default among them.
///
/// systemctl takes the key for what `enable name@.service` is to enable, and of another unit it
/// enables the unit itself.
fn default_of_no_template(subject: &Subject<'_>) -> Option<Finding> {
    subject.name.filter(|name| name.instance().is_none() && subject.role == Role::Unit)?;
    let span = subject.key_span("DefaultInstance")?;
    let finding = Finding::warning("no-effect", span, "this unit is no template")
        .effect("systemctl enable ignores DefaultInstance=, and says so")
        .advice("take it away, or rename the file to name@.service");
    Some(finding.man("systemd.unit(5)"))
}

/// The name first: a name that is none can be neither an alias nor a target.
fn name(line: &Line<'_, '_>, word: &Word) -> Option<Finding> {
    let Line { .. } = *line;
    let text = word.text();
    let name = match UnitName::new(&text) {
        Ok(name) => name,
        Err(error) => {
            let message = error.to_string();
            let finding = line
                .about(word, Severity::Error, "invalid-name", message)
                .effect("systemctl enable fails");
            let span = line.span_of(word);
            return Some(match with_suffix(&text) {
                Some(meant) => finding.suggest(format!("write {meant}"), span, meant),
                None => finding,
            });
        }
    };
    match line.row.key {
        "Alias" => alias(line, word, &name),
        "Also" => also(line, word, &name),
        _ => wanted_by(line, word, &name),
    }
}

/// An alias is a link in the load path. systemctl refuses one that the manager could not follow,
/// and passes over those of types that have only one name.
fn alias(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, .. } = *line;
    let unit_type = subject.unit_type;
    // The name of the first three is made from a path, and that of a slice is its place in the
    // tree.
    let has_one_name = matches!(
        unit_type,
        UnitType::Mount | UnitType::Automount | UnitType::Swap | UnitType::Slice
    );
    if has_one_name {
        let message = format!("a {unit_type} can't have other names, so no alias");
        let finding = line.about(word, Severity::Warning, "invalid-alias", message);
        return Some(finding.effect("systemctl enable ignores the line").advice("take it away"));
    }
    if subject.name == Some(name) {
        let message = "a unit needs no alias of its own name";
        let finding = line.about(word, Severity::Info, "no-effect", message);
        return Some(
            finding.effect("systemctl enable makes no link for it").advice("take it away"),
        );
    }
    let is_template = subject.name.is_some_and(|own| own.instance().is_some());
    let message = if name.unit_type() != unit_type {
        format!("{name} is another type of unit; an alias keeps the type")
    } else if is_template != name.instance().is_some() {
        let (this, other) =
            if is_template { ("a template", "none") } else { ("no template", "one") };
        format!("this is {this}, and the alias {name} is {other}")
    } else {
        return None;
    };
    let finding = line.about(word, Severity::Error, "invalid-alias", message);
    Some(finding.effect("systemctl enable fails"))
}

/// What `Also=` names is enabled together with this unit.
///
/// The other unit is read when this one is enabled, and not before, so nothing says that it is
/// missing until then.
fn also(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, .. } = *line;
    let machine = subject.machine?;
    if machine.may_have_unit(name) || subject.set.get(name.as_str()).is_some() {
        return None;
    }
    let message = format!("there is no unit {name} on this machine to enable too");
    let finding = line.about(word, Severity::Warning, "no-such-unit", message);
    let effect = "systemctl enable says \"Failed to enable auxiliary unit\", and goes on";
    Some(finding.effect(effect).advice("install the unit, or mend the name"))
}

/// A WantedBy= is a link in a directory named after the target. systemctl makes it for any name:
/// the target may be installed tomorrow.
fn wanted_by(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, .. } = *line;
    let span = line.span_of(word);
    if let Some(finding) = of_other_manager(line, word, name)
        .or_else(|| at_shutdown(line, word, name))
        .or_else(|| nobody_wants(line, word, name))
    {
        return Some(finding);
    }
    let is_there = || match subject.machine {
        Some(machine) => machine.may_have_unit(name),
        None => name.unit_type() != UnitType::Target,
    };
    if has_word(known_words("STANDARD_TARGETS"), name.as_str())
        || is_there()
        || subject.set.get(name.as_str()).is_some()
    {
        return None;
    }
    // The suffix is the same for all, so it says nothing of how near they are.
    let targets = known_words("STANDARD_TARGETS").split_whitespace();
    let stems = targets.filter_map(|target| target.strip_suffix(".target"));
    let is_boot = matches!(name.stem(), "boot" | "startup" | "system");
    let near = if is_boot { Some("multi-user") } else { nearest(name.stem(), stems) };
    let near = near.map(|stem| format!("{stem}.target"));
    if near.is_none() && subject.machine.is_none() {
        return None; // a target of their own, as far as anybody can tell from here
    }
    let message = match subject.machine {
        Some(_) => format!("there is no unit {name} on this machine"),
        None => format!("{name} is none of systemd's own targets"),
    };
    let effect = "systemctl enable makes the link all the same, and nothing ever starts the unit \
                  through it";
    let finding = line.about(word, Severity::Warning, "no-such-target", message).effect(effect);
    Some(match near {
        Some(target) => finding.suggest(format!("did you mean {target}?"), span, target),
        None => finding.advice("mend the name, or install the unit"),
    })
}

/// A unit that shutdown starts, and that shutdown stops.
///
/// Every unit with the default dependencies has Conflicts=shutdown.target, so the job that would
/// start it falls out of the transaction; systemd.service(5), "Default Dependencies".
fn at_shutdown(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, .. } = *line;
    // The targets that end the machine: each of them pulls shutdown.target in.
    let stops = ["shutdown", "reboot", "poweroff", "halt", "kexec", "final", "umount", "exit"];
    let has_defaults = subject
        .effective
        .last("Unit", "DefaultDependencies")
        .is_none_or(|value| parse_boolean(value) != Ok(false));
    let is_target = name.unit_type() == UnitType::Target;
    if !is_target || !has_defaults || !stops.contains(&name.stem()) {
        return None;
    }
    let message = format!("{name} stops this unit, so it can't start it");
    let finding = line
        .about(word, Severity::Warning, "never-at-shutdown", message)
        .effect("the unit does not run at shutdown: it conflicts with shutdown.target")
        .advice(
            "add DefaultDependencies=no; or start it at boot, with RemainAfterExit=yes and an \
                 ExecStop= that does the work",
        );
    Some(finding)
}

/// A target that boot does not reach by itself: some unit that needs it, or brings it about, must
/// pull it in; systemd.special(7), "Special Passive System Units".
fn nobody_wants(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let passive = "network.target network-online.target network-pre.target nss-lookup.target \
                   time-sync.target remote-fs-pre.target";
    // What comes before the target is what brings it about.
    let brings_it = subject.names(&["Before"], name.as_str());
    let others = subject.effective.words("Install", assignment.key.as_str()).len() > 1;
    let is_vendor = subject.is_of_vendor();
    if !has_word(passive, name.as_str()) || brings_it || others || is_vendor {
        return None;
    }
    let message = format!("boot does not start {name} by itself");
    let finding = line
        .about(word, Severity::Warning, "passive-target", message)
        .effect("the unit starts at boot only if some other unit happens to want the target");
    let advice = format!("write WantedBy=multi-user.target, and {name} in After= and Wants=");
    Some(finding.advice(advice).man("systemd.special(7)"))
}

/// The system's manager and a user's have different targets; systemd.special(7).
fn of_other_manager(line: &Line<'_, '_>, word: &Word, name: &UnitName) -> Option<Finding> {
    let Line { subject, .. } = *line;
    let is_standard = has_word(known_words("STANDARD_TARGETS"), name.as_str());
    let is_users = has_word(known_words("USER_TARGETS"), name.as_str());
    // The manager of the user whose session it is reaches these, and the system's never does.
    let is_session = name.as_str().starts_with("graphical-session")
        || name.as_str() == "xdg-desktop-autostart.target";
    let (message, effect) = match subject.scope {
        Scope::User if is_standard && !is_users => (
            format!("{name} is a target of the system, this is a user's unit"),
            "a user's manager never starts that target, so the unit is never started",
        ),
        Scope::System if is_session => (
            format!("{name} is a target of a user's session, this is the system's unit"),
            "the system's manager never starts that target, so the unit is never started",
        ),
        _ => return None,
    };
    let finding = line.about(word, Severity::Warning, "wrong-manager", message).effect(effect);
    if subject.scope == Scope::System {
        let advice = "install it as a user's unit, in /etc/systemd/user or ~/.config/systemd/user";
        return Some(finding.advice(advice));
    }
    let span = line.span_of(word);
    // That it is a user's unit is known by its directory alone, so nobody should rewrite it
    // unasked.
    Some(match counterpart(name, subject.unit_type) {
        Some(target) => finding.suggest(format!("write {target}"), span, target),
        None => finding.advice("use default.target, or make it a unit of the system"),
    })
}

/// The target of a user's manager that stands for one of the system; systemd.special(7), "Units
/// managed by the user's service manager". For sleep, for instance, there is none.
fn counterpart(name: &UnitName, unit_type: UnitType) -> Option<&'static str> {
    match (name.as_str(), unit_type) {
        ("multi-user.target", UnitType::Timer) => Some("timers.target"),
        ("multi-user.target", UnitType::Socket) => Some("sockets.target"),
        ("multi-user.target", UnitType::Path) => Some("paths.target"),
        ("multi-user.target", _) => Some("default.target"),
        ("graphical.target", _) => Some("graphical-session.target"),
        _ => None,
    }
}

/// A service that runs on, and that neither enable nor another unit would start.
///
/// systemctl calls such a unit static. That is right for units which others start, so this is
/// only said where none of them is in sight.
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
///
/// A oneshot is mostly run by a timer or by hand, and one of Type=dbus by its bus name.
fn is_plain_service(subject: &Subject<'_>) -> bool {
    let is_spelt_right =
        || subject.file.sections().all(|(section, _)| subject.sections().contains(&section));
    subject.unit_type == UnitType::Service
        && subject.role == Role::Unit
        && !subject.effective.has_section("Install")
        && subject.name.is_some_and(|name| name.instance().is_none())
        && !matches!(subject.own("Type"), Some("oneshot" | "dbus"))
        && !subject.has("BusName")
        && subject.has("ExecStart")
        && is_spelt_right()
}

/// Something else starts the service: a socket, timer or path unit of the same name, a unit that it
/// is a part of, or the package that it came with.
fn is_started_otherwise(subject: &Subject<'_>) -> bool {
    let handled = ["PartOf", "RefuseManualStart", "StopWhenUnneeded"];
    let Some(name) = subject.name else {
        return false;
    };
    let siblings = [UnitType::Socket, UnitType::Timer, UnitType::Path];
    let siblings = siblings.map(|unit_type| name.with_type(unit_type));
    let is_there = |sibling: &UnitName| {
        subject.set.get(sibling.as_str()).is_some()
            || subject.machine.is_some_and(|machine| machine.has_unit_file(sibling))
    };
    subject.is_of_vendor()
        || siblings.iter().flatten().any(is_there)
        || handled.iter().any(|key| subject.effective.has("Unit", key))
}
