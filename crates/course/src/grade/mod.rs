//! Grades submissions: takes their files, builds them, runs the check, gives a verdict.
//!
//! The check never lives in a file that the learner edits, and a submission never prints where a verdict is read.

mod bare;
mod cargo;
mod compile;
mod compiler;
mod heard;
mod judge;
mod report;
mod submission;
mod verdict;

use std::collections::HashMap;
use std::fs::{self, File};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use lab::{Lab, Mode, Options};

pub(crate) use compile::with_members;
pub use compile::{Built, check_binary, compile};
pub use compiler::compile_if_asked;
pub use judge::{Bench, Place};
pub use report::report;
pub use submission::Submission;
pub(crate) use submission::{copy_tree, write_if_changed};
pub use verdict::{Outcome, Promise, Refused, Verdict};

use crate::error::Error;
use crate::exercise::{Exercise, Rung};
use crate::project::Project;

/// Each lab takes four of the 128 inotify(7) instances that an account has.
const LABS_MAX: usize = 8;

/// What all grading in one call shares.
pub struct Grader<'a> {
    /// The course.
    pub project: &'a Project,
    /// The lab's mode, if the learner chose one.
    pub mode: Option<Mode>,
    /// Whether the compiler may use colour.
    pub color: bool,
    /// The check binary.
    pub check: PathBuf,
}

impl<'a> Grader<'a> {
    /// Builds the check binary, if it is not built yet.
    pub fn new(project: &'a Project, mode: Option<Mode>, color: bool) -> Result<Self, Error> {
        Ok(Grader { project, mode, color, check: check_binary(project)? })
    }

    /// Grades what the learner has in `source`.
    pub fn grade(&self, exercise: &Exercise, source: &Path) -> Result<Verdict, Error> {
        let name = format!("check-{}-{}", exercise.lesson, exercise.number);
        let submission = match Submission::read(exercise, &name, source) {
            Ok(submission) => submission,
            Err(why) => return Ok(refused(exercise, Refused::File(why))),
        };
        if let Some(why) = submission.refusal() {
            return Ok(refused(exercise, Refused::File(why)));
        }
        let (staging, _turn) = self.staging(&name)?;
        if !exercise.is_rust() {
            return self.judge(&submission, None, &staging.join("run"));
        }
        let built = compile(self.project, &staging, &[&submission], self.color)?;
        self.judge_built(&submission, &built, &staging.join("run"))
    }

    /// Judges a submission that has been through the compiler.
    pub fn judge_built(
        &self,
        submission: &Submission,
        built: &HashMap<String, Built>,
        dir: &Path,
    ) -> Result<Verdict, Error> {
        let built = built.get(&submission.name).cloned().unwrap_or_default();
        let exercise = &submission.exercise;
        if let Some(file) = built.reads {
            let why = format!("it reads {}, which is no file of yours", file.display());
            return Ok(refused(exercise, Refused::File(why)));
        }
        if let Some(program) = &built.program {
            return self.judge(submission, Some(program), dir);
        }
        // The learner's own file is to be named, not our copy of it.
        let own = submission.source.strip_prefix(&self.project.root);
        let own = own.unwrap_or(&submission.source).display();
        let copy = format!("{}/", submission.name);
        let said = built.messages.replace(&copy, &format!("{own}/"));
        Ok(refused(exercise, Refused::DoesNotCompile(said)))
    }

    /// Runs the check; `dir` is for what it needs.
    fn judge(
        &self,
        submission: &Submission,
        program: Option<&Path>,
        dir: &Path,
    ) -> Result<Verdict, Error> {
        let exercise = &submission.exercise;
        let rung = exercise.manifest.rung;
        let bench = Bench::lay(dir, submission, &self.check, program)
            .map_err(|error| Error::read(dir, error))?;
        let place = match self.place(rung, &bench) {
            Ok(place) => place,
            Err(why) => return Ok(refused(exercise, Refused::NotProved(why))),
        };
        let promises = bench.judge(&place, rung)?;
        if promises.is_empty() {
            let why = "its check makes no promise: it has no check.rs, or no test in it".to_owned();
            return Ok(refused(exercise, Refused::NotProved(why)));
        }
        let passed = promises.iter().all(|promise| matches!(promise.outcome, Outcome::Kept));
        Ok(Verdict { passed, place: describe(&place)?, promises, ..blank(exercise) })
    }

