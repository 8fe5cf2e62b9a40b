//! Runs a check in a lab, or just outside of one.
//!
//! A unit may run as the lab's root, which can trace, replace or end what is in the lab: a check of
//! units stays outside, where nothing of the lab can reach it, and sees the lab's files and its
//! systemd. A check of a program starts the program itself, and a stranger's program has to be in
//! the lab: there the check is safe behind another account.

use std::num::NonZero;
use std::time::Duration;

use check_report::Text;
use lab::Lab;

use super::layout::Layout;
use super::place::Prepared;
use super::transcript::{CHECK_TIMEOUT, Transcript};
use crate::error::Error;

/// Runs the check binary for a lab, for at most `timeout` of a quiet machine.
pub(super) fn run(
    prepared: &Prepared,
    layout: &Layout,
    args: &[&str],
    side_by_side: NonZero<u8>,
    timeout: Duration,
) -> Result<Transcript, Error> {
    let lab = &prepared.lab;
    let mut command = match layout.program {
        Some(_) => lab.command(&layout.check),
        None => lab.outside_command(&layout.check),
    };
    command.args(args).current_dir("/tmp");
    for (name, value) in layout.env(side_by_side) {
        command.env(name, value);
    }
    // The check's own limits are stretched as ours is.
    command.env("PACE", lab.pace().factor().to_string());
    let limit = lab.pace().stretch(timeout);
    if let Some(uid) = prepared.uid {
        command.env("SUBMISSION_UID", uid.to_string());
    }
    match command.output(limit) {
        Ok(output) => Ok(Transcript::ended(&output.stdout, &output.stderr, output.status)),
        Err(lab::Error::TimedOut { printed, .. }) => {
            // The limit is for the machine as it was when the lab booted.
            let slower =
                lab.measure_pace().is_ok_and(|now| now.factor() > 1.5 * lab.pace().factor());
            if slower {
                Ok(Transcript::too_slow())
            } else {
                Ok(Transcript::timed_out(&printed, &printed, limit))
            }
        }
        // A unit that powers off, for instance: that is the submission's doing, and no trouble of
        // ours.
        Err(error @ (lab::Error::TooMuchOutput { .. } | lab::Error::Gone(_))) => {
            Ok(Transcript::stopped(b"", b"", Text::verbatim(error)))
        }
        Err(error) => Err(error.into()),
    }
}

/// Reboots, with less patience than a lesson has: a learner's unit may keep the lab from coming up.
pub(super) fn reboot(lab: &Lab) -> Result<(), lab::Error> {
    let (boots, limit) = (lab.boots(), lab.pace().stretch(CHECK_TIMEOUT));
    // The command may be ended by the reboot that it starts: its result means nothing.
    let _ = lab.command("systemctl").arg("reboot").output(limit);
    lab.wait_for_boot(boots + 1, limit)
}
