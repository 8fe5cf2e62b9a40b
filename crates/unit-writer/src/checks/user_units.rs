//! Units of a user's service manager, which has no rights beyond the user's, and its own targets;
//! and units of the system that look like one; systemd.special(7), "Units managed by the user's
//! service manager".
//!
//! A unit is a user's if it lies in a directory `systemd/user`, or if `--user` says so.
//!
//! ```ini
//! # ~/.config/systemd/user/sync.service
//! [Unit]
//! After=network-online.target
//!
//! [Service]
//! User=me
//!
//! [Install]
//! WantedBy=multi-user.target
//! ```

use systemd_types::UnitType;
use unit_file::directives::has_word;
use unit_file::syntax::Assignment;
use unit_file::values::parse_boolean;

use super::finding::{Finding, Severity, Told};
use super::known_words::known_words;
use super::subject::Subject;
use crate::load::Scope;

/// The cure of whatever only root may do.
pub(super) const ADVICE: &str = "take the line away, or make it a unit of the system";

/// Targets that only a user's manager has.
const SESSION_TARGETS: &str = "graphical-session.target graphical-session-pre.target \
                               xdg-desktop-autostart.target";

/// Which manager it is decides which names are strange: each knows its own units alone.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    match subject.scope {
        Scope::User => {
            findings.extend(foreign_accounts(subject));
            findings.tell(named(
                subject,
                known_words("SYSTEM_TARGETS"),
                "the system",
                "a user's unit",
            ));
        }
        Scope::System => {
            findings.tell(named(subject, SESSION_TARGETS, "a user's session", "the system's unit"));
        }
    }
}

/// Only root may become somebody else or join groups; the manager of a user is not root.
///
/// setresuid(2) and setgroups(2) need CAP_SETUID and CAP_SETGID, which the manager of a user
/// doesn't have. systemd.exec(5) says of User= that it is not available there. systemd calls
/// setgroups(2) for the user's own name as well.
fn foreign_accounts(subject: &Subject<'_>) -> Vec<Finding> {
    // A user namespace gives capabilities within it, and no other user.
    let gives_capabilities = subject.is_yes("PrivateUsers");
    let keys = [
        ("User", "216/GROUP, or 217/USER if there is no such user"),
        ("Group", "216/GROUP, unless it is the user's own group"),
        ("SupplementaryGroups", "216/GROUP"),
        ("DynamicUser", "217/USER"),
        ("AmbientCapabilities", "218/CAPABILITIES"),
    ];
    let finding = |(key, status): (&str, &str)| {
        let is_harmless = match (key, subject.own(key)?) {
            ("Group", value) => matches!(value, "%g" | "%G"),
            ("DynamicUser", value) => parse_boolean(value) != Ok(true),
            ("AmbientCapabilities", _) => gives_capabilities,
            _ => false,
        };
        let span = subject.key_span(key).filter(|_| !is_harmless && is_service(subject))?;
        let message = format!("{key}= needs root, and the manager of a user is not root");
        let finding = Finding::error("wrong-manager", span, message)
            .effect(format!("the start fails with status {status}"))
            .advice(ADVICE);
        Some(finding.man("systemd.exec(5)"))
    };
    keys.into_iter().filter_map(finding).collect()
}

/// Sockets and mounts of a user have these keys too, for their commands, and seldom a command.
fn is_service(subject: &Subject<'_>) -> bool {
    subject.unit_type == UnitType::Service
}

/// A name in `After=` and its like that the other manager has, and this one has not.
///
/// Each manager knows its own units alone: there is no dependency from one to the other. A user's
/// manager is started by a unit of the system, user@.service, long after the network's targets.
fn named<'a>(subject: &Subject<'a>, names: &str, whose: &str, this: &str) -> Option<Finding> {
    let keys = ["After", "Before", "Wants", "Requires", "BindsTo", "PartOf", "Requisite"];
    let known = subject.known().map(|(line, _)| line);
    let lines = known.filter(|line| &*line.section == "Unit" && keys.contains(&line.key.as_str()));
    let words = |line: &'a Assignment| {
        line.value.text().split_whitespace().map(|word| (line.key.as_str(), word))
    };
    // The worst says it all: who requires a unit mostly orders itself behind it too.
    let found = lines.flat_map(words).filter(|(_, word)| has_word(names, word));
    let ((severity, effect), key, name) = found
        .map(|(key, name)| (cost_of_absence(key), key, name))
        .reduce(|worst, other| if other.0.0 > worst.0.0 { other } else { worst })?;
    let span = subject.place_of("Unit", key, name)?;
    let message = format!("{name} is of {whose}, and this is {this}");
    let finding = Finding::new(severity, "wrong-manager", span, message).effect(effect);
    let advice = match name.trim_end_matches(".target") {
        _ if this != "a user's unit" => {
            "make it a user's unit, in /etc/systemd/user or ~/.config/systemd/user"
        }
        "graphical" => "write graphical-session.target",
        "network" | "network-online" => "take it away, and let the program wait for the network",
        "sleep" | "suspend" | "hibernate" => "make it a unit of the system, which alone sleeps",
        _ => "take it away: each manager knows its own units alone",
    };
    Some(finding.advice(advice).man("systemd.special(7)"))
}

/// What it costs that a unit of the other manager is not there.
fn cost_of_absence(key: &str) -> (Severity, &'static str) {
    match key {
        "After" | "Before" | "PartOf" => {
            (Severity::Info, "this manager has no such unit, so the line does nothing")
        }
        "Wants" => (Severity::Warning, "this manager has no such unit, and does without it"),
        _ => (Severity::Error, "this manager has no such unit, so the start fails"),
    }
}
