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

use std::fs::{self, File};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use lab::Mode;

pub use build::compile_if_asked;
pub(crate) use report::report;
pub(crate) use run::Layout;
pub(crate) use submission::Submission;
pub(crate) use verdict::{Promise, Refusal, Verdict};

use self::build::{Built, Program, Sandbox, Tools};
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

impl<'a> Grader<'a> {
    /// A grader; it builds nothing before there is something to grade.
    pub(crate) fn new(project: &'a Project, mode: Option<Mode>, color: bool) -> Self {
        let (tools, sandbox, leaving) = (Mutex::default(), Mutex::default(), Mutex::default());
        Grader { project, mode, color, tools, sandbox, leaving }
    }

    /// Grades what the learner has in `source`.
    pub(crate) fn grade(&self, exercise: &Exercise, source: &Path) -> Result<Verdict, Error> {
        let read = Submission::read(exercise, source);
        let solved = read.and_then(|submission| submission.refuse_unsolved().map(|()| submission));
        let submission = match solved {
            Ok(submission) => submission,
            Err(why) => return Ok(Verdict::Refused(Refusal::File(why))),
        };
        let (staging, _turn) = self.staging(&submission.name)?;
        let build = || -> Result<Built, Error> {
            let built = self.build_one(&submission, &staging)?;
            if built.is_ok() {
                self.tools()?;
            }
            Ok(built)
        };
        // A lab ends with the thread that has booted it: both are booted by this one.
        self.start_sandbox(std::slice::from_ref(&submission), &staging);
        let (built, place) = thread::scope(|scope| {
            let building = scope.spawn(build);
            let place = Place::new(exercise, &staging.join("run"), self.mode);
            (building.join().unwrap_or_else(|panic| resume_unwind(panic)), place)
        });
        let (built, mut place) = (built?, place?);
        let verdict = match built {
            Ok(program) => self.judge(&submission, program.as_ref(), &mut place),
            Err(why) => Ok(Verdict::Refused(why)),
        };
        // The verdict is read while the lab comes to its end.
        *lock(&self.leaving) = Some(place.leave());
        verdict
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
            let solved = submission.refuse_unsolved().map_err(Refusal::File);
            let program = match solved.and_then(|()| builds[index].clone()) {
                Ok(program) => program,
                Err(why) => {
                    let (verdict, warnings) = (Verdict::Refused(why), String::new());
                    return Ok(Graded { verdict, warnings });
                }
            };
            let dir = staging.join(format!("run-{index}"));
            let mut place = Place::new(&submission.exercise, &dir, self.mode)?;
            let verdict = self.judge(submission, program.as_ref(), &mut place)?;
            let warnings = program.map(|program| program.warnings).unwrap_or_default();
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
        let program = match self.build_one(&submission, &staging)? {
            Ok(program) => program.map(|program| program.path),
            Err(why) => return Ok(Err(why)),
        };
        // A directory of its own: a check in another terminal clears that of its submission.
        let dir = staging.with_file_name(format!("shell-{}", std::process::id()));
        let layout = Layout::begin(&dir).and_then(|mut layout| {
            layout.fill(&submission, program.as_deref())?;
            Ok(layout)
        });
        layout.map(Ok).map_err(|error| Error::write(&dir, error))
    }

    fn tools(&self) -> Result<Tools, Error> {
        let mut tools = lock(&self.tools);
        match &*tools {
            Some(tools) => Ok(tools.clone()),
            None => Ok(tools.insert(build::tools(self.project)?).clone()),
        }
    }

    fn build_one(&self, submission: &Submission, staging: &Path) -> Result<Built, Error> {
        Ok(self.build(std::slice::from_ref(submission), staging)?.remove(0))
    }

    /// What came of each of the `submissions`, in order.
    fn build(&self, submissions: &[Submission], staging: &Path) -> Result<Vec<Built>, Error> {
        self.start_sandbox(submissions, staging);
        let sandbox = lock(&self.sandbox);
        build::build(self.project, staging, submissions, sandbox.as_ref(), self.color)
    }

    /// Starts the sandbox for programs in `staging`, unless it is there already.
    fn start_sandbox(&self, submissions: &[Submission], staging: &Path) {
        let mut sandbox = lock(&self.sandbox);
        let is_there = sandbox.as_ref().is_some_and(|sandbox| sandbox.staging == staging);
        if !is_there && submissions.iter().any(|submission| submission.exercise.is_rust()) {
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
            if let (None, Some(linter)) = (program, &tools.linter) {
                linter::add_finding(linter, submission, promises);
            }
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
