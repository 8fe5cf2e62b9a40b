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

use std::borrow::Cow;

use unit_file::directives::{by_key, has_word};
use unit_file::values::Prefix;

use super::finding::{Finding, Told};
use super::known_words::known_words;
use super::programs::{arguments, base_name, compiles_at_run_time};
use super::subject::Subject;
use crate::load::Scope;

const MAN: &str = "systemd.exec(5)";

/// Each rule knows one setting that takes something away, and one sort of program that needs it.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    findings.tell(machine_code(subject));
    findings.tell(needs_root(subject));
    findings.tell(capabilities(subject));
    findings.tell(ambient_beyond_bounds(subject));
    findings.tell(worth_nothing(subject));
    findings.tell(no_network(subject));
    findings.tell(low_port(subject));
    findings.tell(shared_directory(subject));
    findings.tell(directory_of_all_instances(subject));
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
    subject.other_user()?;
    if subject.is_yes("PermissionsStartOnly") || subject.scope == Scope::User {
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
    let says_runtime = run.assignment.value.text().contains("%t");
    let finding = Finding::warning("needs-root", span, message)
        .effect(if says_runtime {
            "%t is /run here, where only root makes anything: the command fails, and with it the \
             start"
        } else {
            "the command fails, and with it the start, unless the user owns the place"
        })
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
    let is_closed = |path: &str| {
        let path = filled_in(path);
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

/// The specifiers of directories, as the system's manager has them; systemd.unit(5), "Specifiers".
fn filled_in(path: &str) -> String {
    let places = [
        ("%t/", "/run/"),
        ("%S/", "/var/lib/"),
        ("%C/", "/var/cache/"),
        ("%L/", "/var/log/"),
        ("%E/", "/etc/"),
    ];
    let found = places.iter().find_map(|(from, to)| Some((to, path.strip_prefix(from)?)));
    found.map_or(path.to_owned(), |(to, rest)| format!("{to}{rest}"))
}

/// A user other than root has no capabilities to begin with; the bounding set only takes some away.
///
/// capabilities(7): when a process becomes another user, its sets are emptied, except for the
/// ambient one. The bounding set is the limit of what an execve(2) may give back.
fn capabilities(subject: &Subject<'_>) -> Option<Finding> {
    let bounds = subject.own("CapabilityBoundingSet").is_some_and(|value| !value.starts_with('~'));
    let has_ambient = subject.has("AmbientCapabilities");
    if !bounds || has_ambient || !subject.runs_as_other_user() || subject.scope == Scope::User {
        return None;
    }
    let span = subject.key_span("CapabilityBoundingSet")?;
    let message = "CapabilityBoundingSet= gives the user nothing";
    let finding = Finding::info("capabilities", span, message)
        .effect("it only limits; under User= the service starts without any capability")
        .advice("name those that it needs in AmbientCapabilities= too");
    Some(finding.man(MAN))
}

/// A capability that is given with one key and taken away with another. The kernel takes the
/// bounding set first, and systemd says nothing about what is missing then; capabilities(7).
fn ambient_beyond_bounds(subject: &Subject<'_>) -> Option<Finding> {
    let text = subject.own("CapabilityBoundingSet")?;
    let (bounds, is_denied) = text.strip_prefix('~').map_or((text, false), |list| (list, true));
    let is_bound = |word: &str| {
        let mut words = bounds.split_whitespace();
        words.any(|other| other.eq_ignore_ascii_case(word)) != is_denied
    };
    let lists = subject.effective.values("Service", "CapabilityBoundingSet").len();
    let words = subject.effective.words("Service", "AmbientCapabilities");
    let given = words.into_iter().find(|word| word.starts_with("CAP_") && !is_bound(word))?;
    let span = subject.key_span("AmbientCapabilities").filter(|_| lists == 1)?;
    let message = format!("{given} is not in CapabilityBoundingSet=");
    let finding = Finding::warning("capabilities", span, message)
        .effect("the service starts without it, and systemd says nothing")
        .advice("name it in both keys");
    Some(finding.man(MAN))
}

/// With PrivateUsers=yes a capability counts in the service's own user namespace, and what these
/// are for belongs to the first one; user_namespaces(7).
fn worth_nothing(subject: &Subject<'_>) -> Option<Finding> {
    if !subject.is_yes("PrivateUsers") || subject.scope == Scope::User {
        return None;
    }
    let words = subject.effective.words("Service", "AmbientCapabilities").into_iter();
    let mut words = words.map(|word| (word, word.to_ascii_uppercase()));
    let (word, name) = words.find(|(_, name)| {
        let starts = ["CAP_NET_", "CAP_SYS_", "CAP_AUDIT_", "CAP_SYSLOG", "CAP_MKNOD", "CAP_BPF"];
        // To be root of a change of root, or to trace what is its own, the namespace is enough.
        let works_within = ["CAP_SYS_CHROOT", "CAP_SYS_PTRACE"];
        starts.iter().any(|start| name.starts_with(start)) && !works_within.contains(&&**name)
    })?;
    let span = subject.place_of("Service", "AmbientCapabilities", word)?;
    let message = format!("{name} is worth nothing under PrivateUsers=");
    let finding = Finding::warning("capabilities", span, message)
        .effect(
            "it counts in the service's own user namespace, and the network, the devices and the \
             clock are not in there: \"Permission denied\"",
        )
        .advice("take PrivateUsers= away");
    Some(finding.man(MAN))
}

/// A program that speaks to the network, in a sandbox that has none.
fn no_network(subject: &Subject<'_>) -> Option<Finding> {
    let families = subject.own("RestrictAddressFamilies");
    let no_internet = families.is_some_and(|list| !list.starts_with('~') && !list.contains("INET"));
    let denies_all = subject.own("IPAddressDeny") == Some("any") && !subject.has("IPAddressAllow");
    let key = match (subject.is_yes("PrivateNetwork"), denies_all, no_internet) {
        (true, ..) => "PrivateNetwork",
        (_, true, _) => "IPAddressDeny",
        (.., true) => "RestrictAddressFamilies",
        _ => return None,
    };
    let run = subject.own_commands("ExecStart").find(|run| {
        let is_client = has_word(known_words("NETWORK_CLIENTS"), base_name(&run.command.program));
        let is_remote = |word: Cow<'_, str>| {
            let (_, behind) = word.split_once("://").unwrap_or_default();
            !["", "/", "localhost", "127.", "[::1]"]
                .iter()
                .any(|own| behind.is_empty() || (!own.is_empty() && behind.starts_with(own)))
        };
        // Units that share a network may well listen for each other.
        let is_shared = subject.effective.has("Unit", "JoinsNamespaceOf");
        let listens =
            |word: Cow<'_, str>| !is_shared && (word.contains("0.0.0.0") || word == "http.server");
        is_client || arguments(&run.command).any(is_remote) || arguments(&run.command).any(listens)
    })?;
    let name = base_name(&run.command.program);
    let message = format!("{key}= keeps {name} from the network");
    let finding = Finding::warning("no-network", subject.key_span(key)?, message)
        .effect("the program is given an address or is a client of others, and reaches nobody")
        .advice(format!("take {key}= away, or allow what it needs"));
    Some(finding.man(MAN))
}

/// Ports below 1024 are root's, or of whoever has CAP_NET_BIND_SERVICE; capabilities(7).
///
/// AmbientCapabilities= gives the right to the program of User=; a socket unit does without, for
/// systemd itself binds the port.
fn low_port(subject: &Subject<'_>) -> Option<Finding> {
    let has_right = subject.effective.words("Service", "AmbientCapabilities");
    let has_right = has_right.iter().any(|word| word.eq_ignore_ascii_case("CAP_NET_BIND_SERVICE"));
    let has_namespace = subject.is_yes("PrivateUsers");
    let is_root = !subject.runs_as_other_user();
    if subject.scope == Scope::User || !has_namespace && (has_right || is_root) {
        return None;
    }
    let run = subject.own_commands("ExecStart").find(|run| {
        let is_client = has_word(known_words("NETWORK_CLIENTS"), base_name(&run.command.program));
        !is_client && !run.command.has(Prefix::FullPrivileges)
    })?;
    let mut before = String::new();
    let word = run.command.arguments.iter().skip(1).find(|word| {
        let text = word.text().into_owned();
        let (option, value) = text.split_once('=').unwrap_or((&before, &text));
        let is_port = matches!(option, "--port" | "--http-port" | "--https-port" | "http.server");
        // A colon alone is also how X displays are named: vncserver :1.
        let bare = value.strip_prefix(':').filter(|port| port.len() > 1);
        let all = ["0.0.0.0:", "[::]:", "*:"].iter().find_map(|all| value.strip_prefix(all));
        let all = all.or(bare);
        let port = all.or(is_port.then_some(value)).and_then(|port| port.parse::<u16>().ok());
        before = text.clone();
        port.is_some_and(|port| (1..1024).contains(&port))
    })?;
    let span = run.assignment.value.span_of(word.span.clone());
    let finding = Finding::warning("low-port", span, "ports below 1024 are root's");
    // The network belongs to the first user namespace, and this root is root of another one.
    let finding = if has_namespace {
        finding
            .effect("PrivateUsers= leaves the service no rights over it: \"Permission denied\"")
            .advice("take PrivateUsers= away, or let a socket unit listen")
    } else {
        finding
            .effect("the user of User= is refused the port: \"Permission denied\"")
            .advice("add AmbientCapabilities=CAP_NET_BIND_SERVICE, or let a socket unit listen")
    };
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
