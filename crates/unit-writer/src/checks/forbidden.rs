//! What the sandbox forbids, and the unit's own command does; systemd.exec(5).
//!
//! Other than a hidden path, such a fault shows when the command asks the kernel: it is refused, or
//! killed, or does its work where nobody sees it.
//!
//! ```ini
//! [Service]
//! SystemCallFilter=~execve
//! ProtectKernelTunables=yes
//! ExecStart=/usr/sbin/sysctl --write vm.swappiness=10
//! ```

use unit_file::directives::has_word;
use unit_file::values::{Prefix, parse_boolean};

use super::finding::{Finding, Told};
use super::hidden_paths::DEVICES;
use super::implied::FILTERS;
use super::programs::{arguments, base_name};
use super::scripts::script_text;
use super::subject::{RunCommand, Subject};
use super::user_sandbox::has_mounts;
use crate::load::Scope;

const MAN: &str = "systemd.exec(5)";

/// First what no program could start under, then what some tools can't do.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    findings.tell(narrow_filter(subject));
    findings.tell(denied_start(subject));
    findings.tell(nothing_to_run(subject));
    findings.tell(closed_device(subject));
    findings.tell(device_pattern(subject));
    findings.tell(taken_away(subject));
    findings.tell(own_mounts(subject));
    findings.tell(no_new_rights(subject));
}

/// A list of allowed system calls that lacks those which load a program and its libraries.
///
/// systemd allows some by itself, the group @default; opening a file is not among them.
fn narrow_filter(subject: &Subject<'_>) -> Option<Finding> {
    let lines = subject.effective.values("Service", "SystemCallFilter");
    let first = lines.first()?.assignment.value.text();
    let words = subject.effective.words("Service", "SystemCallFilter");
    let opens = ["@system-service", "@file-system", "@known", "openat"];
    let is_wide = words.iter().any(|word| opens.contains(word) || word.contains('%'));
    if first.starts_with('~') || is_wide {
        return None;
    }
    let span = subject.key_span("SystemCallFilter")?;
    let message = "the list allows no system call that opens a file";
    let finding = Finding::warning("narrow-filter", span, message)
        .effect("the kernel kills the program with SIGSYS as it loads its libraries")
        .advice("begin with SystemCallFilter=@system-service, and take away from it with ~");
    Some(finding.man(MAN))
}

/// The filter is there before the program is, so it holds for the execve(2) that starts it.
fn denied_start(subject: &Subject<'_>) -> Option<Finding> {
    let lines = subject.effective.values("Service", "SystemCallFilter");
    let denies = lines.first()?.assignment.value.text().starts_with('~');
    let words = subject.effective.words("Service", "SystemCallFilter");
    let is_start = |word: &&str| {
        let name = word.trim_start_matches('~').split(':').next();
        name == Some("execve")
    };
    if !denies || !words.iter().any(is_start) {
        return None;
    }
    let span = subject.key_span("SystemCallFilter")?;
    let finding = Finding::error("nothing-to-run", span, "execve starts the program itself")
        .effect("the filter is set up first, so the start fails, by default with SIGSYS")
        .advice(
            "take execve out; NoExecPaths=/ with ExecPaths= allows the service's program alone",
        );
    Some(finding.man(MAN))
}

/// NoExecPaths=/ forbids every program, and ExecPaths= allows some again.
///
/// execve(2) is refused by the mount option noexec, for the loader and the libraries as well.
fn nothing_to_run(subject: &Subject<'_>) -> Option<Finding> {
    let forbids_all = subject.effective.words("Service", "NoExecPaths").contains(&"/");
    if !forbids_all || subject.has("ExecPaths") {
        return None;
    }
    let span = subject.key_span("NoExecPaths")?;
    let finding = Finding::error("nothing-to-run", span, "no program may be run at all")
        .effect("the start fails with status 203/EXEC")
        .advice("allow the program and its libraries: ExecPaths=/usr/bin/app /usr/lib");
    Some(finding.man(MAN))
}

