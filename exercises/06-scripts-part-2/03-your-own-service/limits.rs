//! Limits that do no harm today, and end the service one day.

use std::time::Duration;

use check::{Explain, Failure, Result, Text, Unit, file_text, text};

use super::system::{PROGRAM, SERVICE, SOCKET};
use crate::l06::shared::rationed;

/// A crash so often, all day, is one from which a service comes back each time.
const NOW_AND_THEN: Duration = Duration::from_secs(60);
const MAN: &str = "systemd.unit(5), StartLimitIntervalSec=; systemd.socket(5), \
                   TriggerLimitIntervalSec=";

/// Fails unless `callers` at once have room at the socket before anybody accepts them.
pub(super) fn room_to_wait(callers: usize) -> Result {
    let backlog = SOCKET.property("Backlog")?;
    match backlog.parse::<usize>() {
        Ok(room) if room < callers => Err(Failure::new(
            text!("a socket at which {count} callers may wait", count = callers),
            text!("Backlog={backlog}", backlog),
        )
        .man("systemd.socket(5), Backlog=; listen(2)")
        .at_setting(SOCKET.name(), "Backlog=")),
        _ => Ok(()),
    }
}

/// Fails if a service that crashes now and then has used up its starts one day.
pub(super) fn starts_are_not_rationed() -> Result {
    is_not_rationed(SERVICE, "StartLimit")?;
    is_not_rationed(SOCKET, "TriggerLimit")
}

fn is_not_rationed(unit: Unit<'static>, setting: &'static str) -> Result {
    let Some([burst, interval]) = rationed(unit, setting, NOW_AND_THEN)? else { return Ok(()) };
    Err(Failure::new(
        "a new run after a crash a minute, all day",
        text!("{burst} starts of {unit} in {interval}, and no more", burst, unit, interval),
    )
    .say(
        "it comes back so often, and one day it stays down: a limit is for a crash that repeats \
          at once, and for that seconds are enough",
    )
    .man(MAN)
    .at_setting(unit.name(), setting))
}

/// Fails if systemd or the kernel ends the service one day although it is well.
pub(super) fn nobody_ends_it() -> Result {
    for (property, setting) in [("RuntimeMaxUSec", "RuntimeMaxSec"), ("LimitCPU", "LimitCPU")] {
        let time = SERVICE.property(property)?;
        if !["", "infinity"].contains(&time.as_str()) {
            return Err(ended_by(setting, time)
                .say("when that time is over, it is ended, and callers are cut off: it was well")
                .man("systemd.service(5), RuntimeMaxSec=; systemd.exec(5), LimitCPU=")
                .at_setting(SERVICE.name(), setting));
        }
    }
    let time = SERVICE.property("WatchdogUSec")?;
    // A program that says it has the word, in whatever language it is written.
    let says_it = file_text(PROGRAM)?.to_lowercase().contains("watchdog");
    if ["0", "infinity"].contains(&time.as_str()) || says_it {
        return Ok(());
    }
    Err(ended_by("WatchdogSec", time)
        .say(
            "a watchdog waits for WATCHDOG=1, which the program never says: when that time is \
             over, it is killed, and with it all calls",
        )
        .man("systemd.service(5), WatchdogSec=")
        .at_setting(SERVICE.name(), "WatchdogSec="))
}

fn ended_by(setting: &'static str, time: String) -> Failure {
    Failure::new(
        "a service that nobody ends while it is well",
        text!("{setting}={time}", setting, time = Text::verbatim(time)),
    )
}
