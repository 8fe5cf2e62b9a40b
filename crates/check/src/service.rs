//! A service of the lab's own systemd that runs the submission.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use check_report::text;
use nix::sys::signal::Signal;

use crate::failure::{Failure, Result};
use crate::unit::Unit;
use crate::{limits, program, submission};

/// Units of this kind are gone after a reboot; see systemd.unit(5).
const DIRECTORY: &str = "/run/systemd/system";

/// A service that runs the submission; stopped and removed when it is dropped.
///
/// ```no_run
/// use check::{Result, Service};
///
/// fn says_that_it_is_ready() -> Result {
///     let service = Service::of_submission("ready", &[], "Type=notify")?;
///     service.unit().start()?;
///     service.unit().wait_for("SubState", "running")
/// }
/// ```
pub struct Service {
    name: String,
    path: PathBuf,
}

impl Service {
    /// Writes the unit `NAME.service`: the submission with `args`, and `settings`, lines of a
    /// `[Service]` section.
    ///
    /// # Errors
    /// Where no systemd runs.
    pub fn of_submission(name: &str, args: &[&OsStr], settings: &str) -> Result<Self> {
        let name = format!("{name}.service");
        let path = PathBuf::from(DIRECTORY).join(&name);
        let words = [&[program::path()?.as_os_str()], args].concat();
        let command = words.into_iter().map(quoted).collect::<Vec<_>>().join(" ");
        let user = submission::get()?
            .uid
            .map(|uid| format!("User={uid}\nGroup={uid}\n"))
            .unwrap_or_default();
        let limits = limits::UNIT_SETTINGS;
        fs::write(&path, format!("[Service]\nExecStart={command}\n{user}{limits}{settings}\n"))
            .map_err(|error| {
                let got = text!("{path}: {error}", path = path.display(), error);
                Failure::new("a systemd to run the unit", got)
            })?;
        Ok(Service { name, path })
    }

    /// The unit.
    pub fn unit(&self) -> Unit<'_> {
        Unit::named(&self.name)
    }
}

/// One word of a command line, as systemd.service(5) has it under "COMMAND LINES".
fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy().replace('\\', "\\\\");
    format!("\"{}\"", word.replace('"', "\\\"").replace('%', "%%"))
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.unit().kill(Signal::SIGKILL);
        let _ = fs::remove_file(&self.path);
    }
}
