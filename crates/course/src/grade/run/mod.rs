//! Runs an exercise's check on a built submission, in a fresh lab, and finds which promises were
//! kept.

mod in_lab;
mod layout;
mod on_host;
mod place;
mod transcript;

use std::num::NonZero;
use std::path::Path;
use std::process::Command;

pub(crate) use self::layout::Layout;
use self::place::Ground;
pub(super) use self::place::{Leaving, Place};
use self::transcript::{CHECK_TIMEOUT, Findings, Transcript};
use super::submission::Submission;
use super::verdict::{Promise, Verdict};
use crate::error::Error;
use crate::exercise::Manifest;

/// Promises in a module of this name are tried after a reboot of the lab.
const AFTER_REBOOT: &str = "::after_reboot::";

/// Runs the binary `check` on `submission` in `place`.
pub(super) fn run(
    submission: &Submission,
    program: Option<&Path>,
    check: &Path,
    place: &mut Place,
) -> Result<Verdict, Error> {
    let Place { layout, ground } = place;
    let laid_out = layout.fill(submission, program).and_then(|()| layout.add_check(check));
    laid_out.map_err(|error| Error::read(&layout.dir, error))?;
    let ground = match ground {
        Ok(ground) => ground,
        Err(why) => return Ok(Verdict::NotProved(why.clone())),
    };
    let Manifest { marks, rung, side_by_side, .. } = &submission.exercise.manifest;
    let side_by_side = side_by_side.unwrap_or_else(|| rung.side_by_side());
    let filter = submission.exercise.check_filter();
    let run = Run { layout, ground, side_by_side, filter, counts_each: !marks.is_empty() };
    let Some(mut promises) = run.try_all()? else {
        let why = "the check ran out of time because the machine is slow just now: try again";
        return Ok(Verdict::NotProved(why.into()));
    };
    if promises.is_empty() {
        let why = "its check makes no promise: it has no check.rs, or no test in it";
        return Ok(Verdict::NotProved(why.into()));
    }
    for promise in &mut promises {
        promise.marks = marks.get(&promise.function()).copied().unwrap_or_default();
    }
    Ok(Verdict::Tried { place: ground.words.clone(), promises })
}

/// One submission's check, ready to run.
struct Run<'a> {
    layout: &'a Layout,
    ground: &'a Ground,
    side_by_side: NonZero<u8>,
    /// What the names of the exercise's promises begin with.
    filter: String,
    /// Whether each promise has marks of its own, whatever becomes of the others.
    counts_each: bool,
}

impl Run<'_> {
    /// Tries every promise. None if the machine became too slow for that.
    fn try_all(&self) -> Result<Option<Vec<Promise>>, Error> {
        let promises = self.promises()?;
        let (later, now): (Vec<&String>, Vec<&String>) =
            promises.iter().partition(|name| name.contains(AFTER_REBOOT));
        let mut findings = Findings::default();
        if !now.is_empty() {
            let Some(transcript) = self.run(&[&self.filter, "--skip", AFTER_REBOOT])? else {
                return Ok(None);
            };
            findings.add(transcript);
        }
        // What is broken before the reboot is enough to look at, and may keep the lab from coming
        // up; but not where what comes after it has marks of its own.
        let goes_on = findings.kept_all(&now) || self.counts_each && findings.came_to_an_end();
        if let Some(lab) = &self.ground.lab
            && !later.is_empty()
            && goes_on
        {
            match self.reboot(lab) {
                Ok(()) => {
                    let filter = format!("{}after_reboot::", self.filter);
                    let Some(transcript) = self.run(&[&filter])? else { return Ok(None) };
                    findings.add(transcript);
                }
                Err(lab::Error::BootTimeout(_) | lab::Error::Gone(_)) => {
                    findings.never_booted(&later, lab.pace().stretch(CHECK_TIMEOUT))
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(findings.promises(&promises)))
    }

    /// The names of all promises of the exercise.
    fn promises(&self) -> Result<Vec<String>, Error> {
        let output = Command::new(&self.layout.check)
            .args([&self.filter, "--list", "--format", "terse"])
            .output()
            .map_err(|error| Error::read(&self.layout.check, error))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
    }

    /// Runs the check binary. None if the machine became too slow for that.
    fn run(&self, args: &[&str]) -> Result<Option<Transcript>, Error> {
        let on_host = || self.on_host(args).map_err(|error| Error::read(&self.layout.check, error));
        match &self.ground.lab {
            Some(lab) => self.in_lab(lab, args),
            None => on_host().map(Some),
        }
    }

    /// What the check must know, as `crates/check` reads it.
    fn env(&self) -> Vec<(&'static str, String)> {
        let mut env = vec![
            // Whoever is root in the lab may put programs into /usr/local.
            ("PATH", "/usr/bin:/bin:/usr/sbin:/sbin".to_owned()),
            ("SUBMISSION", self.layout.files().display().to_string()),
            ("RUST_TEST_THREADS", self.side_by_side.to_string()),
        ];
        if let Some(program) = &self.layout.program {
            env.push(("SUBMISSION_PROGRAM", program.display().to_string()));
        }
        env
    }
}
