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
        let says = |output: &str| typed.expected.matches(output);
        self.status == typed.status && (says(&self.output) || says(&without_waits(&self.output)))
    }

    /// One of which the learner had enough.
    pub(super) fn stopped(output: &[u8]) -> Answer {
        Answer { stopped: true, ..Answer::new(output, ExitStatus::default()) }
    }
}

/// `output` without the lines by which systemctl-wrapper says, after each second, that it waits:
/// how many come is up to the machine, and none does where it is quick.
fn without_waits(output: &str) -> String {
    let is_wait = |line: &str| {
        line.starts_with("waiting for ")
            && line.trim_end().ends_with(" s so far; Ctrl-C stops the waiting, not the job")
    };
    output.split_inclusive('\n').filter(|line| !is_wait(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::without_waits;

    #[test]
    fn only_the_words_of_waiting_are_left_out() {
        let wait = "waiting for a.service, 9 s so far; Ctrl-C stops the waiting, not the job\n";
        let rest = "waiting for Godot\na.service: inactive (dead) → active (running)\n";
        assert_eq!(without_waits(&format!("{wait}{rest}{wait}")), rest);
    }
}
