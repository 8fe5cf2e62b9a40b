//! Checks an exercise again whenever its file is saved, and answers keys.

mod choose;
mod keys;
mod screen;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::{Duration, Instant};

use check_report::text;

use self::keys::{CTRL_D, CTRL_Z, Keys};
use crate::by_hand;
use crate::cli::LessonArgs;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::grade::{Grader, Verdict};
use crate::lesson::lesson;
use crate::terminal::Terminal;
use crate::work::{Standing, Work};

/// An editor saves in several steps; they count as one.
const SETTLE: Duration = Duration::from_millis(25);

/// What tells one save of a file from another: when it was changed, which file has the name, and
/// how long it is; nothing while there is no such file.
type Saved = Vec<Option<(i64, i64, u64, u64)>>;

/// A learner who watches one exercise after the other.
struct Watch<'a, 't> {
    work: Work<'a>,
    grader: Grader<'a>,
    terminal: &'a mut Terminal<'t>,
    keys: Keys,
    exercise: Exercise,
    /// How its files were last saved.
    seen: Saved,
    /// The last verdict, or why there was none, and how long it took.
    last: Option<(Result<Verdict, Error>, Duration)>,
    /// What is on the screen, from the top to the bottom.
    parts: Vec<Part>,
}

/// One thing on the screen.
#[derive(Clone, Copy)]
enum Part {
    Task,
    Verdict,
    /// The hint of this number.
    Hint(usize),
    Solution,
}

/// Watches the exercise that the learner is at, until they quit.
pub(crate) fn watch<'a>(
    work: Work<'a>,
    grader: Grader<'a>,
    exercise: Exercise,
    terminal: &'a mut Terminal<'_>,
) -> Result<(), Error> {
    let (keys, seen, parts) = (Keys::listen(), Saved::new(), Vec::new());
    let mut watch = Watch { work, grader, terminal, keys, exercise, seen, last: None, parts };
    watch.open()?;
    loop {
        let Some(key) = watch.keys.next() else {
            if watch.saved() != watch.seen {
                watch.seen = watch.settled();
                watch.check()?;
            } else if watch.terminal.is_resized() {
                watch.show_again()?;
            }
            continue;
        };
        if matches!(key, b'q' | CTRL_D) {
            return Ok(());
        }
        match watch.obey(key) {
            // What was asked for did not work; that is no reason to end.
            Err(error) if !matches!(error, Error::Output(_)) => {
                watch.terminal.say(error.text())?;
                watch.help()?;
            }
            done => done?,
        }
    }
}

impl Watch<'_, '_> {
    fn obey(&mut self, key: u8) -> Result<(), Error> {
        match key {
            b'c' | b'\n' => return self.check(),
            b'n' => return self.next(),
            b'x' => return self.reset(),
            b'l' => return self.list(),
            b't' => self.task()?,
            b'h' => {
                let (number, noted) = self.work.next_hint(&self.exercise);
                self.show(Part::Hint(number))?;
                noted?;
            }
            b'o' => self.show(Part::Solution)?,
            CTRL_Z => {
                self.keys.suspend();
                return self.show_again();
            }
            b'r' => self.walk()?,
            b's' => self.keys.aside(|| {
                by_hand::open(&self.work, &self.grader, &self.exercise, None, self.terminal)
            })?,
            b'e' => self.keys.aside(|| self.work.edit(&self.exercise))?,
            _ => {}
        }
        self.help()
    }

    /// Starts the exercise, and checks it a first time.
    fn open(&mut self) -> Result<(), Error> {
        self.task()?;
        // Before the check: a save in the middle of it is to be checked too.
        self.seen = self.saved();
        let noted = self.grade()?;
        self.verdict(noted)
    }

    /// The task on a clear screen.
    fn task(&mut self) -> Result<(), Error> {
        self.clear()?;
        self.work.begin(&self.exercise, self.terminal.words())?;
        self.show(Part::Task)
    }

