//! A shell in a lab, for somebody at a terminal.

use std::path::Path;
use std::process::ExitStatus;

use super::lab::Lab;
use crate::error::Error;

impl Lab {
    /// Opens a shell in `directory` as `user`, and another one after each reboot, until somebody
    /// leaves it; `rebooted` is called in between.
    ///
    /// # Errors
    /// As those of [`Command::status`](crate::Command::status); [`Error::Gone`] when the lab was
    /// powered off, which is one way to leave.
    pub fn shell(
        &self,
        directory: &Path,
        user: &str,
        mut rebooted: impl FnMut(),
    ) -> Result<ExitStatus, Error> {
        loop {
            let boots = self.boots();
            let status = self.command("bash").current_dir(directory).user(user)?.status()?;
            // A shell that was killed: by a reboot, which brings a new one, or by the end of the
            // lab.
            if status.code().is_some() || !self.comes_back(boots)? {
                return Ok(status);
            }
            rebooted();
        }
    }
}
