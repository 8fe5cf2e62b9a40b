//! A unit of the lab's own systemd that runs the submission.

use std::ffi::OsStr;
use std::fs;
use std::panic::Location;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Instant;

use crate::{Failure, LogFile, PATIENCE, POLL, Result, limits, report, submission};

/// Units of this kind are gone after a reboot; see systemd.unit(5).
const FOLDER: &str = "/run/systemd/system";

/// How many lines of the journal a failure shows at most.
const JOURNAL_LINES: &str = "--lines=20";

/// A service that runs the submission; stopped and removed when it is dropped.
pub struct Unit {
    name: String,
    path: PathBuf,
}

impl Unit {
    /// Writes the unit `NAME.service`: the submission with `args`, and `settings`, lines of a `[Service]` section.
    ///
    /// # Errors
    /// Where no systemd runs.
    pub fn service(name: &str, args: &[&OsStr], settings: &str) -> Result<Self> {
        let name = format!("{name}.service");
        let path = PathBuf::from(FOLDER).join(&name);
        let mut command = quoted(submission::path()?.as_os_str());
        for arg in args {
            command = command + " " + &quoted(arg);
        }
        let user = submission::get()?
            .uid
            .map(|uid| format!("User={uid}\nGroup={uid}\n"))
            .unwrap_or_default();
        let limits = limits::UNIT_SETTINGS;
        fs::write(&path, format!("[Service]\nExecStart={command}\n{user}{limits}{settings}\n"))
            .map_err(|error| {
                Failure::new("a systemd to run the unit", format!("{}: {error}", path.display()))
            })?;
        Ok(Unit { name, path })
    }

    /// Starts it, without waiting for it to be ready.
    ///
    /// # Errors
    /// When systemd refuses.
    #[track_caller]
    pub fn begin_start(&self) -> Result {
        report::at(&format!("starting {}", self.name), Location::caller());
        self.systemctl(&["start", "--no-block"]).map(drop)
    }

    /// Stops it, and waits until it has stopped.
    ///
    /// # Errors
    /// When systemd refuses.
    #[track_caller]
    pub fn stop(&self) -> Result {
        report::at(&format!("stopping {}", self.name), Location::caller());
        self.systemctl(&["stop"]).map(drop)
    }

    /// One property of it, such as `ActiveState`; see org.freedesktop.systemd1(5).
    ///
    /// # Errors
    /// When systemctl(1) fails.
    pub fn property(&self, name: &str) -> Result<String> {
        self.systemctl(&["show", "--value", "--property", name])
    }

    /// Waits until `property` has the value `wanted`.
    ///
    /// # Errors
    /// When it has not in time; the failure shows the journal.
    #[track_caller]
    pub fn wait_for(&self, property: &str, wanted: &str) -> Result {
        report::at(&format!("waiting for {property}={wanted}"), Location::caller());
        let deadline = Instant::now() + PATIENCE;
        loop {
            let value = self.property(property)?;
            if value == wanted {
                return Ok(());
            }
            if Instant::now() > deadline || value == "failed" {
                return Err(Failure::new(
                    format!("{property}={wanted}"),
                    format!("{property}={value}"),
                ));
            }
            thread::sleep(POLL * 5);
        }
    }

    /// Whether its main process has `file` open.
    ///
    /// # Errors
    /// When systemctl(1) fails.
    pub fn has_open(&self, file: &LogFile) -> Result<bool> {
        let folder = format!("/proc/{}/fd", self.property("MainPID")?);
        // A process that has ended meanwhile has nothing open.
        let mut fds = fs::read_dir(folder).into_iter().flatten().flatten();
        Ok(fds.any(|fd| fs::read_link(fd.path()).is_ok_and(|path| path == file.path())))
    }

    /// What its journal says.
    pub fn journal(&self) -> Vec<String> {
        let _ = Command::new("journalctl").arg("--sync").output();
        let output = Command::new("journalctl")
            .args(["--output=cat", "--no-pager", JOURNAL_LINES, "--unit", &self.name])
            .output();
        let text = output.map(|output| output.stdout).unwrap_or_default();
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }

    fn systemctl(&self, args: &[&str]) -> Result<String> {
        let output = Command::new("systemctl").args(args).arg(&self.name).output()?;
        if !output.status.success() {
            return Err(Failure::new(
                format!("systemctl {} to work", args[0]),
                String::from_utf8_lossy(&output.stderr),
            ));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// One word of a command line, as systemd.service(5) has it under "COMMAND LINES".
fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy().replace('\\', "\\\\");
    format!("\"{}\"", word.replace('"', "\\\"").replace('%', "%%"))
}

impl Drop for Unit {
    fn drop(&mut self) {
        let _ = self.systemctl(&["kill", "--signal=SIGKILL"]);
        let _ = fs::remove_file(&self.path);
    }
}
