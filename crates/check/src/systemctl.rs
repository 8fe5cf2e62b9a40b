//! The one seam to the lab's systemd: systemctl(1) and its journal.

use std::panic::Location;
use std::process::Command;
use std::thread;
use std::time::Instant;

use crate::{Explain, Failure, PATIENCE, POLL, Result, report};

/// How many lines of the journal a failure shows at most.
const JOURNAL_LINES: &str = "--lines=20";

/// Runs `systemctl` with `args` and returns what it prints.
///
/// # Errors
/// When it fails or hangs; the failure says why.
#[track_caller]
pub fn systemctl(args: &[&str]) -> Result<String> {
    let command = format!("systemctl {}", args.join(" "));
    report::at(&command, Location::caller());
    let limit = format!("{}s", PATIENCE.as_secs_f32());
    let output = Command::new("timeout").args([&limit, "systemctl"]).args(args).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let got = match output.status.code() {
            // As timeout(1) says it.
            Some(124) => format!("no end of `{command}` within {limit}"),
            _ => said.lines().next().unwrap_or_default().to_owned(),
        };
        return Err(Failure::new(format!("`{command}` to work"), got));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// One property of several units, in their order; one question for all of them.
///
/// # Errors
/// When systemctl(1) fails, or a value has several lines.
#[track_caller]
pub fn properties(name: &str, units: &[Known<'_>]) -> Result<Vec<String>> {
    let mut args = vec!["show", "--value", "--property", name];
    args.extend(units.iter().map(|unit| unit.0));
    let text = systemctl(&args)?;
    let values: Vec<String> = text.split("\n\n").map(str::to_owned).collect();
    match values.len() == units.len() {
        true => Ok(values),
        false => Err(Failure::new(format!("{name} of {} units", units.len()), text)),
    }
}

/// Waits until `condition` returns something. Its error ends the waiting too.
///
/// # Errors
/// When it does not come true in time.
#[track_caller]
pub fn wait_until<T>(what: &str, mut condition: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    report::at(&format!("waiting for {what}"), Location::caller());
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = condition()? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(Failure::new(format!("{what} within {PATIENCE:?}"), "nothing of the kind"));
        }
        thread::sleep(POLL * 2);
    }
}

/// What the journal says of the unit `name`: systemd's words and the unit's own.
pub fn journal(name: &str) -> Vec<String> {
    let _ = Command::new("journalctl").arg("--sync").output();
    let output = Command::new("journalctl")
        .args(["--output=cat", "--no-pager", "--boot", JOURNAL_LINES])
        .args(["--unit", name])
        .output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}

/// A unit of the lab, by its name.
#[derive(Clone, Copy)]
pub struct Known<'a>(pub &'a str);

impl Known<'_> {
    /// One property of it, such as `ActiveState`; see org.freedesktop.systemd1(5).
    ///
    /// # Errors
    /// When systemctl(1) fails.
    #[track_caller]
    pub fn property(self, name: &str) -> Result<String> {
        systemctl(&["show", "--value", "--property", name, self.0])
    }

    /// Starts it, and waits until its start is done.
    ///
    /// # Errors
    /// When it does not start; the failure shows the journal.
    #[track_caller]
    pub fn start(self) -> Result {
        systemctl(&["start", self.0]).explain(|failure| failure.show_journal(self.0)).map(drop)
    }

    /// Stops it, and waits until it has stopped.
    ///
    /// # Errors
    /// When it does not stop in time.
    #[track_caller]
    pub fn stop(self) -> Result {
        systemctl(&["stop", self.0]).map(drop)
    }

    /// Waits until `property` has the value `wanted`.
    ///
    /// # Errors
    /// When it has not in time; the failure shows the journal.
    #[track_caller]
    pub fn wait_for(self, property: &str, wanted: &str) -> Result {
        let mut last = String::new();
        wait_until(&format!("{property}={wanted} of {}", self.0), || {
            last = self.property(property)?;
            Ok((last == wanted).then_some(()))
        })
        .explain(|failure| {
            failure.set_got(format!("{property}={last}"));
            failure.show_journal(self.0);
        })
    }
}
