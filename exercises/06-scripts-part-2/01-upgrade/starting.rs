//! Why a restart does not come to its end, or comes to a bad one; systemd.service(5).

use check::Failure;

use super::SERVICE;

/// Says what systemd waits for, or why it does not even begin.
pub(super) fn comes_to_no_end(failure: &mut Failure) {
    let property = |name| SERVICE.property(name).unwrap_or_default();
    if property("Result") == "start-limit-hit" {
        failure.add_say("after so many starts systemd refuses the next one, whoever asks for it");
    }
    if property("ActiveState") != "activating" {
        return;
    }
    failure.add_say(match property("Type").as_str() {
        "oneshot" => {
            "Type=oneshot is for a program that does its work and ends: systemd waits for that, \
             and the clerk stays. For systemd it is still starting"
        }
        "forking" => {
            "Type=forking is for a program that starts another process and ends: systemd waits \
             for that, and the clerk stays. For systemd it is still starting"
        }
        _ => {
            "for systemd the new version is still starting: by Type= it waits for something that \
             this program does not do"
        }
    });
}

/// Says what a signal does that no program hears.
pub(super) fn was_killed(failure: &mut Failure) {
    if failure.journal_has("status=9/KILL") {
        failure.add_say(
            "SIGKILL ended the old version: whomever it was talking with, it was not left the \
             time to finish",
        );
    }
}