/// With DevicePolicy=closed, which DeviceAllow= brings along, the devices that are not named are
/// refused, but for /dev/null and its like; systemd.resource-control(5).
fn closed_device(subject: &Subject<'_>) -> Option<Finding> {
    let policy = subject.own("DevicePolicy").unwrap_or("auto");
    let allowed = subject.effective.words("Service", "DeviceAllow");
    if policy == "auto" && allowed.is_empty() || subject.is_yes("PrivateDevices") {
        return None;
    }
    // A group of devices, char-alsa, has other names than its files.
    let may_be = |path: &str| {
        allowed.iter().any(|name| name.starts_with(['c', 'b']) || path.starts_with(name))
    };
    let is_refused =
        |path: &str| DEVICES.split(' ').any(|device| path.starts_with(device)) && !may_be(path);
    let (span, path) = subject.own_commands("ExecStart").find_map(|run| {
        let words = run.command.arguments.iter().skip(1);
        let mut words = words.map(|word| (word, word.text().into_owned()));
        let (word, text) = words
            .find(|(_, text)| is_refused(text.split_once('=').map_or(text, |(_, path)| path)))?;
        Some((run.assignment.value.span_of(word.span.clone()), text))
    })?;
    let message = format!("the unit allows devices, and {path} is not among them");
    let finding = Finding::warning("closed-device", span, message)
        .effect("the kernel refuses to open it: \"Operation not permitted\"")
        .advice("name it in DeviceAllow=");
    Some(finding.man("systemd.resource-control(5)"))
}

/// systemd looks each path up as it stands: the kernel knows devices by number, and a pattern has
/// none. Behind char- and block- it is a pattern, of the names in /proc/devices.
fn device_pattern(subject: &Subject<'_>) -> Option<Finding> {
    let mut lines = subject.lines_of("DeviceAllow");
    let is_pattern = |text: &str| text.starts_with('/') && text.contains(['*', '?', '[']);
    let device = |text: &str| text.split_whitespace().next().map(str::len);
    let (line, length) = lines.find_map(|line| {
        let length = device(line.value.text())?;
        is_pattern(&line.value.text()[..length]).then_some((line, length))
    })?;
    let span = line.value.span_of(0..length);
    let finding = Finding::warning("device-pattern", span, "a path of a device is no pattern")
        .effect("there is no device of just this name, so the line allows none")
        .advice("name each device, or its kind in /proc/devices: char-i2c, block-sd, char-usb_*");
    Some(finding.man("systemd.resource-control(5)"))
}

/// A tool that is there for what the key forbids.
fn taken_away(subject: &Subject<'_>) -> Option<Finding> {
    let keys = [
        ("ProtectKernelTunables", "sysctl"),
        ("ProtectKernelModules", "modprobe insmod rmmod"),
        ("ProtectKernelLogs", "dmesg"),
        ("ProtectClock", "ntpd ntpdate chronyd hwclock"),
        ("ProtectHostname", "hostname"),
        ("RestrictNamespaces", "unshare bwrap"),
        ("ProcSubset", "sysctl free vmstat node_exporter prometheus-node-exporter"),
        ("PrivateUsers", "mount umount modprobe insmod rmmod iptables ip6tables nft hwclock"),
    ];
    let is_set =
        |key: &str| subject.is_yes(key) || key == "ProcSubset" && subject.own(key) == Some("pid");
    let mut keys = keys.into_iter().filter(|(key, _)| is_set(key));
    let (key, run) = keys.find_map(|(key, tools)| {
        let is_tool = |run: &&RunCommand<'_>| {
            // Without a name to set, hostname tells the one that is there.
            let sets = || arguments(&run.command).any(|word| !word.starts_with('-'));
            let name = base_name(&run.command.program);
            has_word(tools, name) && (name != "hostname" || sets())
        };
        Some((key, bound(subject).find(is_tool)?))
    })?;
    let message = format!("{key}= forbids what {} is for", base_name(&run.command.program));
    let span = run.assignment.value.span_of(run.command.program_span.clone());
    let finding = Finding::warning("taken-away", span, message)
        .effect(if key == "ProcSubset" {
            "what the command reads in /proc is not there: \"No such file or directory\""
        } else {
            "the command is refused: \"Permission denied\", or \"Operation not permitted\""
        })
        .advice(format!("take {key}= away, or put + before the command"));
    Some(finding.man(MAN))
}

