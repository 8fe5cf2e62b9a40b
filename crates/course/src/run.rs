//! From the command line to what it asks for.

use std::path::Path;

use anstyle::Style;
use check_report::{Text, text};
use lab::Mode;

use crate::after::after;
use crate::author;
use crate::book::{book, preprocess};
use crate::by_hand;
use crate::cli::{BookArgs, BookStep, Cli, Command, LessonArgs};
use crate::error::Error;
use crate::exercise::Exercise;
use crate::grade::{Grader, report};
use crate::lab_words::finding;
use crate::language::{Blessing, Language, Speech, Survey, bless, remember, survey};
use crate::lesson::lesson;
use crate::overview::overview;
use crate::project::{Lesson, Project};
use crate::quiz;
use crate::terminal::Terminal;
use crate::verify::verify;
use crate::watch::watch;
use crate::work::Work;

/// Does what `cli` asks for, in the project around the directory `from`.
pub fn run(cli: Cli, from: &Path, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let mut project = Project::find(from)?;
    if let Some(work) = &cli.work {
        project.work = from.join(work);
    }
    let Some(command) = cli.command else {
        return overview(&project, terminal);
    };
    match command {
        Command::Lesson(args) => walk(&project, &args, terminal),
        Command::Quiz { name, prove } => {
            let lesson = meant(&project, name.as_deref(), terminal)?;
            let quiz = if prove { quiz::prove } else { quiz::quiz };
            quiz(&project, &lesson, terminal)
        }
        Command::List => Work::open(&project, terminal)?.list(terminal),
        Command::Start { which, edit } => {
            let mut work = Work::open(&project, terminal)?;
            let exercise = work.next_or(which.name.as_deref())?;
            work.start(&exercise, terminal)?;
            if edit { work.edit(&exercise) } else { Ok(()) }
        }
        Command::Check { which, mode, json } => {
            let (work, exercise) = at(&project, which.name, terminal)?;
            check(work, &exercise, mode, json, terminal)
        }
        Command::Watch { which, mode } => {
            let is_named = which.name.is_some();
            let (work, exercise) = at(&project, which.name, terminal)?;
            if is_named {
                work.is_named(&exercise);
            }
            watch(work, Grader::new(&project, mode, true), exercise, terminal)
        }
        Command::Shell(args) => by_hand::shell(&project, &args, terminal),
        Command::Hint(which) => hint(at(&project, which.name, terminal)?, terminal),
        Command::Solution { which, give_up } => {
            solution(Work::open(&project, terminal)?, which.name.as_deref(), give_up, terminal)
        }
        Command::Reset(which) => {
            let (mut work, exercise) = at(&project, which.name, terminal)?;
            work.reset(&exercise, terminal)
        }
        Command::Doctor => doctor(terminal),
        Command::Book(BookArgs { open, step: None }) => book(&project, open, terminal),
        Command::Book(BookArgs { step: Some(BookStep::Preprocess { question }), .. }) => {
            preprocess(&project, &question)
        }
        Command::Verify { name, mode, times } => {
            let exercises = chosen(&project, name.as_deref())?;
            verify(&Grader::new(&project, mode, false), &exercises, times, terminal)
        }
        Command::New { name } => author::new(&project, &name, terminal),
        Command::Lang { name } => lang(&project, name.as_deref(), terminal),
        Command::Translated { place, same, stale } => {
            translated(&project, place.as_deref(), (same, stale), terminal)
        }
    }
}

/// Walks a lesson, after the questions that were missed in those before it.
fn walk(project: &Project, args: &LessonArgs, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let meant = meant(project, args.name.as_deref(), terminal)?;
    match quiz::again(project, &meant, terminal) {
        Err(Error::Quit) => Ok(()),
        asked => asked.and_then(|()| lesson(project, &meant, args, terminal)),
    }
}

