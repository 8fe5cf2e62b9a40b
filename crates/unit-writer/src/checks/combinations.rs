//! Settings that are right one by one and wrong together, and values that are out of use.
//!
//! Each rule here is short and stands alone; families of rules have files of their own.
//!
//! ```ini
//! [Unit]
//! After=network-online.target
//!
//! [Service]
//! Type=oneshot
//! RuntimeMaxSec=5M
//! ```

use unit_file::directives::{Directive, Kind, has_word};
use unit_file::syntax::Assignment;
use unit_file::values::TimeSpan;

use super::finding::{Edit, Finding, Told};
use super::programs::base_name;
use super::subject::Subject;
use crate::load::Scope;

/// One rule a function. Those at the end look at each line that systemd obeys, the others at the
/// unit.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    findings.tell(network_online(subject));
    findings.tell(network_unordered(subject));
    findings.tell(network_too_early(subject));
    findings.tell(syslog_target(subject));
    findings.tell(network_wanted(subject));
    findings.tell(stops_for_ever(subject));
    findings.tell(listens_twice(subject));
    findings.tell(adds_to_the_list(subject));
    for (assignment, row) in subject.known() {
        findings.tell(legacy_value(assignment));
        findings.tell(unsafe_value(assignment));
        findings.tell(months(assignment, row));
    }
}

/// An order after something that nobody starts: network-online.target is only there if some unit
/// wants it; systemd.special(7).
///
/// network.target only says that the network is being configured. network-online.target waits for
/// an address, costs time at boot, and is therefore only started for those who want it.
fn network_online(subject: &Subject<'_>) -> Option<Finding> {
    let unit = "network-online.target";
    let span = subject.place_of("Unit", "After", unit)?;
    let starts = ["Wants", "Requires", "BindsTo", "Upholds", "Requisite"];
    if subject.scope == Scope::User || subject.names(&starts, unit) {
        return None;
    }
    let effect = "After= is an order only; if no other unit wants the target, this one does not \
                  wait for the network";
    let message = format!("nothing here starts {unit}");
    let finding = Finding::warning("after-without-wants", span.clone(), message)
        .effect(effect)
        .man("systemd.special(7)");
    let lines = subject.file.lines();
    let start = lines.iter().rfind(|line| line.text.start <= span.start)?.text.start;
    // On a continued line, a line above would become part of another value.
    let key = subject.lines_of("After").find(|line| line.value.span().contains(&span.start))?;
    if start > key.key_span.start {
        return Some(finding.advice(format!("add Wants={unit}")));
    }
    let edit = Edit { span: start..start, text: format!("Wants={unit}\n") };
    Some(finding.mend(format!("add Wants={unit}"), vec![edit]))
}

/// The other half: the target is started, and nothing waits for it.
///
/// Wants= and After= are two questions to systemd: whether the other unit is started, and whether
/// this one waits for it. systemd.unit(5) says that the two are set up independently.
fn network_unordered(subject: &Subject<'_>) -> Option<Finding> {
    let unit = "network-online.target";
    let keys = ["Wants", "Requires"];
    let mut places = keys.into_iter().map(|key| subject.place_of("Unit", key, unit));
    let span = places.find_map(|place| place)?;
    let is_ordered = subject.names(&["After", "Before"], unit);
    let is_service = subject.own_section() == "Service";
    if is_ordered || !is_service || subject.scope == Scope::User {
        return None;
    }
    let message = format!("nothing here waits for {unit}");
    let finding = Finding::warning("wants-without-after", span, message)
        .effect("both are started at the same time, and the service may come first")
        .advice(format!("add After={unit}"));
    Some(finding.man("systemd.special(7)"))
}

