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
use self::transcript::{CHECK_TIMEOUT, Findings, LONG_TIMEOUT, Transcript};
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
    layout.complete(submission, program, check).map_err(|error| Error::read(&layout.dir, error))?;
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
        promise.marks = marks.get(&promise.name.replace(' ', "_")).copied().unwrap_or_default();
    }
    Ok(Verdict::Tried { place: ground.describe(), promises })
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
            findings.add(self.run(&[&self.filter, "--skip", AFTER_REBOOT])?);
        }
        // What is broken before the reboot is enough to look at, and may keep the lab from coming
        // up; but not where what comes after it has marks of its own.
        let goes_on = findings.kept_all(&now) || self.counts_each && findings.came_to_an_end();
        let worth_it = !later.is_empty() && goes_on;
        if let (true, Ground::Lab(prepared)) = (worth_it, self.ground) {
            let lab = &prepared.lab;
            match in_lab::reboot(lab) {
                Ok(()) => {
                    let filter = format!("{}after_reboot::", self.filter);
                    findings.add(self.run(&[&filter])?);
                }
                Err(lab::Error::BootTimeout(_) | lab::Error::Gone(_)) => {
                    findings.never_booted(&later, lab.pace().stretch(CHECK_TIMEOUT))
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok((!findings.machine_is_slow).then(|| findings.promises(&promises)))
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

    fn run(&self, args: &[&str]) -> Result<Transcript, Error> {
        match self.ground {
            Ground::Lab(prepared) => {
                let timeout = if self.counts_each { LONG_TIMEOUT } else { CHECK_TIMEOUT };
                in_lab::run(prepared, self.layout, args, self.side_by_side, timeout)
            }
            Ground::FilesOnly | Ground::Host => on_host::run(self.layout, args, self.side_by_side)
                .map_err(|error| Error::read(&self.layout.check, error)),
        }
    }
}