fn hint(
    (mut work, exercise): (Work<'_>, Exercise),
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let (number, noted) = work.next_hint(&exercise);
    // A full disk is no reason to be left alone.
    work.hint(&exercise, number, terminal)?;
    noted
}

fn solution(
    mut work: Work<'_>,
    name: Option<&str>,
    give_up: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let exercise = work.solved(name)?;
    if give_up {
        work.give_up(&exercise)?;
    }
    work.solution(&exercise, terminal)
}

/// The lesson that is meant: the one named, or the one whose exercise the learner is at; the last,
/// if no exercise is left.
fn meant(project: &Project, name: Option<&str>, terminal: &Terminal<'_>) -> Result<Lesson, Error> {
    if let Some(name) = name {
        return project.lesson(name);
    }
    match Work::open(project, terminal)?.current()? {
        Some(exercise) => project.lesson(&exercise.lesson.to_string()),
        None => project.lessons()?.pop().ok_or_else(Error::all_done),
    }
}

/// The learner's directory, and the exercise that is meant: the one named, or the one that was
/// started last.
fn at<'a>(
    project: &'a Project,
    name: Option<String>,
    terminal: &Terminal<'_>,
) -> Result<(Work<'a>, Exercise), Error> {
    let work = Work::open(project, terminal)?;
    let exercise = work.at(name.as_deref())?;
    Ok((work, exercise))
}

fn check(
    mut work: Work<'_>,
    exercise: &Exercise,
    mode: Option<Mode>,
    json: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let source = work.started(exercise)?;
    // The terminal's output strips colour that nobody wants. JSON must have none to begin with.
    let grader = Grader::new(work.project, mode, !json);
    let verdict = grader.grade(exercise, &source)?;
    // A pass that cannot be noted is one all the same: the verdict is said before the trouble.
    let noted = if verdict.passed() { work.pass(exercise) } else { Ok(()) };
    if json {
        terminal.line(Style::new(), &verdict.json(exercise))?;
        noted?;
    } else {
        report(&verdict, exercise, &work.directory(exercise), terminal)?;
        after(&work, exercise, &verdict, terminal)?;
        noted?;
    }
    if verdict.passed() { Ok(()) } else { Err(Error::NotPassed) }
}

/// Remembers a language, or says which one is spoken.
fn lang(project: &Project, name: Option<&str>, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let Some(name) = name else {
        let (language, known) = (terminal.language(), Language::known());
        return terminal.say(text!("{language}; there are {known}", language, known));
    };
    // The confirmation is the first thing that is said in it.
    let language = remember(project, name)?;
    terminal.speak(&Speech::of(language, project));
    terminal.say("From now on the course speaks English.")
}

/// For translators: notes what `place` was made from, or lists what is to be done.
fn translated(
    project: &Project,
    place: Option<&str>,
    (same, stale): (bool, bool),
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    if let Some(place) = place {
        let blessing = match (same, stale) {
            (true, _) => Blessing::Same,
            (_, true) => Blessing::Stale,
            _ => Blessing::Translated,
        };
        let count = bless(&project.root, place, blessing)?;
        return terminal.say(text!("Noted: {count}", count));
    }
    let Survey { fresh, open, unsaid } = survey(&project.root)?;
    for text in open.iter().chain(&unsaid) {
        terminal.say(text.clone())?;
    }
    let (open, unsaid) = (open.len(), unsaid.len());
    terminal.say(text!(
        "In Spanish: {fresh}. Still in English: {open}. To be looked at: {unsaid}.",
        fresh,
        open,
        unsaid,
    ))
}

/// All exercises, those of a lesson, or one.
fn chosen(project: &Project, name: Option<&str>) -> Result<Vec<Exercise>, Error> {
    let mut exercises = project.exercises()?;
    let Some(name) = name else {
        return Ok(exercises);
    };
    exercises.retain(|exercise| name.parse() == Ok(exercise.lesson));
    if exercises.is_empty() {
        exercises.push(project.exercise(name)?);
    }
    Ok(exercises)
}

fn doctor(terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let findings = lab::doctor();
    for line in findings.iter().flat_map(finding) {
        let line = terminal.fill(&line);
        terminal.answered(Style::new(), &line)?;
    }
    match findings.iter().find(|finding| finding.result.is_ok()) {
        Some(finding) => terminal
            .say(text!("A lab can run here: {mode}.", mode = Text::of(&finding.mode.to_string()))),
        None => Err(Error::no_lab()),
    }
}