/// A client of the network, at boot, behind network.target: that target is reached when the network
/// is being set up, and no address may be there yet; systemd.special(7).
fn network_too_early(subject: &Subject<'_>) -> Option<Finding> {
    let span = subject.place_of("Unit", "After", "network.target")?;
    let at_boot = ["multi-user.target", "default.target", "graphical.target"];
    let wanted = subject.effective.words("Install", "WantedBy");
    let tries_again = !matches!(subject.own("Restart"), None | Some("no"));
    if subject.scope == Scope::User
        || tries_again
        || subject.names(&["After"], "network-online.target")
        || !wanted.iter().any(|target| at_boot.contains(target))
    {
        return None;
    }
    let clients = "curl wget ping ssh sshfs scp sftp ntpdate mount.nfs mount.cifs";
    let mut runs =
        ["ExecStartPre", "ExecStart"].into_iter().flat_map(|key| subject.own_commands(key));
    let run = runs.find(|run| has_word(clients, base_name(&run.command.program)))?;
    let name = base_name(&run.command.program);
    let message =
        format!("{name} may come before the network: network.target does not wait for it");
    let finding = Finding::warning("network-too-early", span, message)
        .effect("at boot the command may fail for want of an address, and nothing tries again")
        .advice("write network-online.target in After= and Wants=");
    Some(finding.man("systemd.special(7)"))
}

/// network.target is a passive unit: who brings the network up pulls it in, and everybody else only
/// orders behind it; systemd.special(7), "Special Passive System Units".
fn network_wanted(subject: &Subject<'_>) -> Option<Finding> {
    let keys = ["Wants", "Requires", "BindsTo"];
    let find = |key: &str| Some((key.to_owned(), subject.place_of("Unit", key, "network.target")?));
    let (key, span) = keys.into_iter().find_map(find)?;
    let brings_it = subject.names(&["Before"], "network.target");
    if brings_it || subject.scope == Scope::User || subject.is_of_vendor() {
        return None;
    }
    let message = format!("{key}=network.target waits for no network");
    let finding = Finding::info("passive-target", span, message)
        .effect("the target is reached while the network is being set up, whoever wants it")
        .advice("for a network that is up, write network-online.target in Wants= and After=");
    Some(finding.man("systemd.special(7)"))
}

/// An address that one socket unit names twice, mostly in a drop-in that was meant to replace it.
///
/// bind(2) refuses the second: the address is in use, by the unit itself. A list begins anew with
/// an empty value.
fn listens_twice(subject: &Subject<'_>) -> Option<Finding> {
    let keys = ["ListenStream", "ListenDatagram", "ListenSequentialPacket"];
    let twice = keys.into_iter().find_map(|key| {
        let values = subject.effective.values("Socket", key);
        let texts: Vec<&str> = values.iter().map(|entry| entry.assignment.value.text()).collect();
        let second = (1..texts.len()).find(|at| texts[..*at].contains(&texts[*at]))?;
        Some(values[second])
    })?;
    let value = &twice.assignment.value;
    let message = format!("the unit listens on {} already", value.text());
    let finding = Finding::error("listens-twice", value.span(), message)
        .effect("the socket does not start: the address is in use, by this unit itself")
        .advice("take one of the lines away, or put an empty one before it, which clears the list");
    // The line to mend may be in a drop-in.
    let part = (twice.file != subject.own_part()).then_some(twice.file);
    Some(Finding { part, ..finding.man("systemd.socket(5)") })
}

/// A drop-in that was meant to change when a timer elapses, or where a socket listens: its line
/// stands beside those of the unit, for these keys are lists.
fn adds_to_the_list(subject: &Subject<'_>) -> Option<Finding> {
    let keys = ["OnCalendar", "OnBootSec", "OnUnitActiveSec", "ListenStream", "ListenDatagram"];
    let own = subject.own_part();
    let (key, line) = keys.into_iter().filter(|_| own > 0).find_map(|key| {
        let values = subject.effective.values(subject.own_section(), key);
        let line = values.iter().find(|entry| entry.file == own)?;
        values.iter().any(|entry| entry.file < own).then_some((key, line.assignment))
    })?;
    let message = format!("this adds to the unit's own {key}=");
    let finding = Finding::info("adds-to-list", line.value.span(), message)
        .effect("both hold: the earlier line is not replaced")
        .advice(format!("to replace it, write an empty {key}= first"));
    Some(finding.man(format!("systemd.{}(5)", subject.unit_type)))
}

/// The target went with version 198; logging is there before any ordinary service.
///
/// Units of old packages still name it, and a dependency on a unit that is not there costs nothing.
fn syslog_target(subject: &Subject<'_>) -> Option<Finding> {
    let span = subject.place_of("Unit", "After", "syslog.target")?;
    let finding = Finding::info("legacy-target", span, "syslog.target is long gone")
        .effect("the line does nothing: the journal takes messages from early boot on")
        .advice("take it away");
    Some(finding.man("systemd.special(7)"))
}

