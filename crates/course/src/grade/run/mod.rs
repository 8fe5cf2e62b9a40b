//! Runs an exercise's check on a built submission, in a fresh lab, and finds which promises were
//! kept.

mod in_lab;
mod layout;
mod on_host;
mod transcript;

use std::path::Path;
use std::process::Command;

use check_report::{Text, text};
use lab::{Access, Bind, Lab, Mode, Options};

pub(crate) use self::layout::Layout;
use self::transcript::{CHECK_TIMEOUT, Findings, LONG_TIMEOUT, Transcript};
use super::submission::Submission;
use super::verdict::{Promise, Verdict};
use crate::error::Error;
use crate::exercise::Rung;

/// Promises in a module of this name are tried after a reboot of the lab.
const AFTER_REBOOT: &str = "::after_reboot::";

/// Where a check runs.
enum Ground {
    Lab(Box<Lab>),
    /// On the host, since the check reads files only.
    FilesOnly,
    /// On the host, since no lab can run here.
    Host,
}

/// Runs the binary `check` on `submission`; `dir` is for what it needs.
pub(super) fn run(
    submission: &Submission,
    program: Option<&Path>,
    check: &Path,
    dir: &Path,
    mode: Option<Mode>,
) -> Result<Verdict, Error> {
    match run_once(submission, program, check, dir, mode) {
        // A lab that did not answer us, before anything of the submission ran in it, gets a
        // successor: that says nothing about the submission.
        Err(Error::Lab(lab::Error::TimedOut { .. })) => {
            run_once(submission, program, check, dir, mode)
        }
        ran => ran,
    }
}

fn run_once(
    submission: &Submission,
    program: Option<&Path>,
    check: &Path,
    dir: &Path,
    mode: Option<Mode>,
) -> Result<Verdict, Error> {
    let rung = submission.exercise.manifest.rung;
    let layout =
        Layout::new(dir, submission, check, program).map_err(|error| Error::read(dir, error))?;
    let place = match Ground::find(rung, mode, &layout) {
        Ok(place) => place,
        Err(why) => return Ok(Verdict::NotProved(why)),
    };
    // Asked before anything of the submission runs: it may leave no lab to ask.
    let ground = place.describe(layout.program.is_none())?;
    let marks = &submission.exercise.manifest.marks;
    let filter = submission.exercise.check_filter();
    let run = Run { layout, place, rung, filter, counts_each: !marks.is_empty() };
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
    Ok(Verdict::Tried { place: ground, promises })
}

impl Ground {
    /// Finds a place for a check. The reason why there is none means that nothing was proved.
    fn find(rung: Rung, mode: Option<Mode>, layout: &Layout) -> Result<Ground, Text> {
        if rung == Rung::Static {
            return Ok(Ground::FilesOnly);
        }
        let bind = Bind { path: layout.dir.clone(), access: Access::ReadOnly };
        match (Lab::boot(&Options { mode, binds: vec![bind] }), rung) {
            (Ok(lab), _) => Ok(Ground::Lab(Box::new(lab))),
            (Err(_), Rung::Process) => Ok(Ground::Host),
            (Err(why), _) => Err(text!("the check needs a lab, and none ran: {why}", why)),
        }
    }

    /// What a verdict rests on. Whoever grades other people's work must know where it is no proof.
    fn describe(&self, is_about_units: bool) -> Result<Text, Error> {
        Ok(match self {
            Ground::Lab(lab) => {
                let version = lab.systemd_version()?;
                let mode = Text::of(&lab.mode().to_string());
                match lab.mode() {
                    Mode::Single => text!(
                        "systemd {version}, {mode}; a submission and its check share the one id, \
                         so marks for strangers need subordinate ids (cargo course doctor)",
                        version,
                        mode
                    ),
                    // What a unit runs as root can reach this machine.
                    Mode::HostRoot if is_about_units => text!(
                        "systemd {version}, {mode}; root of the lab is root of this machine, so \
                         check the units of strangers as an ordinary user",
                        version,
                        mode
                    ),
                    _ => text!("systemd {version}, {mode}", version, mode),
                }
            }
            Ground::FilesOnly => "files only".into(),
            Ground::Host => {
                "on this machine, without a sandbox: no lab can run here (cargo course \
                            doctor)"
                    .into()
            }
        })
    }
}

/// One submission's check, ready to run.
struct Run {
    layout: Layout,
    place: Ground,
    rung: Rung,
    /// What the names of the exercise's promises begin with.
    filter: String,
    /// Whether each promise has marks of its own, whatever becomes of the others.
    counts_each: bool,
}

impl Run {
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
        if let (true, Ground::Lab(lab)) = (worth_it, &self.place) {
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
        match &self.place {
            Ground::Lab(lab) => {
                let timeout = if self.counts_each { LONG_TIMEOUT } else { CHECK_TIMEOUT };
                in_lab::run(lab, &self.layout, args, self.rung, timeout)
            }
            Ground::FilesOnly | Ground::Host => on_host::run(&self.layout, args, self.rung)
                .map_err(|error| Error::read(&self.layout.check, error)),
        }
    }
}
