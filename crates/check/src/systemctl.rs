//! The one seam to the lab's systemd: its commands, and waiting for what systemd is to do.

use std::panic::Location;
use std::process::{Command, Output};
use std::thread;
use std::time::Instant;

use check_report::{Text, text};

use crate::command::output_by;
use crate::failure::{Explain, Failure, Result};
use crate::patience::{PATIENCE, POLL, look_until, nap, stretched};
use crate::report;
use crate::seen::proc_of;

/// What systemctl says when it does not reach systemd, which has not heard the question then. After
/// daemon-reexec, systemd listens again a moment later.
const NOT_REACHED: &str = "Failed to connect to bus";
/// What it says when the connection ends before the answer. A question can be asked again.
const NO_ANSWER: [&str; 3] =
    ["Connection reset by peer", "Transport endpoint is not connected", "Remote peer disconnected"];

/// Runs `program`, a command of systemd's, and returns what it prints and how it ends.
///
/// # Errors
/// When it hangs.
#[track_caller]
pub(crate) fn run(program: &str, args: &[&str]) -> Result<Output> {
    let command = format!("{program} {}", args.join(" "));
    report::at(Text::verbatim(&command), Location::caller());
    let limit = stretched(PATIENCE);
    let output = output_by(Command::new(program).args(args), Instant::now() + limit)?;
    output.ok_or_else(|| {
        let limit = Text::quoted(limit);
        let got = text!("no end of `{command}` within {limit}", command, limit);
        Failure::new(text!("`{command}` to work", command), got)
    })
}

/// Runs `systemctl` with `args` and returns what it prints.
///
/// # Errors
/// When it fails or hangs; the failure says why.
#[track_caller]
pub fn systemctl(args: &[&str]) -> Result<String> {
    let deadline = Instant::now() + stretched(PATIENCE);
    loop {
        let output = run("systemctl", args)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        let cause = cause(&output);
        let is_question = args.first() == Some(&"show");
        let is_away = cause.contains(NOT_REACHED)
            || is_question && NO_ANSWER.iter().any(|words| cause.contains(words));
        if is_away && proc_of("1").exists() && Instant::now() < deadline {
            thread::sleep(POLL * 2);
            continue;
        }
        let command = format!("systemctl {}", args.join(" "));
        return Err(Failure::new(text!("`{command}` to work", command), Text::verbatim(cause)));
    }
}

/// The first line that is about this command. A warning that a file has changed on disk is about an
/// earlier one.
fn cause(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let mut lines = said.lines().filter(|line| !line.starts_with("Warning:"));
    lines.next().unwrap_or_default().to_owned()
}

/// Waits until `condition` returns something. Its error ends the waiting too.
///
/// # Errors
/// When it does not come true in time, or the whole system has ended.
#[track_caller]
pub fn wait_until<T>(
    what: impl Into<Text>,
    mut condition: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let what = what.into();
    report::at(text!("waiting for {what}", what), Location::caller());
    let gone = || {
        Failure::new(what.clone(), "a system that is gone: something has ended it").say(
            "what does the unit run, and what does it start or stop? This was the whole machine",
        )
    };
    let found = look_until(PATIENCE, nap, || match condition() {
        Ok(None) if !proc_of("1").exists() => Some(Err(gone())),
        found => found.transpose(),
    });
    found.unwrap_or_else(|| {
        let limit = Text::quoted(stretched(PATIENCE));
        Err(Failure::new(text!("{what} within {limit}", what, limit), "nothing of the kind"))
    })
}