    /// A verdict on a clear screen.
    fn check(&mut self) -> Result<(), Error> {
        self.clear()?;
        let noted = self.grade()?;
        self.clear()?;
        self.verdict(noted)
    }

    /// Checks once; what is returned is whether a pass could be noted. What keeps a check from
    /// running may be mended before the next save.
    ///
    /// That a save was noticed is seen at once: the check may have to wait for a build, and for
    /// another one's.
    fn grade(&mut self) -> Result<Result<(), Error>, Error> {
        self.terminal.passing(text!("Checking {id}...", id = self.exercise.id()))?;
        let begin = Instant::now();
        let verdict = self.grader.grade(&self.exercise, &self.exercise.work_dir(self.work.project));
        let passed = verdict.as_ref().is_ok_and(Verdict::passed);
        self.last = Some((verdict, begin.elapsed()));
        let is_new = passed && self.work.standing(&self.exercise) != Standing::Passed;
        Ok(if is_new { self.work.pass(&self.exercise) } else { Ok(()) })
    }

    /// The verdict, and what to do next.
    fn verdict(&mut self, noted: Result<(), Error>) -> Result<(), Error> {
        self.show(Part::Verdict)?;
        // A pass that cannot be noted is one all the same.
        if let Err(error) = noted {
            self.terminal.say(error.text())?;
        }
        self.work.warn(self.terminal);
        self.help()
    }

    /// Goes on with the exercise that was started in another terminal meanwhile, or with the next
    /// that is not passed. One that is not passed yet is skipped.
    fn next(&mut self) -> Result<(), Error> {
        if let Some(started) = self.work.started_beside(&self.exercise)? {
            return self.go_to(started);
        }
        let open = self.work.not_passed()?;
        let after = open.iter().find(|next| next.key > self.exercise.key);
        match after.or_else(|| open.iter().find(|next| next.key != self.exercise.key)) {
            Some(next) => self.go_to(next.clone()),
            None if open.is_empty() => {
                self.terminal.say("That was the last exercise that there is. Well done.")
            }
            None => self.terminal.say("This one is all that is left."),
        }
    }

    fn go_to(&mut self, exercise: Exercise) -> Result<(), Error> {
        self.exercise = exercise;
        self.open()
    }

    fn list(&mut self) -> Result<(), Error> {
        match self.choose()? {
            Some(exercise) if exercise.key != self.exercise.key => self.go_to(exercise),
            _ => self.show_again(),
        }
    }

    fn reset(&mut self) -> Result<(), Error> {
        self.terminal.say("Put the starter back? What you have is kept aside. y does it.")?;
        if self.keys.wait() == b'y' {
            self.work.reset(&self.exercise, self.terminal)?;
            self.parts = vec![Part::Task];
            self.seen = self.saved();
        } else {
            self.terminal.say("Nothing was changed.")?;
        }
        self.help()
    }

    /// Walks the lesson of the exercise, with its pauses.
    fn walk(&mut self) -> Result<(), Error> {
        self.clear()?;
        let args = LessonArgs { name: None, yes: false, read: false, mode: None };
        let chapter = self.work.project.lesson(&self.exercise.lesson.to_string())?;
        self.keys.aside(|| lesson(self.work.project, &chapter, &args, self.terminal))
    }

    /// How the files that the learner may edit were last saved.
    fn saved(&self) -> Saved {
        let dir = self.exercise.work_dir(self.work.project);
        let saved = |file: &String| {
            let file = fs::metadata(dir.join(file)).ok()?;
            Some((file.mtime(), file.mtime_nsec(), file.ino(), file.len()))
        };
        self.exercise.manifest.edit.iter().map(saved).collect()
    }

    /// The same, once the editor is done.
    fn settled(&self) -> Saved {
        loop {
            let seen = self.saved();
            thread::sleep(SETTLE);
            if self.saved() == seen {
                return seen;
            }
        }
    }
}