/// `TimeoutStopSec=0` is read as infinity, as in the oldest versions; systemd.service(5).
fn stops_for_ever(subject: &Subject<'_>) -> Option<Finding> {
    let line = subject.lines_of("TimeoutStopSec").last()?;
    let span = TimeSpan::parse(line.value.text()).ok().filter(|span| span.micros() == Some(0));
    span.filter(|_| !subject.is_of_vendor())?;
    let message = "0 is no short time to stop, it is infinity";
    let finding = Finding::info("zero-is-infinity", line.value.span(), message)
        .effect("a service that does not end holds up its stop, and the shutdown, for ever")
        .advice("write 1s for a quick end, or infinity for what it is");
    Some(finding.man("systemd.service(5)"))
}

/// `5M` is five months, which few people mean.
///
/// systemd.time(7) has m for minutes and M for months, as date(1) does.
fn months(assignment: &Assignment, row: &Directive) -> Option<Finding> {
    if row.kind != Kind::Time {
        return None;
    }
    let value = assignment.value.text();
    let at = value.find('M')?;
    if !value[..at].ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let span = TimeSpan::parse(value).ok()?;
    let place = assignment.value.span_of(at..at + 1);
    let finding = Finding::warning("months", place.clone(), "M is a month")
        .effect(format!("systemd reads {value} as {span}"))
        .suggest("write min for minutes", place, "min");
    Some(finding.man("systemd.time(7)"))
}

/// Values that systemd replaces by newer ones as it reads them, with a line in the journal.
///
/// The path is changed when the line is read, and systemctl show has the new one.
fn legacy_value(assignment: &Assignment) -> Option<Finding> {
    let value = assignment.value.text();
    let span = assignment.value.span();
    if matches!(assignment.key.as_str(), "StandardOutput" | "StandardError")
        && value.starts_with("file:/")
    {
        let finding =
            Finding::info("overwrites", span, "each start writes from the beginning of the file")
                .effect("what was longer than the new output stays behind it")
                .advice("use append: to go on at the end, or truncate: to begin anew");
        return Some(finding.man("systemd.exec(5)"));
    }
    let (message, effect, text) = match assignment.key.as_str() {
        "StandardOutput" | "StandardError" if value.starts_with("syslog") => {
            let text = value.replace("syslog", "journal");
            (format!("{value} is out of use"), "systemd takes it for journal", text)
        }
        "PIDFile" | "ListenStream" | "ListenDatagram" | "ListenFIFO"
            if value.starts_with("/var/run/") =>
        {
            let text = value.replacen("/var/run/", "/run/", 1);
            ("/var/run is an old name of /run".to_owned(), "systemd takes it for /run", text)
        }
        _ => return None,
    };
    let edit = Edit { span: span.clone(), text: text.clone() };
    let finding = Finding::info("legacy-value", span, message)
        .effect(effect)
        .mend(format!("write {text}"), vec![edit]);
    Some(finding.man("systemd.exec(5)"))
}

/// Values that systemd obeys, and warns about.
///
/// nobody owns what nobody should own, files of NFS mounts among them; systemd warns since
/// version 246.
fn unsafe_value(assignment: &Assignment) -> Option<Finding> {
    let span = assignment.value.span();
    match (assignment.key.as_str(), assignment.value.text()) {
        ("User" | "SocketUser", "nobody") => {
            let effect = "systemd obeys and warns: each of them can get at the files and processes \
                          of the others";
            let finding =
                Finding::warning("unsafe-user", span, "many programs share the user nobody");
            let advice = "use DynamicUser=yes, or a user of its own";
            Some(finding.effect(effect).advice(advice).man("systemd.exec(5)"))
        }
        ("KillMode", "none") => {
            let finding =
                Finding::warning("legacy-value", span, "KillMode=none leaves processes behind")
                    .effect("systemd obeys, warns, and later versions will not")
                    .advice("use KillMode=mixed, or control-group, which is the default");
            Some(finding.man("systemd.kill(5)"))
        }
        _ => None,
    }
}
