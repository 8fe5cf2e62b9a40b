//! Checks an exercise again whenever its file is saved, and answers keys.

mod choose;
mod keys;
mod screen;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::{Duration, Instant};

use check_report::text;

use self::choose::choose;
use self::keys::{CTRL_D, CTRL_Z, Keys};
use self::screen::{Part, Screen, help};
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

/// A learner who watches one exercise after the other.
struct Watch<'a, 'p> {
    work: &'a mut Work<'p>,
    grader: &'a Grader<'p>,
    keys: Keys,
    exercise: Exercise,
    /// How its files were last saved.
    seen: Saved,
    screen: Screen,
}

/// Watches the exercise that the learner is at, until they quit.
pub(crate) fn watch<'p>(
    work: &mut Work<'p>,
    grader: &Grader<'p>,
    first: Exercise,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let keys = Keys::listen();
    let (seen, screen) = (Saved::new(), Screen::default());
    let mut watch = Watch { work, grader, keys, exercise: first, seen, screen };
    watch.open(terminal)?;
    loop {
        let Some(key) = watch.keys.next() else {
            if saved(watch.work, &watch.exercise) != watch.seen {
                watch.seen = settled(watch.work, &watch.exercise);
                watch.check(terminal)?;
            } else if terminal.is_resized() {
                watch.show_again(terminal)?;
            }
            continue;
        };
        if matches!(key, b'q' | CTRL_D) {
            return Ok(());
        }
        match watch.obey(key, terminal) {
            // What was asked for did not work; that is no reason to end.
            Err(error) if !matches!(error, Error::Output(_)) => {
                terminal.say(error.text())?;
                help(terminal)?;
            }
            done => done?,
        }
    }
}

impl Watch<'_, '_> {
    fn obey(&mut self, key: u8, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        match key {
            b'c' | b'\n' => return self.check(terminal),
            b'n' => return self.next(terminal),
            b'x' => return self.reset(terminal),
            b'l' => return self.choose(terminal),
            b't' => {
                self.screen.clear(terminal)?;
                self.work.begin(&self.exercise, terminal.words())?;
                self.show(Part::Task, terminal)?;
            }
            b'h' => {
                let (number, noted) = self.work.next_hint(&self.exercise);
                self.show(Part::Hint(number), terminal)?;
                noted?;
            }
            b'o' => self.show(Part::Solution, terminal)?,
            CTRL_Z => {
                self.keys.suspend();
                return self.show_again(terminal);
            }
            b'r' => self.walk(terminal)?,
            b's' => {
                let (work, grader, exercise) = (&*self.work, self.grader, &self.exercise);
                self.keys.aside(|| by_hand::open(work, grader, exercise, None, terminal))?;
            }
            b'e' => self.keys.aside(|| self.work.edit(&self.exercise))?,
            _ => {}
        }
        help(terminal)
    }

    /// Shows one more thing.
    fn show(&mut self, part: Part, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        self.screen.show(part, self.work, &self.exercise, terminal)
    }

    fn show_again(&mut self, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        self.screen.show_again(self.work, &self.exercise, terminal)
    }

    /// Starts the exercise, and checks it a first time.
    fn open(&mut self, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        self.screen.clear(terminal)?;
        self.work.begin(&self.exercise, terminal.words())?;
        self.show(Part::Task, terminal)?;
        // Before the check: a save in the middle of it is to be checked too.
        self.seen = saved(self.work, &self.exercise);
        let noted = self.grade(terminal)?;
        self.verdict(noted, terminal)
    }

    /// A verdict on a clear screen.
    fn check(&mut self, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        self.screen.clear(terminal)?;
        let noted = self.grade(terminal)?;
        self.screen.clear(terminal)?;
        self.verdict(noted, terminal)
    }

    /// Checks once; what is returned is whether a pass could be noted. What keeps a check from
    /// running may be mended before the next save.
    ///
    /// That a save was noticed is seen at once: the check may have to wait for a build, and for
    /// another one's.
    fn grade(&mut self, terminal: &mut Terminal<'_>) -> Result<Result<(), Error>, Error> {
        terminal.passing(text!("Checking {id}...", id = self.exercise.id()))?;
        let begin = Instant::now();
        let verdict = self.grader.grade(&self.exercise, &self.exercise.work_dir(self.work.project));
        let passed = verdict.as_ref().is_ok_and(Verdict::passed);
        self.screen.last = Some((verdict, begin.elapsed()));
        let is_new = passed && self.work.standing(&self.exercise) != Standing::Passed;
        Ok(if is_new { self.work.pass(&self.exercise) } else { Ok(()) })
    }

    /// The verdict, and what to do next.
    fn verdict(
        &mut self,
        noted: Result<(), Error>,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        self.show(Part::Verdict, terminal)?;
        // A pass that cannot be noted is one all the same.
        if let Err(error) = noted {
            terminal.say(error.text())?;
        }
        self.work.warn(terminal);
        help(terminal)
    }

    /// Goes on with the exercise that was started in another terminal meanwhile, or with the next
    /// that is not passed. One that is not passed yet is skipped.
    fn next(&mut self, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        if let Some(started) = self.work.started_beside(&self.exercise)? {
            return self.go_to(started, terminal);
        }
        let open = self.work.not_passed()?;
        let after = open.iter().find(|next| next.key > self.exercise.key);
        match after.or_else(|| open.iter().find(|next| next.key != self.exercise.key)) {
            Some(next) => self.go_to(next.clone(), terminal),
            None if open.is_empty() => {
                terminal.say("That was the last exercise that there is. Well done.")
            }
            None => terminal.say("This one is all that is left."),
        }
    }

    fn go_to(&mut self, exercise: Exercise, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        self.exercise = exercise;
        self.open(terminal)
    }

    fn choose(&mut self, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        match choose(self.work, &self.exercise, &self.keys, terminal)? {
            Some(exercise) if exercise.key != self.exercise.key => self.go_to(exercise, terminal),
            _ => self.show_again(terminal),
        }
    }

    fn reset(&mut self, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        terminal.say("Put the starter back? What you have is kept aside. y does it.")?;
        if self.keys.wait() != b'y' {
            terminal.say("Nothing was changed.")?;
            return help(terminal);
        }
        self.work.reset(&self.exercise, terminal)?;
        self.screen.parts = vec![Part::Task];
        self.seen = saved(self.work, &self.exercise);
        help(terminal)
    }

    /// Walks the lesson of the exercise, with its pauses.
    fn walk(&mut self, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        self.screen.clear(terminal)?;
        let args = LessonArgs { name: None, yes: false, read: false, mode: None };
        let chapter = self.work.project.lesson(&self.exercise.lesson.to_string())?;
        self.keys.aside(|| lesson(self.work.project, &chapter, &args, terminal))
    }
}

/// What tells one save of a file from another: when it was changed, which file has the name, and
/// how long it is; nothing while there is no such file.
type Saved = Vec<Option<(i64, i64, u64, u64)>>;

/// How the files that the learner may edit were last saved.
fn saved(work: &Work<'_>, exercise: &Exercise) -> Saved {
    let dir = exercise.work_dir(work.project);
    let saved = |file: &String| {
        let file = fs::metadata(dir.join(file)).ok()?;
        Some((file.mtime(), file.mtime_nsec(), file.ino(), file.len()))
    };
    exercise.manifest.edit.iter().map(saved).collect()
}

/// The same, once the editor is done.
fn settled(work: &Work<'_>, exercise: &Exercise) -> Saved {
    loop {
        let seen = saved(work, exercise);
        thread::sleep(SETTLE);
        if saved(work, exercise) == seen {
            return seen;
        }
    }
}
