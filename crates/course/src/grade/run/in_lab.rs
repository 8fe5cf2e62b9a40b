//! Runs a check in a lab.

use check_report::Text;
use lab::{Lab, Mode};

use super::layout::Layout;
use super::transcript::{CHECK_TIMEOUT, Transcript};
use crate::error::Error;
use crate::exercise::Rung;

/// The learner's account in the lab, and nobody's on the host.
const LEARNER: u32 = 1000;

/// Runs the check binary in `lab`.
pub(super) fn run(
    lab: &Lab,
    layout: &Layout,
    args: &[&str],
    rung: Rung,
) -> Result<Transcript, Error> {
    let mut command = lab.command(&layout.check);
    command.args(args).current_dir("/tmp");
    for (name, value) in layout.env(rung) {
        command.env(name, value);
    }
    // With one id, the submission runs as whoever runs the check.
    if lab.mode() != Mode::Single {
        command.env("SUBMISSION_UID", LEARNER.to_string());
    }
    match command.output(CHECK_TIMEOUT) {
        Ok(output) => Ok(Transcript::ended(&output.stdout, &output.stderr, output.status)),
        Err(lab::Error::TimedOut { printed, .. }) => Ok(Transcript::timed_out(&printed, &printed)),
        Err(error @ lab::Error::TooMuchOutput { .. }) => {
            Ok(Transcript::stopped(b"", b"", Text::verbatim(error)))
        }
        Err(error) => Err(error.into()),
    }
}

/// Reboots, with less patience than a lesson has: a learner's unit may keep the lab from coming up.
pub(super) fn reboot(lab: &Lab) -> Result<(), lab::Error> {
    let boots = lab.boots();
    // The command may be ended by the reboot that it starts: its result means nothing.
    let _ = lab.command("systemctl").arg("reboot").output(CHECK_TIMEOUT);
    lab.wait_for_boot(boots + 1, CHECK_TIMEOUT)
}
