//! The sandbox against what the unit itself needs; systemd.exec(5).
//!
//! The settings of a sandbox take rights away from every process of the unit, also from those that
//! need them.
//!
//! ```ini
//! [Service]
//! User=app
//! ExecStartPre=/bin/chown app /run/app
//! ExecStart=/usr/bin/node /srv/app/server.js
//! MemoryDenyWriteExecute=yes
//! ```

use systemd_types::UnitType;
use unit_file::directives::by_key;
use unit_file::values::Prefix;

use super::finding::Finding;
use super::programs::{arguments, base_name, compiles_at_run_time};
use super::subject::Subject;
use crate::load::Scope;

const MAN: &str = "systemd.exec(5)";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.unit_type != UnitType::Service {
        return;
    }
    findings.extend(machine_code(subject));
    findings.extend(needs_root(subject));
    findings.extend(capabilities(subject));
    findings.extend(shared_directory(subject));
    findings.extend(directory_of_all_instances(subject));
}

/// MemoryDenyWriteExecute= forbids memory that was written to be run, which is how these programs
/// work; systemd.exec(5) says so itself.
///
/// The key is a filter for mmap(2) and mprotect(2), so it hits programs that compile as they run,
/// whoever wrote them.
fn machine_code(subject: &Subject<'_>) -> Option<Finding> {
    if !subject.is_yes("MemoryDenyWriteExecute") {
        return None;
    }
    let mut runs = subject.commands().iter();
    let run = runs.find(|run| compiles_at_run_time(&run.command.program))?;
    let span = subject.key_span("MemoryDenyWriteExecute")?;
    let name = base_name(&run.command.program);
    let message = format!("{name} makes machine code at run time (JIT)");
    let finding = Finding::warning("needs-write-execute", span, message)
        .effect("the kernel refuses it the memory, and the program crashes")
        .advice("take MemoryDenyWriteExecute= away");
    Some(finding.man(MAN))
}

/// User= holds for ExecStartPre= too: what only root may do fails there.
///
/// A common leftover of init scripts, which ran as root and changed the user at their end.
/// systemd makes such directories itself, with the right owner, before the first command.
fn needs_root(subject: &Subject<'_>) -> Option<Finding> {
    let is_root = subject.own("User").is_none_or(|user| matches!(user, "root" | "0"));
    if is_root || subject.is_yes("PermissionsStartOnly") || subject.scope == Scope::User {
        return None;
    }
    let has_rights = |prefix| [Prefix::FullPrivileges, Prefix::KeepUser].contains(&prefix);
    let keys = ["ExecStartPre", "ExecStartPost", "ExecStart"];
    let mut runs = keys.iter().flat_map(|key| subject.own_commands(key));
    let run = runs.find(|run| {
        let is_privileged = run.command.prefixes.iter().any(|prefix| has_rights(*prefix));
        !is_privileged && asks_for_rights(subject, &run.command)
    })?;
    let span = run.assignment.value.span_of(run.command.program_span.clone());
    let name = base_name(&run.command.program);
    let message = format!("{name} runs as the user of User=, who may not do this");
    let finding = Finding::warning("needs-root", span, message)
        .effect("the command fails, and with it the start, unless the user owns the place")
        .advice(
            "let systemd make the directory, with RuntimeDirectory= or StateDirectory=; or put + \
             before the command",
        );
    Some(finding.man(MAN))
}

/// chown, and making something where only root writes and nothing is made for the service.
///
/// What a package would do when it is installed, or systemd before the start, is no task of the
/// service.
fn asks_for_rights(subject: &Subject<'_>, command: &unit_file::values::Command) -> bool {
    let name = base_name(&command.program);
    let places = [
        ("/run/", "RuntimeDirectory"),
        ("/var/run/", "RuntimeDirectory"),
        ("/var/lib/", "StateDirectory"),
        ("/var/log/", "LogsDirectory"),
        ("/var/cache/", "CacheDirectory"),
        ("/etc/", "ConfigurationDirectory"),
        ("/usr/", ""),
        ("/opt/", ""),
    ];
    let is_closed = |path: &String| {
        places.iter().any(|(place, key)| {
            let made = subject.effective.words("Service", key);
            let is_made = made.iter().any(|name| path.starts_with(&format!("{place}{name}")));
            path.starts_with(place) && !is_made
        })
    };
    let makes = matches!(name, "mkdir" | "install" | "touch" | "mkfifo" | "ln");
    match name {
        "chown" | "chgrp" | "setcap" | "modprobe" | "sysctl" | "mount" | "iptables" => true,
        _ => makes && arguments(command).any(|word| is_closed(&word)),
    }
}

/// A user other than root has no capabilities to begin with; the bounding set only takes some away.
///
/// capabilities(7): when a process becomes another user, its sets are emptied, except for the
/// ambient one. The bounding set is the limit of what an execve(2) may give back.
fn capabilities(subject: &Subject<'_>) -> Option<Finding> {
    let user = subject.own("User").filter(|user| !matches!(*user, "root" | "0"));
    let is_other = user.is_some() || subject.is_yes("DynamicUser");
    let bounds = subject.own("CapabilityBoundingSet").is_some_and(|value| !value.starts_with('~'));
    let has_ambient = subject.has("AmbientCapabilities");
    if !bounds || has_ambient || !is_other || subject.scope == Scope::User {
        return None;
    }
    let span = subject.key_span("CapabilityBoundingSet")?;
    let message = "CapabilityBoundingSet= gives the user nothing";
    let finding = Finding::info("capabilities", span, message)
        .effect("it only limits; under User= the service starts without any capability")
        .advice("name those that it needs in AmbientCapabilities= too");
    Some(finding.man(MAN))
}

/// systemd removes a RuntimeDirectory= when the service stops, whoever else uses it.
///
/// A RuntimeDirectory= belongs to the unit's run, not to its name: it goes with it. That two
/// units name the same one shows only if both are judged together.
fn shared_directory(subject: &Subject<'_>) -> Option<Finding> {
    let own = subject.set.get(subject.name?.as_str())?;
    let first = own.runtime_directories.first()?;
    let is_other = |other: &&crate::load::Facts| {
        other.name != own.name && other.runtime_directories.contains(first)
    };
    let other = subject.set.iter().find(is_other)?;
    let span = subject.place_of("Service", "RuntimeDirectory", first)?;
    let message = format!("{} has RuntimeDirectory={first} too", other.name);
    let finding = Finding::warning("shared-directory", span, message)
        .effect("when one of the two stops, systemd removes the directory of both")
        .advice("give each its own, below a common one: a/b, or set RuntimeDirectoryPreserve=yes");
    Some(finding.man(MAN))
}

/// The same for the instances of a template.
///
/// %i makes it a directory of each.
fn directory_of_all_instances(subject: &Subject<'_>) -> Option<Finding> {
    let own = subject.set.get(subject.name?.as_str())?;
    let is_shared = |name: &&String| !name.contains('%');
    let shared =
        own.runtime_directories.iter().find(is_shared).filter(|_| own.name.is_template())?;
    let span = subject.place_of("Service", "RuntimeDirectory", shared)?;
    let message = format!("all instances share RuntimeDirectory={shared}");
    let finding = Finding::warning("shared-directory", span, message)
        .effect("when one instance stops, systemd removes the directory of all")
        .advice(format!("write {shared}/%i, or set RuntimeDirectoryPreserve=yes"));
    Some(finding.man(by_key("RuntimeDirectory").next().map_or(MAN, |row| row.man)))
}
