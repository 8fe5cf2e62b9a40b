//! What a command of a lesson answered.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use crate::chapter::ConsoleCommand;

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Standard output and standard error, in the order they came.
    pub(crate) output: String,
    /// The exit status, or 128 and the signal's number, as the shell says it.
    pub(crate) status: i32,
    /// Whether the learner has stopped it.
    pub(crate) stopped: bool,
}

impl Answer {
    pub(crate) fn new(output: &[u8], status: ExitStatus) -> Answer {
        Answer {
            output: String::from_utf8_lossy(output).into_owned(),
            status: status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()),
            stopped: false,
        }
    }

    /// Whether that is what the chapter says.
    pub(crate) fn fits(&self, typed: &ConsoleCommand) -> bool {
        self.status == typed.status && typed.expected.matches(&self.output)
    }

    /// One of which the learner had enough.
    pub(super) fn stopped(output: &[u8]) -> Answer {
        Answer { stopped: true, ..Answer::new(output, ExitStatus::default()) }
    }
}
