//! Runs an exercise's check on a built submission, in a fresh lab, and reads what it says.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use lab::{Access, Bind, Lab, Mode};
use serde::Deserialize;

use super::bare;
use super::submission::{Submission, copy_tree};
use super::verdict::{Failure, Outcome, Promise};
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
        Bind {
            path: self.dir.clone(),
            access: Access::ReadOnly,
        }
    }

    /// The names of all promises of the exercise.
    fn promises(&self) -> Result<Vec<String>, Error> {
        let output = Command::new(&self.check)
            .args([&self.filter, "--list", "--format", "terse"])
            .output()
            .map_err(|error| Error::read(&self.check, error))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text
            .lines()
            .filter_map(|line| line.strip_suffix(": test"))
            .map(str::to_owned)
            .collect())
    }

    /// Tries every promise in `place`.
    pub fn judge(&self, place: &Place, rung: Rung) -> Result<Vec<Promise>, Error> {
        let promises = self.promises()?;
        let (later, now): (Vec<&String>, Vec<&String>) = promises
            .iter()
            .partition(|name| name.contains(AFTER_REBOOT));
        let mut heard = Heard::default();
        if !now.is_empty() {
            heard.take(self.run(place, rung, &[&self.filter, "--skip", AFTER_REBOOT])?);
        }
        if let (false, Place::Lab(lab)) = (later.is_empty(), place) {
            lab.reboot()?;
            let filter = format!("{}after_reboot::", self.filter);
            heard.take(self.run(place, rung, &[&filter])?);
        }
        Ok(promises.iter().map(|name| heard.promise(name)).collect())
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
            Ok(output) => Ok(Said::new(
                &output.stdout,
                &output.stderr,
                output.status.success(),
                None,
            )),
            Err(lab::Error::TimedOut { printed, .. }) => Ok(Said::new(
                &printed,
                &printed,
                false,
                Some(format!("the check was stopped after {CHECK_TIMEOUT:?}")),
            )),
            Err(error @ lab::Error::TooMuchOutput { .. }) => {
                Ok(Said::new(b"", b"", false, Some(error.to_string())))
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

/// What one run of the check binary printed.
pub(super) struct Said {
    stdout: String,
    stderr: String,
    success: bool,
    stopped: Option<String>,
}

impl Said {
    pub(super) fn new(
        stdout: &[u8],
        stderr: &[u8],
        success: bool,
        stopped: Option<String>,
    ) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Said {
            stdout: text(stdout),
            stderr: text(stderr),
            success,
            stopped,
        }
    }
}

/// A line that the check library writes to standard error.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Note {
    At {
        promise: String,
        file: String,
        line: u32,
        what: String,
    },
    Failure {
        promise: String,
        #[serde(flatten)]
        failure: Failure,
    },
}

/// What is known of each promise.
#[derive(Default)]
struct Heard {
    kept: HashMap<String, bool>,
    failures: HashMap<String, Failure>,
}

impl Heard {
    fn take(&mut self, said: Said) {
        let mut at: HashMap<String, String> = HashMap::new();
        for line in said.stderr.lines() {
            match serde_json::from_str(line) {
                Ok(Note::At {
                    promise,
                    file,
                    line,
                    what,
                }) => drop(at.insert(promise, format!("{what} ({file}, line {line})"))),
                // A promise fails once; what comes later is its echo.
                Ok(Note::Failure { promise, failure }) => {
                    self.failures.entry(promise).or_insert(failure);
                }
                Err(_) => {}
            }
        }
        let all_kept = said.success;
        for (name, result) in said.stdout.lines().filter_map(result_line) {
            at.remove(name);
            // libtest's own exit status must agree: a check that was ended half-way has kept nothing for sure.
            self.kept.insert(
                name.to_owned(),
                result == "ok" && (all_kept || said.stopped.is_none()),
            );
        }
        let Some(stopped) = said.stopped else { return };
        for (promise, what) in at {
            self.failures.entry(promise).or_insert(Failure {
                expected: "an end".to_owned(),
                got: format!("{stopped}, {what}"),
                say: "something hangs: what does it wait for?".to_owned(),
                ..Failure::default()
            });
        }
    }

    fn promise(&self, name: &str) -> Promise {
        let failure = || self.failures.get(name).cloned();
        let outcome = match (self.kept.get(name), failure()) {
            (Some(true), None) => Outcome::Kept,
            (_, Some(failure)) => Outcome::Broken(Box::new(failure)),
            (Some(false), None) => Outcome::Broken(Box::new(Failure {
                say: "the check broke off; please report it, with your file".to_owned(),
                ..Failure::default()
            })),
            (None, None) => Outcome::NotTried,
        };
        let words = name.rsplit("::").next().unwrap_or(name).replace('_', " ");
        Promise {
            name: words,
            outcome,
        }
    }
}

/// Reads `test l01::e02::keeps_what_was_there ... ok`, as libtest prints it.
fn result_line(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("test ")?.split_once(" ... ")
}

#[cfg(test)]
mod tests {
    use super::{Heard, Outcome, Said};

    const NAME: &str = "l01::e02::keeps";

    fn outcome(stdout: &str, stderr: &str, success: bool, stopped: Option<&str>) -> Outcome {
        let mut heard = Heard::default();
        heard.take(Said::new(
            stdout.as_bytes(),
            stderr.as_bytes(),
            success,
            stopped.map(str::to_owned),
        ));
        heard.promise(NAME).outcome
    }

    #[test]
    fn only_a_line_of_libtest_says_that_a_promise_was_kept() {
        assert!(matches!(
            outcome("test l01::e02::keeps ... ok\n", "", true, None),
            Outcome::Kept
        ));
        for (stdout, success) in [
            ("", true),
            ("test result: ok. 1 passed; 0 failed\n", true),
            ("test l01::e02::other ... ok\n", true),
            ("x test l01::e02::keeps ... ok\n", true),
            ("test l01::e02::keeps ... ignored\n", true),
            ("test l01::e02::keeps ... FAILED\n", false),
        ] {
            assert!(
                !matches!(outcome(stdout, "", success, None), Outcome::Kept),
                "{stdout:?}"
            );
        }
    }

    #[test]
    fn a_failure_outweighs_an_ok() {
        let note = r#"{"failure":{"promise":"l01::e02::keeps","say":"no"}}"#;
        let outcome = outcome("test l01::e02::keeps ... ok\n", note, true, None);
        assert!(matches!(outcome, Outcome::Broken(failure) if failure.say == "no"));
    }

    #[test]
    fn what_hangs_says_where() {
        let note =
            r#"{"at":{"promise":"l01::e02::keeps","file":"check.rs","line":7,"what":"waiting"}}"#;
        let outcome = outcome("", note, false, Some("stopped"));
        assert!(
            matches!(outcome, Outcome::Broken(failure) if failure.got.contains("waiting (check.rs, line 7)"))
        );
    }
}
