//! What a command of a lesson answered.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// What a command answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// Standard output and standard error, in the order they came.
    pub(super) output: String,
    /// The exit status, or 128 and the signal's number, as the shell says it.
    pub(super) status: i32,
}

impl Answer {
    pub(super) fn new(output: &[u8], status: ExitStatus) -> Answer {
        Answer {
            output: String::from_utf8_lossy(output).into_owned(),
            status: status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()),
        }
    }
}
