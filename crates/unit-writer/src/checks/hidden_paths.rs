//! Paths that the sandbox hides from the service which needs them; systemd.exec(5).
//!
//! A sandbox is often added to a unit that worked before, from a list of good settings, and then a
//! path of the unit itself is gone.
//!
//! ```ini
//! [Service]
//! ProtectHome=yes
//! ExecStart=/usr/bin/python3 /home/app/bot/main.py
//! ```

use unit_file::syntax::Span;

use super::finding::{Finding, Severity, Told};
use super::subject::{RunCommand, Subject};
use super::user_sandbox::has_mounts;

/// What begins the names of devices that real hardware has. The others, /dev/null and its like,
/// stay with PrivateDevices=yes.
pub(super) const DEVICES: &str = "/dev/tty /dev/sd /dev/nvme /dev/video /dev/i2c /dev/spi \
                                  /dev/gpio /dev/snd /dev/bus /dev/dri /dev/kvm /dev/net \
                                  /dev/input /dev/serial /dev/mem /dev/fuse /dev/watchdog";

/// BindPaths= puts a hidden path back, so with it nothing is sure.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if !has_mounts(subject) {
        return;
    }
    findings.tell(hidden_pid_file(subject));
    let shows_more = ["BindPaths", "BindReadOnlyPaths"].iter().any(|key| subject.has(key));
    if shows_more {
        return; // what is hidden may be shown again
    }
    let hides_home = subject.own("ProtectHome").is_some_and(|value| value == "tmpfs")
        || subject.is_yes("ProtectHome");
    if hides_home {
        findings.tell(hidden(subject, "ProtectHome", &["/home/", "/root/", "/run/user/"]));
    }
    if subject.is_yes("PrivateTmp") {
        findings.tell(hidden(subject, "PrivateTmp", &["/tmp/", "/var/tmp/"]));
    }
    let words = subject.effective.words("Service", "InaccessiblePaths").into_iter();
    let places: Vec<String> = words
        .map(|path| format!("{}/", path.trim_start_matches(['-', '+']).trim_end_matches('/')))
        .collect();
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    findings.tell(hidden(subject, "InaccessiblePaths", &places));
    let words = subject.effective.words("Service", "TemporaryFileSystem").into_iter();
    let places: Vec<String> = words
        .map(|word| format!("{}/", word.split(':').next().unwrap_or(word).trim_end_matches('/')))
        .filter(|place| place != "/")
        .collect();
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    findings.tell(hidden(subject, "TemporaryFileSystem", &places));
    if subject.is_yes("PrivateDevices") {
        let devices: Vec<&str> = DEVICES.split(' ').collect();
        findings.tell(hidden(subject, "PrivateDevices", &devices));
    }
}

/// The first thing of the unit that the key hides: its program, its directory, or an argument.
///
/// ProtectHome=yes puts an empty directory that nobody can read over /home, /root and /run/user;
/// PrivateDevices=yes gives the unit a /dev with a few harmless devices. The program itself is
/// looked up in that view, so a hidden one fails the start; of an argument nobody can say whether
/// the program opens it, so that is a warning.
fn hidden(subject: &Subject<'_>, key: &str, places: &[&str]) -> Option<Finding> {
    if places.is_empty() {
        return None;
    }
    let is_hidden = |path: &str| {
        let path = path.trim_start_matches(['-', '+']);
        places.iter().any(|place| path.starts_with(place))
    };
    let needed = |run: &RunCommand<'_>| -> Option<(Span, Severity)> {
        let value = &run.assignment.value;
        if is_hidden(&run.command.program) {
            return Some((value.span(), Severity::Error));
        }
        // An argument may be --config=/home/x.
        let argument = run.command.arguments.iter().skip(1).find(|word| {
            let text = word.text();
            let behind = |sign| text.split_once(sign).is_some_and(|(_, path)| is_hidden(path));
            is_hidden(&text) || behind('=') || behind(':')
        })?;
        // What is in the service's own /tmp, it may well have made itself; a socket is for others.
        let is_own = key == "PrivateTmp" && !argument.text().ends_with("sock");
        let severity = if is_own { Severity::Info } else { Severity::Warning };
        Some((value.span_of(argument.span.clone()), severity))
    };
    // ~ is the home of the service's user, for whom alone an account in /home is likely.
    let is_home = |text: &str| text == "~" && key == "ProtectHome" && subject.has("User");
    let directory = subject.lines_of("WorkingDirectory").find_map(|line| {
        let text = line.value.text().trim_start_matches('-');
        let severity = if is_home(text) { Severity::Warning } else { Severity::Error };
        (is_home(text) || is_hidden(text)).then(|| (line.value.span(), severity))
    });
    let command = || subject.own_commands("ExecStart").find_map(needed);
    let path = || opened(subject, key, is_hidden);
    let (span, severity) = directory.or_else(command).or_else(path)?;
    let effect = if severity == Severity::Error {
        "the start fails, as if the path were not there"
    } else {
        "to the program the path is not there, or empty"
    };
    let advice = match key {
        "ProtectHome" => "move it out of the home directory, or use ProtectHome=read-only",
        "InaccessiblePaths" => "take the path out of InaccessiblePaths=",
        "TemporaryFileSystem" => "show what is needed with BindPaths= or BindReadOnlyPaths=",
        "PrivateTmp" => "use RuntimeDirectory= for what others see too, or take PrivateTmp= away",
        _ => "take PrivateDevices= away, and allow what is needed with DeviceAllow=",
    };
    let message = format!("{key}= hides this path from the service");
    let finding = Finding::new(severity, "hidden-by-sandbox", span, message);
    Some(finding.effect(effect).advice(advice).man("systemd.exec(5)"))
}

/// The first path of ReadWritePaths= that is hidden.
///
/// In an empty directory there is nothing to mount on, so the start fails with 226/NAMESPACE. In a
/// closed one, as of ProtectHome=yes, systemd itself still finds the path.
fn opened(
    subject: &Subject<'_>,
    key: &str,
    is_hidden: impl Fn(&str) -> bool,
) -> Option<(Span, Severity)> {
    if key == "PrivateTmp" {
        return None; // of the service's own /tmp, these open nothing that it has not
    }
    let (line, word) = subject.lines_of("ReadWritePaths").find_map(|line| {
        let word = line.value.text().split_whitespace().find(|word| is_hidden(word))?;
        Some((line, word))
    })?;
    let is_empty = key == "TemporaryFileSystem" || subject.own(key) == Some("tmpfs");
    let fails = is_empty && !word.starts_with('-');
    Some((line.value.span(), if fails { Severity::Error } else { Severity::Warning }))
}

/// The manager reads `PIDFile=` on the machine, and the service writes it into its own /tmp.
///
/// systemd.exec(5), PrivateTmp=: DynamicUser=yes implies it.
fn hidden_pid_file(subject: &Subject<'_>) -> Option<Finding> {
    let has_own_tmp = subject.is_yes("PrivateTmp") || subject.is_yes("DynamicUser");
    let line = subject.lines_of("PIDFile").last()?;
    let is_temporary = ["/tmp/", "/var/tmp/"].iter().any(|tmp| line.value.text().starts_with(tmp));
    if !has_own_tmp || !is_temporary || subject.service_type() != "forking" {
        return None;
    }
    let message = "the service has a /tmp of its own, where systemd doesn't look";
    let finding = Finding::error("hidden-by-sandbox", line.value.span(), message)
        .effect("systemd waits for the file, and fails the start after TimeoutStartSec=")
        .advice("use RuntimeDirectory= and a PIDFile= in it, below /run");
    Some(finding.man("systemd.exec(5)"))
}
