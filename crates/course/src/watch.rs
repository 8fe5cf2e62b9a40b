//! Checks an exercise again whenever its file is saved, and answers keys.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::os::unix::fs::MetadataExt;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anstyle::Style;
use check_report::text;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

use crate::cli::LessonArgs;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::grade::{Grader, report};
use crate::lesson::lesson;
use crate::terminal::Terminal;
use crate::work::{Standing, Work};

const PLAIN: Style = Style::new();

/// How often the learner's files are looked at. They are few, so a look costs less than it would to
/// be told of changes, and it works on a file system that tells of none.
const POLL: Duration = Duration::from_millis(20);
/// An editor saves in several steps; they count as one.
const SETTLE: Duration = Duration::from_millis(50);

/// What the terminal sends for Ctrl-C, and for Ctrl-D.
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;

/// Watches the exercise that the learner is at, until they quit.
pub(crate) fn watch(
    work: &mut Work<'_>,
    grader: &Grader<'_>,
    first: Exercise,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let mut exercise = first;
    let (sender, keys) = mpsc::channel();
    let _keys = Keys::listen(sender.clone());
    let mut seen = open(work, grader, &exercise, terminal)?;
    loop {
        let Some(key) = next_key(&keys, POLL) else {
            if saved(work, &exercise) != seen {
                seen = settled(work, &exercise);
                check(work, grader, &exercise, terminal)?;
            }
            continue;
        };
        match key {
            b'q' | CTRL_D => return Ok(()),
            b'h' => work.hint(&exercise, terminal)?,
            b'l' => work.list(terminal)?,
            b'c' | b'\n' => check(work, grader, &exercise, terminal)?,
            b'r' => {
                run_lesson(work, &exercise, terminal)?;
                help(terminal)?;
            }
            b'n' => match work.next()? {
                Some(next) if next.key != exercise.key => {
                    exercise = next;
                    seen = open(work, grader, &exercise, terminal)?;
                }
                Some(_) => {
                    terminal.say("This one comes first: the next opens when it passes.")?;
                }
                None => terminal.say("That was the last exercise. Well done.")?,
            },
            _ => help(terminal)?,
        }
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

/// The key that was pressed within `limit`, if one was.
fn next_key(keys: &Receiver<u8>, limit: Duration) -> Option<u8> {
    match keys.recv_timeout(limit) {
        Ok(key) => Some(key),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => Some(CTRL_D),
    }
}

fn open(
    work: &mut Work<'_>,
    grader: &Grader<'_>,
    exercise: &Exercise,
    terminal: &mut Terminal<'_>,
) -> Result<Saved, Error> {
    terminal.line(PLAIN, "")?;
    work.start(exercise, terminal)?;
    // Before the check: a save in the middle of it is to be checked too.
    let seen = saved(work, exercise);
    check(work, grader, exercise, terminal)?;
    Ok(seen)
}

/// One verdict, and what to do next. What keeps a check from running may be mended before the next
/// save.
fn check(
    work: &mut Work<'_>,
    grader: &Grader<'_>,
    exercise: &Exercise,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    terminal.line(PLAIN, "")?;
    let begin = Instant::now();
    let checked = grade(work, grader, exercise, terminal);
    let passed = match checked {
        Err(error @ Error::Output(_)) => return Err(error),
        Err(error) => {
            terminal.say(error.text())?;
            false
        }
        Ok(passed) => passed,
    };
    work.warn();
    let time = format!("{:.1} s", begin.elapsed().as_secs_f64());
    terminal.say(match passed {
        true => text!("{time}. n opens the next exercise.", time),
        false => text!("{time}. Save the file, and it is checked again.", time),
    })?;
    help(terminal)
}

/// Checks, and notes a pass.
fn grade(
    work: &mut Work<'_>,
    grader: &Grader<'_>,
    exercise: &Exercise,
    terminal: &mut Terminal<'_>,
) -> Result<bool, Error> {
    let verdict = grader.grade(exercise, &exercise.work_dir(work.project))?;
    report(&verdict, exercise, &work.directory(exercise), terminal)?;
    if verdict.passed() && work.standing(exercise) != Standing::Passed {
        work.pass(exercise)?;
    }
    Ok(verdict.passed())
}

fn help(terminal: &mut Terminal<'_>) -> Result<(), Error> {
    if !io::stdin().is_terminal() {
        return Ok(());
    }
    let keys = "h hint   n next   l list   c check   r walk the lesson   q quit";
    terminal.say_in(PLAIN.dimmed(), keys)
}

fn run_lesson(
    work: &Work<'_>,
    exercise: &Exercise,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let here = text!(
        "Lesson {number}, without a stop. In another terminal, cargo course lesson {number} waits \
         for you at each step.",
        number = exercise.lesson,
    );
    terminal.say_in(PLAIN.bold(), here)?;
    let args = LessonArgs { name: exercise.lesson.to_string(), yes: true, read: false, mode: None };
    match lesson(work.project, &args, terminal) {
        // The lesson's own trouble does not end the watch.
        Err(error) if !error.is_broken_pipe() => terminal.say(error.text()),
        other => other,
    }
}

/// The terminal set to give each key at once; as it was when this is dropped.
struct Keys(Option<Termios>);

impl Keys {
    fn listen(sender: Sender<u8>) -> Self {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return Keys(None);
        }
        let before = tcgetattr(&stdin).ok();
        if let Some(mut single) = before.clone() {
            single.local_flags -= LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG;
            let _ = tcsetattr(&stdin, SetArg::TCSANOW, &single);
        }
        let given = before.clone();
        thread::spawn(move || {
            for key in io::stdin().lock().bytes() {
                let Ok(key) = key else { break };
                if key == CTRL_C {
                    // At once, also in the middle of a check; the terminal must not stay without an
                    // echo.
                    drop(Keys(given));
                    std::process::exit(130);
                }
                if sender.send(key).is_err() {
                    return;
                }
            }
            // The terminal is closed.
            let _ = sender.send(CTRL_D);
        });
        Keys(before)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, before);
        }
    }
}
