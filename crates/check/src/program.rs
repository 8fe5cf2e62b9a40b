//! The submission's program, and a run of it.

use std::ffi::OsStr;
use std::panic::Location;
use std::path::Path;
use std::process::{Command, Stdio};

use check_report::Text;

use crate::failure::{Explain, Failure, Result};
use crate::patience::PATIENCE;
use crate::running::{Ended, Running};
use crate::{limits, report, submission};

/// The submission's program, ready to be given arguments. It sees no environment but what it is
/// given here.
///
/// # Errors
/// When there is no program.
pub fn program() -> Result<Program> {
    let submission = submission::get()?;
    let path = path()?;
    let mut command = Command::new(path);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8").env("TZ", "UTC0");
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    limits::confine(&mut command, submission.uid);
    Ok(Program { command })
}

/// The path of the submission's program.
pub(crate) fn path() -> Result<&'static Path> {
    let program = submission::get()?.program.as_deref();
    program.ok_or_else(|| Failure::new("a program", "SUBMISSION_PROGRAM is not set"))
}

/// A run of the submission, not yet begun.
///
/// ```no_run
/// use check::{Result, program};
///
/// fn greets_whom_it_is_told() -> Result<bool> {
///     let ended = program()?.arg("--name").arg("Ana").env("LANG", "es_ES.UTF-8").output()?;
///     Ok(ended.status.success() && ended.stdout.contains("Ana"))
/// }
/// ```
pub struct Program {
    command: Command,
}

impl Program {
    /// Adds an argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes an environment variable away.
    pub fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Starts it. It ends at the latest when the returned value is dropped.
    ///
    /// # Errors
    /// When it cannot be started.
    #[track_caller]
    pub fn start(mut self) -> Result<Running> {
        report::at("starting your program".into(), Location::caller());
        let child = self
            .command
            .spawn()
            .map_err(|error| Failure::new("a program that starts", Text::verbatim(error)))?;
        Ok(Running::new(child))
    }

    /// Starts it and waits for its end.
    ///
    /// # Errors
    /// When it cannot be started, or does not end.
    #[track_caller]
    pub fn output(self) -> Result<Ended> {
        self.start()?.end(PATIENCE).say("the program should print its answer and end")
    }
}
