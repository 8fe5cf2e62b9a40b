//! Grades submissions: takes their files, builds them, runs the check, gives a verdict.
//!
//! A submission goes one way: [`Submission`] → `build` → `run` → [`Verdict`] → [`report`]. The
//! check never lives in a file that the learner edits, and a submission never prints where a
//! verdict is read.

mod build;
mod linter;
mod own_file;
mod report;
mod run;
mod spanish;
mod submission;
mod variant;
mod verdict;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use lab::Mode;

pub use build::compile_if_asked;
pub(crate) use build::with_members;
pub(crate) use report::report;
pub(crate) use run::Layout;
pub(crate) use submission::Submission;
pub(crate) use verdict::{Refusal, Verdict};

use self::build::{Program, Sandbox, Tools};
use self::run::{Leaving, Place};
use crate::error::Error;
use crate::exercise::Exercise;
use crate::parallel::in_parallel;
use crate::project::Project;

/// Each lab takes four of the 128 inotify(7) instances that an account has.
const LABS_MAX: usize = 8;

/// What all grading in one call shares.
pub(crate) struct Grader<'a> {
    project: &'a Project,
    /// The lab's mode, if the learner chose one.
    mode: Option<Mode>,
    /// Whether the compiler may use colour.
    color: bool,
    /// The check binary and the linter, built when they are needed first.
    tools: Mutex<Option<Tools>>,
    /// Where the latest submission was compiled; the next may be one of the same exercise.
    sandbox: Mutex<Option<Sandbox>>,
    /// The lab of the last verdict, on its way out.
    leaving: Mutex<Option<Leaving>>,
}

/// A verdict, and what the compiler said although it has built the program.
pub(crate) struct Graded {
    pub(crate) verdict: Verdict,
    pub(crate) warnings: String,
}

impl Graded {
    fn refused(why: Refusal) -> Self {
        Graded { verdict: Verdict::Refused(why), warnings: String::new() }
    }
}

/// What came of the build, by the submissions' names.
type Builds = HashMap<String, Result<Program, Refusal>>;

impl<'a> Grader<'a> {
    /// A grader; it builds nothing before there is something to grade.
    pub(crate) fn new(project: &'a Project, mode: Option<Mode>, color: bool) -> Self {
        let (tools, sandbox, leaving) = (Mutex::default(), Mutex::default(), Mutex::default());
        Grader { project, mode, color, tools, sandbox, leaving }
    }

    /// Grades what the learner has in `source`.
    pub(crate) fn grade(&self, exercise: &Exercise, source: &Path) -> Result<Verdict, Error> {
        let submission = match Submission::read(exercise, source) {
            Ok(submission) => submission,
            Err(why) => return Ok(Verdict::Refused(Refusal::File(why))),
        };
        if let Some(why) = submission.refusal() {
            return Ok(Verdict::Refused(Refusal::File(why)));
        }
        let (staging, _turn) = self.staging(&submission.name)?;
        let (builds, mut place) = self.build_and_boot(&submission, &staging)?;
        let verdict = match program_of(&submission, &builds) {
            Ok(program) => self.judge(&submission, program, &mut place),
            Err(why) => Ok(Verdict::Refused(why)),
        };
        // The verdict is read while the lab comes to its end.
        *lock(&self.leaving) = Some(place.leave());
        verdict
    }

    /// Builds a submission, and makes the place for its check meanwhile.
    fn build_and_boot(
        &self,
        submission: &Submission,
        staging: &Path,
    ) -> Result<(Builds, Place), Error> {
        let build = || -> Result<Builds, Error> {
            let builds = self.build(std::slice::from_ref(submission), staging)?;
            if program_of(submission, &builds).is_ok() {
                self.tools()?;
            }
            Ok(builds)
        };
        // A lab ends with the thread that has booted it: both are booted by this one.
        if submission.exercise.is_rust() {
            self.start_sandbox(staging);
        }
        thread::scope(|scope| {
            let building = scope.spawn(build);
            let place = Place::new(&submission.exercise, &staging.join("run"), self.mode);
            let builds = building.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            Ok((builds, place?))
        })
    }

