//! Runs a check in a lab, or just outside of one.
//!
//! A unit may run as the lab's root, which can trace, replace or end what is in the lab: a check of
//! units stays outside, where nothing of the lab can reach it, and sees the lab's files and its
//! systemd. A check of a program starts the program itself, and a stranger's program has to be in
//! the lab: there the check is safe behind another account.

use std::ops::Range;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use check_report::Text;
use lab::{Lab, Mode};

use super::layout::Layout;
use super::transcript::{CHECK_TIMEOUT, Transcript};
use crate::error::Error;
use crate::exercise::Rung;

/// The user ids of submissions: above those of people, below those that systemd gives away; see
/// "UIDS-GIDS" in systemd's documentation.
const UIDS: Range<u32> = 20_000..60_000;

/// Gives a user id a name: systemd runs nothing as an account that it cannot look up, and D-Bus
/// does not speak to one.
const MAKE_ACCOUNT: &str = "echo submission-$1:x:$1:$1::/:/usr/sbin/nologin >> /etc/passwd;
    echo submission-$1:x:$1: >> /etc/group";

/// Runs the check binary for `lab`, for at most `timeout` of a quiet machine.
pub(super) fn run(
    lab: &Lab,
    layout: &Layout,
    args: &[&str],
    rung: Rung,
    timeout: Duration,
) -> Result<Transcript, Error> {
    let mut command = match layout.program {
        Some(_) => lab.command(&layout.check),
        None => lab.outside_command(&layout.check),
    };
    command.args(args).current_dir("/tmp");
    for (name, value) in layout.env(rung) {
        command.env(name, value);
    }
    // The check's own limits are stretched as ours is.
    command.env("PACE", lab.pace().factor().to_string());
    let limit = lab.pace().stretch(timeout);
    // With one id, the submission runs as whoever runs the check.
    if layout.program.is_some() && lab.mode() != Mode::Single {
        let uid = fresh_uid().to_string();
        lab.command("sh").args(["-c", MAKE_ACCOUNT, "sh", &uid]).output(limit)?;
        command.env("SUBMISSION_UID", uid);
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

/// A user id that no other submission has at the moment: the kernel counts the processes of an id,
/// not those of a lab, and what one submission starts must not be missing to another.
fn fresh_uid() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    UIDS.start + (process::id().wrapping_mul(64).wrapping_add(count)) % (UIDS.end - UIDS.start)
}

/// Reboots, with less patience than a lesson has: a learner's unit may keep the lab from coming up.
pub(super) fn reboot(lab: &Lab) -> Result<(), lab::Error> {
    let (boots, limit) = (lab.boots(), lab.pace().stretch(CHECK_TIMEOUT));
    // The command may be ended by the reboot that it starts: its result means nothing.
    let _ = lab.command("systemctl").arg("reboot").output(limit);
    lab.wait_for_boot(boots + 1, limit)
}