    /// Finds a place for a check. The reason why there is none means that nothing was proved.
    fn place(&self, rung: Rung, bench: &Bench) -> Result<Place, String> {
        if rung == Rung::Static {
            return Ok(Place::Host { why: String::new() });
        }
        match (Lab::boot(&Options { mode: self.mode, binds: vec![bench.bind()] }), rung) {
            (Ok(lab), _) => Ok(Place::Lab(Box::new(lab))),
            (Err(error), Rung::Process) => Ok(Place::Host { why: error.to_string() }),
            (Err(error), _) => Err(format!("the check needs a lab, and none ran: {error}")),
        }
    }

    /// Where submissions are built and laid out; part of the target folder, and as easily thrown away. It is ours while
    /// the file that comes with it is open: whoever grades the same exercise in another terminal takes turns with us.
    pub fn staging(&self, name: &str) -> Result<(PathBuf, File), Error> {
        let folder = self.project.root.join("target/course");
        let path = folder.join(format!("{name}.lock"));
        let lock = || {
            fs::create_dir_all(&folder)?;
            let file = File::create(&path)?;
            file.lock()?;
            Ok(file)
        };
        let turn = lock().map_err(|error| Error::write(&path, error))?;
        Ok((folder.join(name), turn))
    }

    /// Grades many at once, each on a lab of its own. Two for each processor: a wrong answer is mostly waited for.
    pub fn judge_all(
        &self,
        submissions: &[Submission],
        built: &HashMap<String, Built>,
        staging: &Path,
    ) -> Vec<Result<Verdict, Error>> {
        let workers =
            thread::available_parallelism().map_or(2, usize::from).saturating_mul(2).min(LABS_MAX);
        let next = std::sync::atomic::AtomicUsize::new(0);
        let mut verdicts: Vec<(usize, Result<Verdict, Error>)> = thread::scope(|scope| {
            let work = || {
                let mut done = Vec::new();
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(submission) = submissions.get(index) else {
                        return done;
                    };
                    let dir = staging.join(format!("run-{index}"));
                    let verdict = match submission.refusal() {
                        Some(why) => Ok(refused(&submission.exercise, Refused::File(why))),
                        None if submission.exercise.is_rust() => {
                            self.judge_built(submission, built, &dir)
                        }
                        None => self.judge(submission, None, &dir),
                    };
                    done.push((index, verdict));
                }
            };
            let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            handles
                .into_iter()
                .flat_map(|handle| handle.join().unwrap_or_else(|panic| resume_unwind(panic)))
                .collect()
        });
        verdicts.sort_by_key(|(index, _)| *index);
        verdicts.into_iter().map(|(_, verdict)| verdict).collect()
    }
}

fn describe(place: &Place) -> Result<String, Error> {
    Ok(match place {
        Place::Lab(lab) => format!("systemd {}, {}", lab.systemd_version()?, lab.mode()),
        Place::Host { why } if why.is_empty() => "files only".to_owned(),
        Place::Host { .. } => {
            "on this machine, without a sandbox: no lab can run here (cargo course doctor)"
                .to_owned()
        }
    })
}

fn blank(exercise: &Exercise) -> Verdict {
    Verdict {
        exercise: exercise.id(),
        title: exercise.manifest.title.clone(),
        passed: false,
        rung: exercise.manifest.rung,
        place: String::new(),
        refused: None,
        promises: Vec::new(),
    }
}

fn refused(exercise: &Exercise, why: Refused) -> Verdict {
    Verdict { refused: Some(why), ..blank(exercise) }
}