    /// Grades many at once, each in a lab of its own. Those with one name are one submission, which
    /// is built once and checked as often as it is there.
    pub(crate) fn grade_all(&self, submissions: &[Submission]) -> Result<Vec<Graded>, Error> {
        let (staging, _turn) = self.staging("verify")?;
        let builds = self.build(submissions, &staging)?;
        // Two for each processor: a wrong answer spends most of its time waiting for what never
        // comes.
        let processors = thread::available_parallelism().map_or(2, usize::from);
        let workers = processors.saturating_mul(2).min(LABS_MAX);
        let graded = in_parallel(workers, submissions.len(), |index| {
            let submission = &submissions[index];
            if let Some(why) = submission.refusal() {
                return Ok(Graded::refused(Refusal::File(why)));
            }
            let program = match program_of(submission, &builds) {
                Ok(program) => program,
                Err(why) => return Ok(Graded::refused(why)),
            };
            let dir = staging.join(format!("run-{index}"));
            let mut place = Place::new(&submission.exercise, &dir, self.mode)?;
            let verdict = self.judge(submission, program, &mut place)?;
            let warnings = program.map_or_else(String::new, |it| it.warnings.clone());
            Ok(Graded { verdict, warnings })
        });
        graded.into_iter().collect()
    }

    /// Builds what the learner has in `source`, and lays it out to be tried by hand. The inner
    /// `Err` is the reason why that can't be done: the learner's, not an error of the course.
    pub(crate) fn by_hand(
        &self,
        exercise: &Exercise,
        source: &Path,
    ) -> Result<Result<Layout, Refusal>, Error> {
        let submission = match Submission::read(exercise, source) {
            Ok(submission) => submission,
            Err(why) => return Ok(Err(Refusal::File(why))),
        };
        let (staging, _turn) = self.staging(&submission.name)?;
        let mut builds = self.build(std::slice::from_ref(&submission), &staging)?;
        let program = match builds.remove(&submission.name).transpose() {
            Ok(program) => program.map(|program| program.path),
            Err(why) => return Ok(Err(why)),
        };
        // A directory of its own: a check in another terminal clears that of its submission.
        let dir = staging.with_file_name(format!("shell-{}", std::process::id()));
        let layout = Layout::by_hand(&dir, &submission, program.as_deref());
        layout.map(Ok).map_err(|error| Error::write(&dir, error))
    }

    fn tools(&self) -> Result<Tools, Error> {
        let mut tools = lock(&self.tools);
        match &*tools {
            Some(tools) => Ok(tools.clone()),
            None => Ok(tools.insert(build::tools(self.project)?).clone()),
        }
    }

    fn build(&self, submissions: &[Submission], staging: &Path) -> Result<Builds, Error> {
        let mut names = HashSet::new();
        let programs: Vec<&Submission> = submissions
            .iter()
            .filter(|submission| submission.exercise.is_rust() && names.insert(&submission.name))
            .collect();
        if programs.is_empty() {
            return Ok(Builds::new());
        }
        self.start_sandbox(staging);
        let sandbox = lock(&self.sandbox);
        build::build(self.project, staging, &programs, sandbox.as_ref(), self.color)
    }

    /// Starts the sandbox for what is in `staging`, unless it is there already.
    fn start_sandbox(&self, staging: &Path) {
        let mut sandbox = lock(&self.sandbox);
        if sandbox.as_ref().is_none_or(|sandbox| sandbox.staging != staging) {
            *sandbox = Sandbox::start(self.project, staging, self.mode);
        }
    }

    /// Runs the check on a submission that has been through the compiler.
    fn judge(
        &self,
        submission: &Submission,
        program: Option<&Program>,
        place: &mut Place,
    ) -> Result<Verdict, Error> {
        let path = program.map(|program| program.path.as_path());
        let tools = self.tools()?;
        let mut verdict = run::run(submission, path, &tools.check, place)?;
        if let Verdict::Tried { promises, .. } = &mut verdict {
            own_file::name_own_file(submission, self.project, promises);
        }
        if let (Verdict::Tried { promises, .. }, None, Some(linter)) =
            (&mut verdict, program, &tools.linter)
        {
            linter::add_finding(linter, submission, promises);
        }
        Ok(verdict)
    }

    /// Where submissions are built and laid out; part of the target directory, and as easily thrown
    /// away. It is ours while the file that comes with it is open: whoever grades the same exercise
    /// in another terminal takes turns with us.
    fn staging(&self, name: &str) -> Result<(PathBuf, File), Error> {
        let directory = self.project.root.join("target/course");
        let path = directory.join(format!("{name}.lock"));
        let lock = || {
            fs::create_dir_all(&directory)?;
            let file = File::create(&path)?;
            file.lock()?;
            Ok(file)
        };
        let turn = lock().map_err(|error| Error::write(&path, error))?;
        Ok((directory.join(name), turn))
    }
}

/// What was built from `submission`, if it is to be built; or why that did not work.
fn program_of<'b>(
    submission: &Submission,
    builds: &'b Builds,
) -> Result<Option<&'b Program>, Refusal> {
    builds.get(&submission.name).map(Result::as_ref).transpose().map_err(Refusal::clone)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
