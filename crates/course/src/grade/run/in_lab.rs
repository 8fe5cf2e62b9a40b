//! Runs a check in a lab, or just outside of one.
//!
//! A unit may run as the lab's root, which can trace, replace or end what is in the lab: a check of
//! units stays outside, where nothing of the lab can reach it, and sees the lab's files and its
//! systemd. A check of a program starts the program itself, and a stranger's program has to be in
//! the lab: there the check is safe behind another account.

use check_report::Text;
use lab::Lab;

use super::Run;
use super::transcript::{CHECK_TIMEOUT, LONG_TIMEOUT, Transcript};
use crate::error::Error;

impl Run<'_> {
    /// Runs the check binary for `lab`. None if the machine became too slow for that.
    pub(super) fn in_lab(&self, lab: &Lab, args: &[&str]) -> Result<Option<Transcript>, Error> {
        let check = &self.layout.check;
        let mut command = match self.layout.program {
            Some(_) => lab.command(check),
            None => lab.outside_command(check),
        };
        command.args(args).current_dir("/tmp");
        for (name, value) in self.env() {
            command.env(name, value);
        }
        // The check's own limits are stretched as ours is.
        command.env("PACE", lab.pace().factor().to_string());
        if let Some(uid) = self.ground.uid {
            command.env("SUBMISSION_UID", uid.to_string());
        }
        let timeout = if self.counts_each { LONG_TIMEOUT } else { CHECK_TIMEOUT };
        let limit = lab.pace().stretch(timeout);
        match command.output(limit) {
            Ok(output) => {
                Ok(Some(Transcript::ended(&output.stdout, &output.stderr, output.status)))
            }
            Err(lab::Error::TimedOut { printed, .. }) => {
                // The limit is for the machine as it was when the lab booted.
                let slower =
                    lab.measure_pace().is_ok_and(|now| now.factor() > 1.5 * lab.pace().factor());
                Ok((!slower).then(|| Transcript::timed_out(&printed, &printed, limit)))
            }
            // A unit that powers off, for instance: that is the submission's doing, and no trouble
            // of ours.
            Err(error @ (lab::Error::TooMuchOutput { .. } | lab::Error::Gone(_))) => {
                Ok(Some(Transcript::stopped(b"", b"", Text::verbatim(error))))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reboots, with less patience than a lesson has: a learner's unit may keep the lab from coming
    /// up.
    pub(super) fn reboot(&self, lab: &Lab) -> Result<(), lab::Error> {
        let (boots, limit) = (lab.boots(), lab.pace().stretch(CHECK_TIMEOUT));
        // The command may be ended by the reboot that it starts: its result means nothing.
        let _ = lab.command("systemctl").arg("reboot").output(limit);
        lab.wait_for_boot(boots + 1, limit)
    }
}
