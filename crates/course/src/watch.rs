//! Checks an exercise again whenever its file is saved, and answers keys.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anstyle::Style;
use check_report::text;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use notify::{Config, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};

use crate::error::Error;
use crate::exercise::Exercise;
use crate::grade::{Grader, report};
use crate::lesson::lesson;
use crate::terminal::Terminal;
use crate::work::{Standing, Work};

const PLAIN: Style = Style::new();

/// An editor saves in several steps; they count as one.
const SETTLE: Duration = Duration::from_millis(50);
/// How long the file system may take to tell of a change, before we look for ourselves.
const SELF_TEST: Duration = Duration::from_millis(500);
/// How often we look then.
const POLL: Duration = Duration::from_millis(300);

/// What the terminal sends for Ctrl-C, and for Ctrl-D.
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;

/// What can happen while we wait.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    Changed(PathBuf),
    Key(u8),
}

/// Watches the exercise that the learner is at, until they quit.
pub(crate) fn watch(
    work: &mut Work<'_>,
    grader: &Grader<'_>,
    first: Exercise,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let mut exercise = first;
    let (sender, events) = mpsc::channel();
    let folder = work.project.work.clone();
    fs::create_dir_all(&folder).map_err(|error| Error::write(&folder, error))?;
    let (_watcher, polling) = watcher(&folder, &sender, &events)
        .map_err(|error| Error::Watch { cause: error.to_string() })?;
    if polling {
        terminal.say(
            "The file system tells of no changes here, so the files are looked at three times a \
             second.",
        )?;
    }
    let _keys = Keys::listen(sender);
    open(work, &exercise, terminal)?;
    check(work, grader, &exercise, terminal)?;
    loop {
        match events.recv().map_err(|_| Error::Quit)? {
            Event::Changed(path) if concerns(work, &exercise, &path) => {
                settle(&events);
                check(work, grader, &exercise, terminal)?;
            }
            Event::Changed(_) => {}
            Event::Key(b'q' | CTRL_D) => return Ok(()),
            Event::Key(b'h') => work.hint(&exercise, terminal)?,
            Event::Key(b'l') => work.list(terminal)?,
            Event::Key(b'c' | b'\n') => check(work, grader, &exercise, terminal)?,
            Event::Key(b'r') => {
                run_lesson(work, &exercise, terminal)?;
                help(terminal)?;
            }
            Event::Key(b'n') => match work.next()? {
                Some(next) if next.key != exercise.key => {
                    exercise = next;
                    open(work, &exercise, terminal)?;
                    check(work, grader, &exercise, terminal)?;
                }
                Some(_) => terminal.say("This one comes first: the next opens when it passes.")?,
                None => terminal.say("That was the last exercise. Well done.")?,
            },
            Event::Key(_) => help(terminal)?,
        }
    }
}

fn open(
    work: &mut Work<'_>,
    exercise: &Exercise,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    terminal.line(PLAIN, "")?;
    work.start(exercise, terminal)
}

/// One verdict, and what to do next. What keeps a check from running may be mended before the next save.
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
            terminal.line(PLAIN, &error.to_string())?;
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
    report(&verdict, exercise, &work.folder(exercise), terminal)?;
    if verdict.passed() && work.standing(exercise) != Standing::Passed {
        work.progress.pass(exercise)?;
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
    let args = crate::cli::LessonArgs { name: exercise.lesson.to_string(), yes: true, mode: None };
    match lesson(work.project, &args, terminal) {
        // The lesson's own trouble does not end the watch.
        Err(error) if !error.is_broken_pipe() => terminal.line(PLAIN, &error.to_string()),
        other => other,
    }
}

/// Whether a change is of a file that the learner may edit. Editors save by renaming, so it is the name that counts.
fn concerns(work: &Work<'_>, exercise: &Exercise, path: &Path) -> bool {
    let dir = exercise.work_dir(work.project);
    exercise.manifest.edit.iter().any(|file| path == dir.join(file))
}

/// Lets the other steps of a save pass by. Keys that come in between are not worth keeping.
fn settle(events: &Receiver<Event>) {
    while events.recv_timeout(SETTLE).is_ok() {}
}

/// A watcher that works: the system's, if it passes a test, or else one that looks for itself.
fn watcher(
    folder: &Path,
    sender: &Sender<Event>,
    events: &Receiver<Event>,
) -> notify::Result<(Box<dyn Watcher>, bool)> {
    let handler = |sender: Sender<Event>| {
        move |change: notify::Result<notify::Event>| {
            let Ok(change) = change else { return };
            if change.kind.is_access() {
                return;
            }
            for path in change.paths {
                // The receiver is gone when the watch has ended.
                let _ = sender.send(Event::Changed(path));
            }
        }
    };
    if let Ok(mut watcher) = RecommendedWatcher::new(handler(sender.clone()), Config::default())
        && watcher.watch(folder, RecursiveMode::Recursive).is_ok()
        && tells(folder, events)
    {
        return Ok((Box::new(watcher), false));
    }
    let config = Config::default().with_poll_interval(POLL).with_compare_contents(true);
    let mut watcher = PollWatcher::new(handler(sender.clone()), config)?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    Ok((Box::new(watcher), true))
}

/// Makes a change and sees whether it is told of: on a network file system it may not be.
fn tells(folder: &Path, events: &Receiver<Event>) -> bool {
    let probe = folder.join(format!(".watch-{}", std::process::id()));
    let written = fs::write(&probe, "").is_ok();
    let deadline = Instant::now() + SELF_TEST;
    let told = written
        && loop {
            match events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Event::Changed(path)) if path == probe => break true,
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break false,
            }
        };
    let _ = fs::remove_file(&probe);
    told
}

/// The terminal set to give each key at once; as it was when this is dropped.
struct Keys(Option<Termios>);

impl Keys {
    fn listen(sender: Sender<Event>) -> Self {
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
                    // At once, also in the middle of a check; the terminal must not stay without an echo.
                    drop(Keys(given));
                    std::process::exit(130);
                }
                if sender.send(Event::Key(key)).is_err() {
                    return;
                }
            }
            // The terminal is closed.
            let _ = sender.send(Event::Key(b'q'));
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
