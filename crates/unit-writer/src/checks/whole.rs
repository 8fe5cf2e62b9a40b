//! Settings that are right one by one and wrong together.

use super::missing::{key_span, service_type};
use super::{Edit, Finding, Subject};
use unit_file::directives::{Directive, Kind};
use unit_file::syntax::Assignment;
use unit_file::values::{CommandLine, TimeSpan, parse_boolean};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    findings.extend(network_online(subject));
    findings.extend(ordering_cycle(subject));
    findings.extend(hidden_program(subject));
    findings.extend(without_effect(subject));
    for (assignment, row) in subject.known() {
        findings.extend(legacy_value(assignment));
        findings.extend(months(assignment, row));
    }
}

/// Whether one of the keys of `[Unit]` names a unit.
fn names(subject: &Subject<'_>, keys: &[&str], unit: &str) -> bool {
    keys.iter().any(|key| {
        let values = subject.effective.values("Unit", key);
        values
            .iter()
            .any(|entry| entry.assignment.value.text().split_whitespace().any(|word| word == unit))
    })
}

/// The first line of this file where a key of `[Unit]` names a unit, and where.
fn place_of(subject: &Subject<'_>, key: &str, unit: &str) -> Option<unit_file::syntax::Span> {
    let mut lines =
        subject.known_assignments().filter(|line| line.key == key && &*line.section == "Unit");
    lines.find_map(|line| {
        let text = line.value.text();
        let at =
            text.match_indices(unit).map(|(at, _)| at).find(|at| is_word(text, *at, unit.len()))?;
        Some(line.value.span_of(at..at + unit.len()))
    })
}

fn is_word(text: &str, at: usize, length: usize) -> bool {
    let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    blank(text[..at].chars().next_back()) && blank(text[at + length..].chars().next())
}

/// An order after something that nobody starts.
fn network_online(subject: &Subject<'_>) -> Option<Finding> {
    let unit = "network-online.target";
    let span = place_of(subject, "After", unit)?;
    if names(subject, &["Wants", "Requires", "BindsTo", "Upholds", "Requisite"], unit) {
        return None;
    }
    let finding = Finding::warning("after-without-wants", span, format!("nothing here starts {unit}"))
        .effect("After= is an order only; if no other unit wants the target, this one does not wait for the network")
        .man("systemd.special(7)");
    let line = key_span(subject, "After")?;
    let start =
        subject.file.lines().iter().find(|text| text.text.contains(&line.start))?.text.start;
    Some(finding.mend(
        format!("add Wants={unit}"),
        vec![Edit { span: start..start, text: format!("Wants={unit}\n") }],
    ))
}

/// The order in which a boot reaches its targets.
const BOOT: [&str; 6] = [
    "local-fs-pre.target",
    "local-fs.target",
    "sysinit.target",
    "basic.target",
    "multi-user.target",
    "graphical.target",
];

/// Must come after one target and before another that the boot reaches earlier.
fn ordering_cycle(subject: &Subject<'_>) -> Option<Finding> {
    let rank = |unit: &str| BOOT.iter().position(|target| *target == unit);
    let defaults = subject
        .effective
        .last("Unit", "DefaultDependencies")
        .is_none_or(|value| parse_boolean(value) != Ok(false));
    let is_service = subject.own_section() == "Service";
    let listed = |section: &'static str, key: &'static str| {
        let values = subject.effective.values(section, key);
        values
            .iter()
            .flat_map(|entry| entry.assignment.value.text().split_whitespace())
            .collect::<Vec<_>>()
    };
    // With its default dependencies, a service comes after basic.target.
    let implied = if defaults && is_service { vec!["basic.target"] } else { Vec::new() };
    let after: Vec<&str> = listed("Unit", "After").into_iter().chain(implied).collect();
    // A target comes after the units it wants, unless they are ordered the other way round already.
    let wanted_by = if defaults { listed("Install", "WantedBy") } else { Vec::new() };
    let wanted_by = wanted_by
        .into_iter()
        .filter(|target| !after.contains(target))
        .map(|target| ("WantedBy", target));
    let before =
        listed("Unit", "Before").into_iter().map(|target| ("Before", target)).chain(wanted_by);
    for (key, earlier) in before {
        let later = after.iter().find(|later| {
            let contradicts = matches!((rank(later), rank(earlier)), (Some(later), Some(earlier)) if later > earlier);
            // `Before=sysinit.target` contradicts the default order, `WantedBy=` a target below it does not.
            (**later == earlier && key == "Before") || (contradicts && (key == "Before" || !implied_only(subject, later)))
        });
        if let Some(later) = later {
            return Some(cycle_finding(subject, key, earlier, later));
        }
    }
    None
}

fn implied_only(subject: &Subject<'_>, unit: &str) -> bool {
    !names(subject, &["After"], unit)
}

fn cycle_finding(subject: &Subject<'_>, key: &str, earlier: &str, later: &str) -> Finding {
    let span = place_of(subject, "After", later)
        .or_else(|| place_of(subject, "Before", earlier))
        .or_else(|| key_span(subject, key));
    let message = format!("{key}={earlier} and the order after {later} can't both hold");
    let finding = Finding::warning("ordering-cycle", span.clone().unwrap_or(0..0), message)
        .effect("systemd breaks the cycle by leaving one of the units out, and which one nobody can tell beforehand")
        .man("systemd.unit(5)");
    let finding = Finding { span, ..finding };
    if implied_only(subject, later) {
        finding.advice("a unit of early boot needs DefaultDependencies=no and an order of its own")
    } else {
        finding.advice("take one of the two away")
    }
}

