//! Runs an exercise's check on a built submission, in a fresh lab, and reads what it says.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use check_report::{Text, text};
use lab::{Access, Bind, Lab, Mode};

use super::bare;
use super::heard::{Heard, Said};
use super::submission::{Submission, copy_tree};
use super::verdict::Promise;
use crate::error::Error;
use crate::exercise::Rung;

/// A check that takes longer hangs, or what it checks does.
pub(super) const CHECK_TIMEOUT: Duration = Duration::from_secs(10);
/// The learner's account in the lab, and nobody's on the host.
const LEARNER: u32 = 1000;
/// Promises in a module of this name are tried after a reboot of the lab.
const AFTER_REBOOT: &str = "::after_reboot::";

/// Where a check can run.
pub enum Place {
    /// In a lab.
    Lab(Box<Lab>),
    /// On the host, because it needs no system, or because no lab can run here.
    Host {
        /// Why not in a lab; empty where none is needed.
        why: String,
    },
}

/// What a check needs, laid out in a folder of its own that a lab can show.
pub struct Bench {
    dir: PathBuf,
    check: PathBuf,
    filter: String,
    program: Option<PathBuf>,
}

impl Bench {
    /// Lays out `submission` and the check binary in `dir`.
    pub fn lay(
        dir: &Path,
        submission: &Submission,
        check: &Path,
        program: Option<&Path>,
    ) -> io::Result<Self> {
        let _ = fs::remove_dir_all(dir);
        fs::create_dir_all(dir.join("files"))?;
        copy_tree(&submission.exercise.starter(), &dir.join("files"))?;
        for (file, text) in &submission.files {
            fs::write(dir.join("files").join(file), text)?;
        }
        let bench = Bench {
            dir: dir.to_owned(),
            check: dir.join("checks"),
            filter: submission.exercise.check_filter(),
            program: program.map(|_| dir.join("program")),
        };
        link(check, &bench.check)?;
        if let (Some(from), Some(to)) = (program, &bench.program) {
            link(from, to)?;
        }
        Ok(bench)
    }

    /// The folder that a lab must show.
    pub fn bind(&self) -> Bind {
        Bind { path: self.dir.clone(), access: Access::ReadOnly }
    }

    /// The names of all promises of the exercise.
    fn promises(&self) -> Result<Vec<String>, Error> {
        let output = Command::new(&self.check)
            .args([&self.filter, "--list", "--format", "terse"])
            .output()
            .map_err(|error| Error::read(&self.check, error))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
    }

    /// Tries every promise in `place`.
    pub fn judge(&self, place: &Place, rung: Rung) -> Result<Vec<Promise>, Error> {
        let promises = self.promises()?;
        let (later, now): (Vec<&String>, Vec<&String>) =
            promises.iter().partition(|name| name.contains(AFTER_REBOOT));
        let mut heard = Heard::default();
        if !now.is_empty() {
            heard.take(self.run(place, rung, &[&self.filter, "--skip", AFTER_REBOOT])?);
        }
        // What is broken before the reboot is enough to look at, and may keep the lab from coming up.
        let worth_it = !later.is_empty() && heard.kept_all(&now);
        if let (true, Place::Lab(lab)) = (worth_it, place) {
            match reboot(lab) {
                Ok(()) => {
                    let filter = format!("{}after_reboot::", self.filter);
                    heard.take(self.run(place, rung, &[&filter])?);
                }
                Err(lab::Error::BootTimeout(_)) => {
                    heard.never_booted(&later, CHECK_TIMEOUT);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(heard.promises(&promises))
    }

    fn run(&self, place: &Place, rung: Rung, args: &[&str]) -> Result<Said, Error> {
        match place {
            Place::Lab(lab) => self.run_in(lab, rung, args),
            Place::Host { .. } => bare::run(&self.check, args, self.env(None, rung))
                .map_err(|error| Error::read(&self.check, error)),
        }
    }

    fn run_in(&self, lab: &Lab, rung: Rung, args: &[&str]) -> Result<Said, Error> {
        let user = (lab.mode() != Mode::Single).then_some(LEARNER);
        let mut command = lab.command(&self.check);
        command.args(args).current_dir("/tmp");
        for (name, value) in self.env(user, rung) {
            command.env(name, value);
        }
        match command.output(CHECK_TIMEOUT) {
            Ok(output) => Ok(Said::ended(&output.stdout, &output.stderr, output.status)),
            Err(lab::Error::TimedOut { printed, .. }) => Ok(Said::stopped(
                &printed,
                &printed,
                text!("the check was stopped after {limit}", limit = Text::quoted(CHECK_TIMEOUT)),
            )),
            Err(error @ lab::Error::TooMuchOutput { .. }) => {
                Ok(Said::stopped(b"", b"", Text::verbatim(error)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What the check must know, as `crates/check` reads it.
    fn env(&self, user: Option<u32>, rung: Rung) -> Vec<(&'static str, String)> {
        // Under systemd, promises share the units' names, and take turns.
        let threads = if rung == Rung::Lab { "1" } else { "4" };
        let mut env = vec![
            ("SUBMISSION", self.dir.join("files").display().to_string()),
            ("RUST_TEST_THREADS", threads.to_owned()),
        ];
        env.extend(
            self.program
                .iter()
                .map(|program| ("SUBMISSION_PROGRAM", program.display().to_string())),
        );
        env.extend(user.map(|uid| ("SUBMISSION_UID", uid.to_string())));
        env
    }
}

/// Reboots, with less patience than a lesson has: a learner's unit may keep the lab from coming up.
fn reboot(lab: &Lab) -> Result<(), lab::Error> {
    let boots = lab.boots();
    // The command may be ended by the reboot that it starts: its result means nothing.
    let _ = lab.command("systemctl").arg("reboot").output(CHECK_TIMEOUT);
    lab.wait_for_boot(boots + 1, CHECK_TIMEOUT)
}

impl Drop for Bench {
    fn drop(&mut self) {
        // Only links and copies are in it.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// A second name costs nothing; where a file system has none, a copy does.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop))
}