/// A sandbox has mounts of its own, and what is mounted there, nobody else sees;
/// mount_namespaces(7).
fn own_mounts(subject: &Subject<'_>) -> Option<Finding> {
    let keys = ["PrivateTmp", "PrivateDevices", "ProtectHome", "PrivateMounts", "ProtectSystem"];
    let says_no =
        |key: &str| subject.own(key).is_none_or(|value| parse_boolean(value) == Ok(false));
    let key = keys.into_iter().find(|key| !says_no(key) && has_mounts(subject))?;
    let mounts = "mount mount.nfs mount.cifs sshfs mergerfs bindfs";
    let run = bound(subject).find(|run| has_word(mounts, base_name(&run.command.program)))?;
    let message = format!("{key}= gives the service mounts of its own");
    let span = run.assignment.value.span_of(run.command.program_span.clone());
    let finding = Finding::warning("own-mounts", span, message)
        .effect(
            "what the command mounts is seen by this service alone, not by the rest of the system",
        )
        .advice(format!("use a .mount unit, take {key}= away, or put + before the command"));
    Some(finding.man(MAN))
}

/// sudo(8) and its like have the set-user-ID bit, which execve(2) passes over under
/// NoNewPrivileges=.
///
/// root needs no more rights than it has, so only what runs as somebody else fails.
fn no_new_rights(subject: &Subject<'_>) -> Option<Finding> {
    let key = keeps_rights(subject).filter(|_| subject.runs_as_other_user())?;
    let tools = "sudo su pkexec doas fusermount fusermount3 newuidmap newgidmap crontab";
    let runs = bound(subject).find_map(|run| {
        let name = base_name(&run.command.program);
        if has_word(tools, name) {
            let span = run.assignment.value.span_of(run.command.program_span.clone());
            return Some((span, name.to_owned()));
        }
        let script = script_text(&run.command)?;
        let mut words = script.split([' ', ';', '&', '|', '(', '\n', '\t']);
        let word = words.find(|word| has_word("sudo pkexec doas", base_name(word)))?;
        Some((run.assignment.value.span(), base_name(word).to_owned()))
    });
    let (span, name) = runs?;
    let message = format!("{name} can't get the rights of root under {key}=");
    let finding = Finding::warning("no-new-rights", span, message)
        .effect(format!(
            "{key}= keeps every process of the service from new rights, and {name} fails"
        ))
        .advice(match subject.scope {
            Scope::System => format!("put + before the command, or take {key}= away"),
            Scope::User => format!("take {key}= away"),
        });
    Some(finding.man(MAN))
}

/// The key that sets the kernel's flag no_new_privs: a filter of system calls needs it where the
/// process is not root; systemd.exec(5), `NoNewPrivileges=`. Later versions set filters up before
/// they change the user.
fn keeps_rights(subject: &Subject<'_>) -> Option<&'static str> {
    let own = ["NoNewPrivileges", "DynamicUser"];
    let says_no =
        |key: &str| subject.own(key).is_none_or(|value| parse_boolean(value) == Ok(false));
    let filter = || FILTERS.into_iter().find(|key| subject.version < 255 && !says_no(key));
    own.into_iter().find(|key| subject.is_yes(key)).or_else(filter)
}

/// The commands of the unit that the sandbox binds; the prefix + is without it.
fn bound<'s, 'a>(subject: &'s Subject<'a>) -> impl Iterator<Item = &'s RunCommand<'a>> {
    let starts = ["ExecStartPre", "ExecStart", "ExecStartPost"];
    let runs = starts.into_iter().flat_map(|key| subject.own_commands(key));
    runs.filter(|run| !run.command.has(Prefix::FullPrivileges))
}
