//! A version that crashes as it starts, and the caller who waits for it; systemd.unit(5).

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::Command;
use std::time::Duration;

use check::{Explain, Failure, Result, Unit, text};

use super::super::shared::{random_word, rationed, seconds};
use super::{SERVICE, SOCKET, call, install_version};

/// The crashes that a version has before it.
const CRASHES: &str = "/run/clerk.crashes";
const CRASHING: &str = "
try:
    crashes = os.read(os.open('/run/clerk.crashes', os.O_RDONLY | os.O_NONBLOCK), 1)
except BlockingIOError:
    crashes = b''
if crashes:
    raise SystemExit('the database is not there yet')
";

/// The result of a socket that was closed by its limit, and what that means.
const CLOSED: &str = "trigger-limit-hit";
const FOR_GOOD: &str = "so many calls in that time, and the socket has closed for good: it takes a \
    crash for a program that runs wild";

/// How long a caller waits at most.
const WAITS: Duration = Duration::from_secs(2);
/// Three upgrades in an hour, and each crashes three times before it runs: so often.
const NOW_AND_THEN: Duration = Duration::from_secs(3600 / 12);

/// A caller calls when nobody runs, and the version that is there crashes three times.
pub(super) fn crash_at_first() -> Result {
    let version = random_word();
    // A crash takes a byte out of it. For that, a unit needs no right to write anywhere.
    let _ = fs::remove_file(CRASHES);
    Command::new("mkfifo").arg("--mode=644").arg(CRASHES).status()?;
    let mut crashes = OpenOptions::new().read(true).write(true).open(CRASHES)?;
    crashes.write_all(b"...")?;
    install_version(&version, CRASHING)?;
    SERVICE.stop()?;
    // Five starts in ten seconds are enough for systemd, and what was started so far is the check's
    // doing.
    SERVICE.reset_failed();
    let explained = |failure: &mut Failure| {
        let results = [SOCKET, SERVICE].map(|unit| unit.property("Result").unwrap_or_default());
        if SOCKET.property("FlushPending").is_ok_and(|flush| flush == "yes") {
            failure.add_say(
                "FlushPending=yes empties the queue whenever the service is gone: \
                 who was waiting there is sent away",
            );
        }
        let delay = SERVICE.property("RestartUSec").unwrap_or_default();
        failure.add_say(match &results[..] {
            [socket, _] if socket == CLOSED => FOR_GOOD.into(),
            [socket, service]
                if socket == "service-start-limit-hit" || service == "start-limit-hit" =>
            {
                "after so many starts in that time systemd has given up, the service and the \
                 socket with it"
                    .into()
            }
            _ => text!(
                "the new version crashes three times, and would run at its fourth start; \
                 RestartSec={delay}",
                delay
            ),
        });
    };
    let answered = call().explain(explained).man(
        "systemd.unit(5), StartLimitIntervalSec=; systemd.socket(5), TriggerLimitIntervalSec=",
    );
    let answered = answered.journal_of(SERVICE).at_setting(SERVICE.name(), "Restart")?;
    if answered != version {
        return Err(Failure::new(
            text!("the version {version}", version),
            text!("the version {answered}", answered),
        ));
    }
    SOCKET.wait_for("ActiveState", "active").map(drop)
}

/// Says so if the socket was closed by its limit. In systemd 257 a new start of the socket does not
/// begin to count anew, so that it can be the first version's caller who is sent away.
pub(super) fn closed_for_good(failure: &mut Failure) {
    if SOCKET.property("Result").is_ok_and(|result| result == CLOSED) {
        failure.add_say(FOR_GOOD);
    }
}

/// Fails if three pauses are more than a caller waits. While it lasts, no caller has it started.
pub(super) fn pauses_are_short() -> Result {
    let [restart, pause] = SERVICE.properties(["Restart", "RestartUSec"])?;
    let pauses = ["always", "on-failure"].contains(&restart.as_str());
    match seconds(&pause).filter(|_| pauses) {
        Some(time) if time * 3 > WAITS => Err(Failure::new(
            "three pauses of two seconds at most, after three crashes",
            text!("RestartSec={pause}", pause),
        )
        .say("systemd waits so long after each crash, and the caller waits with it")
        .man("systemd.service(5), RestartSec=")
        .at_setting(SERVICE.name(), "RestartSec=")),
        _ => Ok(()),
    }
}

/// Fails if the third such upgrade in an hour has no starts left.
pub(super) fn starts_are_not_rationed() -> Result {
    is_not_rationed(SERVICE, "StartLimit")?;
    is_not_rationed(SOCKET, "TriggerLimit")
}

fn is_not_rationed(unit: Unit<'static>, setting: &'static str) -> Result {
    let Some([burst, interval]) = rationed(unit, setting, NOW_AND_THEN)? else { return Ok(()) };
    Err(Failure::new(
        "three upgrades in an hour, each to a version that crashes three times",
        text!("{burst} starts of {unit} in {interval}, and no more", burst, unit, interval),
    )
    .say(
        "each needs four starts: at the second or the third, systemd gives up, and callers are \
         refused",
    )
    .man("systemd.unit(5), StartLimitIntervalSec=; systemd.socket(5), TriggerLimitIntervalSec=")
    .at_setting(unit.name(), setting))
}
