//! `RestrictAddressFamilies=` against what the unit itself needs; systemd.exec(5).
//!
//! A list of families is mostly written for what the service is known to do, the internet. What a
//! program does beside that, it does over other sockets: it tells systemd that it is ready, writes
//! to the log, asks the kernel for addresses.
//!
//! ```ini
//! [Service]
//! Type=notify
//! RestrictAddressFamilies=AF_INET AF_INET6
//! ```

use unit_file::directives::has_word;
use unit_file::values::Prefix;

use super::finding::{Finding, Told};
use super::known_words::known_words;
use super::programs::base_name;
use super::subject::Subject;

const MAN: &str = "systemd.exec(5)";
const KEY: &str = "RestrictAddressFamilies";
/// The three names of the family of sockets on this machine.
const LOCAL: [&str; 3] = ["AF_UNIX", "AF_LOCAL", "AF_FILE"];
const NETLINK: [&str; 2] = ["AF_NETLINK", "AF_ROUTE"];

/// Without the key nothing is forbidden.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let has_list = subject.lines_of(KEY).next().is_some();
    if has_list {
        findings.tell(silenced(subject).or_else(|| cut_off(subject)));
    }
}

/// Whether the list lets the service open sockets of a family, which may have several names.
///
/// The first line says whether the list allows or denies, and the later ones add to it or take
/// away from it. Words that systemd doesn't know are passed over.
fn allows(subject: &Subject<'_>, names: &[&str]) -> bool {
    let mut allow_list = None;
    let mut is_listed = false;
    for entry in subject.effective.values("Service", KEY) {
        let value = entry.assignment.value.text();
        if value == "none" {
            (allow_list, is_listed) = (Some(true), false);
            continue;
        }
        let words = value.strip_prefix('~');
        let allows = words.is_none();
        let is_allow_list = *allow_list.get_or_insert(allows);
        let mut words = words.unwrap_or(value).split_whitespace();
        if words.any(|word| names.contains(&word) || word.contains('%')) {
            is_listed = allows == is_allow_list;
        }
    }
    allow_list.is_none_or(|allow_list| allow_list == is_listed)
}

/// sd_notify(3) sends what it has to say to a socket on this machine, and so does D-Bus.
fn silenced(subject: &Subject<'_>) -> Option<Finding> {
    let service_type = subject.service_type();
    let (what, effect) = match service_type {
        "notify" | "notify-reload" => {
            ("to tell systemd that it is ready", "systemd waits until TimeoutStartSec= is over")
        }
        "dbus" => ("to reach the bus", "systemd waits until TimeoutStartSec= is over"),
        _ if !matches!(subject.own("WatchdogSec"), None | Some("0")) => {
            ("to tell systemd that it lives", "systemd kills it when WatchdogSec= is over")
        }
        _ => return None,
    };
    let span = subject.key_span(KEY).filter(|_| !allows(subject, &LOCAL))?;
    let message = format!("without AF_UNIX the service has no way {what}");
    let finding = Finding::warning("closed-family", span, message)
        .effect(format!("the kernel refuses it the socket, and {effect}"))
        .advice("add AF_UNIX to the list");
    Some(finding.man(MAN))
}

/// A tool that does its work over a socket of a family that the list lacks.
fn cut_off(subject: &Subject<'_>) -> Option<Finding> {
    let families = [("LOCAL_CLIENTS", &LOCAL[..]), ("NETLINK_CLIENTS", &NETLINK[..])];
    let keys = ["ExecStartPre", "ExecStart", "ExecStartPost"];
    let (name, family) = families.into_iter().find_map(|(tools, names)| {
        let mut runs = keys.iter().flat_map(|key| subject.own_commands(key));
        let run = runs.find(|run| {
            let is_bound = !run.command.has(Prefix::FullPrivileges);
            is_bound && has_word(known_words(tools), base_name(&run.command.program))
        })?;
        let name = base_name(&run.command.program);
        (!allows(subject, names)).then_some((name, names[0]))
    })?;
    let message = format!("{name} needs sockets of {family}");
    let finding = Finding::warning("closed-family", subject.key_span(KEY)?, message)
        .effect("the kernel refuses them: \"Address family not supported by protocol\"")
        .advice(format!("add {family} to the list"));
    Some(finding.man(MAN))
}
