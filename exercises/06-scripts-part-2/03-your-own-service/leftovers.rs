//! What is left when the system has stopped, and when systemd has cleaned up after it.

use std::collections::BTreeSet;
use std::fs;

use check::{Explain, Failure, Result, Text, in_lab, systemctl, text, wait_until};

use super::system::{REPORT, SERVICE, SOCKET};
use crate::l06::shared::processes_of;

/// Where something could be left behind while nothing runs.
const LITTER: [&str; 4] = ["/run", "/tmp", "/var/tmp", "/dev/shm"];
/// Where something is kept, until it is cleaned away.
const KEPT: [&str; 11] = [
    "/var",
    "/var/cache",
    "/var/cache/private",
    "/var/lib",
    "/var/lib/private",
    "/var/local",
    "/var/log",
    "/var/log/private",
    "/var/mail",
    "/var/opt",
    "/var/spool",
];
/// What systemd keeps for itself: where directories of DynamicUser= are, and when a timer was last
/// due.
const OF_SYSTEMD: [&str; 5] = [
    "/var/cache/private",
    "/var/lib/private",
    "/var/lib/systemd",
    "/var/log/journal",
    "/var/log/private",
];

/// What lies about where programs leave things. What an earlier promise has left is litter as well.
pub(super) fn litter() -> BTreeSet<String> {
    let mut found = entries(LITTER.iter().chain(&KEPT));
    found.retain(|path| !path.contains("recorder"));
    found
}

/// Fails if a process has outlived the stop of its unit.
pub(super) fn nothing_runs() -> Result {
    for unit in [SERVICE, REPORT] {
        let mut name = String::new();
        wait_until(text!("all processes of {unit} to be gone", unit), || {
            let processes = processes_of(unit.name());
            let Some(process) = processes.first() else { return Ok(Some(())) };
            name = fs::read_to_string(process.join("comm")).unwrap_or_default().trim().to_owned();
            Ok(None)
        })
        .explain(|failure| failure.set_got(text!("{name} runs still", name = &name)))
        .say("KillMode= says whom a stop reaches: what it leaves is watched by nobody")
        .man("systemd.kill(5), KillMode=")
        .at_setting(unit.name(), "KillMode=")?;
    }
    Ok(())
}

/// Fails if something is there that was not there `before`. All units have stopped.
pub(super) fn nothing_is_left(before: &BTreeSet<String>) -> Result {
    if let Some(path) = entries(LITTER.iter()).difference(before).next() {
        return Err(Failure::new("nothing left in /run and /tmp", Text::verbatim(path))
            .say(
                "who made it? systemd removes what it has made for a unit, a socket's path too \
                 if it is told to",
            )
            .man(
                "systemd.socket(5), RemoveOnStop=; systemd.exec(5), RuntimeDirectory= and \
                 PrivateTmp=",
            )
            .at_setting(SOCKET.name(), "[Socket]"));
    }
    // One that has failed as it ended is another promise's matter.
    SERVICE.reset_failed();
    systemctl(&["clean", "--what=all", SERVICE.name()])
        .say(
            "systemctl clean removes the directories that systemd has made for the unit, and \
             there are none",
        )
        .man("systemctl(1), clean; systemd.exec(5), StateDirectory=")
        .at_setting(SERVICE.name(), "[Service]")?;
    let mut left = entries(KEPT.iter());
    left.retain(|path| !before.contains(path) && !OF_SYSTEMD.contains(&path.as_str()));
    match left.first() {
        None => Ok(()),
        Some(path) => Err(Failure::new(
            "nothing left after systemctl clean --what=all recorder.service",
            Text::verbatim(path),
        )
        .say(
            "what systemd has not made for this unit it does not remove, nor what it has made \
             for another one",
        )
        .man("systemd.exec(5), StateDirectory=")
        .at_setting(SERVICE.name(), "StateDirectory=")),
    }
}

fn entries<'a>(directories: impl Iterator<Item = &'a &'static str>) -> BTreeSet<String> {
    let entries = directories.flat_map(|directory| {
        let entries = fs::read_dir(in_lab(directory)).into_iter().flatten().flatten();
        entries.map(move |entry| format!("{directory}/{}", entry.file_name().to_string_lossy()))
    });
    entries.collect()
}