/// `ProtectHome=` hides programs and directories that stand there.
fn hidden_program(subject: &Subject<'_>) -> Option<Finding> {
    let protects = subject
        .own("ProtectHome")
        .is_some_and(|value| value == "tmpfs" || parse_boolean(value) == Ok(true));
    let is_hidden =
        |path: &str| ["/home/", "/root/", "/run/user/"].iter().any(|place| path.starts_with(place));
    let binds = subject.effective.has("Service", "BindPaths")
        || subject.effective.has("Service", "BindReadOnlyPaths");
    if !protects || binds {
        return None;
    }
    let hidden = subject.known_assignments().find(|assignment| match assignment.key.as_str() {
        "ExecStart" => CommandLine::parse(assignment.value.text(), subject.version)
            .is_ok_and(|line| line.commands.iter().any(|command| is_hidden(&command.program))),
        "WorkingDirectory" => is_hidden(assignment.value.text()),
        _ => false,
    })?;
    let finding = Finding::error(
        "hidden-by-sandbox",
        hidden.value.span(),
        "ProtectHome= hides this path from the service",
    );
    Some(
        finding
            .effect("the start fails, as if the path were not there")
            .advice("move it out of the home directory, or use ProtectHome=read-only")
            .man("systemd.exec(5)"),
    )
}

/// Keys that have no effect beside the others.
fn without_effect(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut say = |key: &str, message: String, advice: &str| {
        let span = key_span(subject, key);
        findings.extend(span.map(|span| {
            Finding::info("no-effect", span, message)
                .effect("systemd takes the line and does nothing with it")
                .advice(advice)
                .man(format!("systemd.{}(5)", subject.unit_type))
        }));
    };
    let own = subject.own_section();
    let has = |key: &str| subject.effective.has(own, key);
    if own == "Timer" && has("Persistent") && !has("OnCalendar") {
        say(
            "Persistent",
            "Persistent= counts for OnCalendar= only".to_owned(),
            "take it away, or use OnCalendar=",
        );
    }
    if own == "Service" && has("ExecStart") {
        let kind = service_type(subject);
        if has("RuntimeMaxSec") && kind == "oneshot" {
            say(
                "RuntimeMaxSec",
                "RuntimeMaxSec= does nothing for Type=oneshot".to_owned(),
                "use TimeoutStartSec=",
            );
        }
        if has("RestartSec") && matches!(subject.own("Restart"), None | Some("no")) {
            say(
                "RestartSec",
                "RestartSec= does nothing without Restart=".to_owned(),
                "add Restart=on-failure",
            );
        }
    }
    findings
}

/// `5M` is five months, which few people mean.
fn months(assignment: &Assignment, row: &Directive) -> Option<Finding> {
    let is_time = matches!(row.kind, Kind::Time { .. });
    let value = assignment.value.text();
    let at = if is_time {
        value.find('M')?
    } else {
        return None;
    };
    if !value[..at].ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let span = TimeSpan::parse(value).ok()?;
    let place = assignment.value.span_of(at..at + 1);
    let finding = Finding::warning("months", place.clone(), "M is a month");
    Some(
        finding
            .effect(format!("systemd reads {value} as {span}"))
            .suggest("write min for minutes", place, "min")
            .man("systemd.time(7)"),
    )
}

/// Values that systemd replaces by newer ones as it reads them.
fn legacy_value(assignment: &Assignment) -> Option<Finding> {
    let value = assignment.value.text();
    let span = assignment.value.span();
    let finding =
        |code, message: String| Finding::info(code, span.clone(), message).man("systemd.exec(5)");
    let replace = |finding: Finding, text: String| {
        let edit = Edit { span: span.clone(), text: text.clone() };
        finding.mend(format!("write {text}"), vec![edit])
    };
    match assignment.key.as_str() {
        "StandardOutput" | "StandardError" if value.starts_with("syslog") => {
            let finding = finding("legacy-value", format!("{value} is out of use"))
                .effect("systemd takes it for journal");
            Some(replace(finding, value.replace("syslog", "journal")))
        }
        "PIDFile" | "ListenStream" | "ListenDatagram" | "ListenFIFO"
            if value.starts_with("/var/run/") =>
        {
            let finding = finding("legacy-value", "/var/run is an old name of /run".to_owned())
                .effect("systemd takes it for /run");
            Some(replace(finding, value.replacen("/var/run/", "/run/", 1)))
        }
        "User" | "SocketUser" if value == "nobody" => {
            let finding =
                Finding::warning("unsafe-user", span, "many programs share the user nobody");
            Some(finding.effect("systemd obeys and warns: each of them can get at the files and processes of the others").advice("use DynamicUser=yes, or a user of its own").man("systemd.exec(5)"))
        }
        "KillMode" if value == "none" => {
            let finding =
                Finding::warning("legacy-value", span, "KillMode=none leaves processes behind");
            Some(
                finding
                    .effect("systemd obeys, warns, and later versions will not")
                    .advice("use KillMode=mixed or process")
                    .man("systemd.kill(5)"),
            )
        }
        _ => None,
    }
}
