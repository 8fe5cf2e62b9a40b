//! From the command line to what it asks for.

use std::path::Path;

use anstyle::Style;
use clap::CommandFactory;
use lab::Mode;

use crate::author;
use crate::chapter::Chapter;
use crate::cli::{Cli, Command, LessonArgs};
use crate::error::Error;
use crate::exercise::Exercise;
use crate::grade::{Grader, report};
use crate::lesson::{Stage, Walk};
use crate::overview::overview;
use crate::project::{Lesson, Project};
use crate::terminal::Terminal;
use crate::verify::verify;
use crate::work::{Standing, Work, watch};

/// Does what `cli` asks for, in the project around the folder `from`.
pub fn run(cli: Cli, from: &Path, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    if let Some(Command::Completions { shell }) = cli.command {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "course", &mut script);
        return terminal.output().write_all(&script).map_err(Error::Output);
    }
    let mut project = Project::find(from)?;
    if let Some(work) = cli.work {
        project.work = from.join(work);
    }
    let Some(command) = cli.command else {
        return overview(&project, terminal);
    };
    match command {
        Command::Lesson(args) => lesson(&project, &args, terminal),
        Command::Doctor => doctor(terminal),
        Command::New { name } => author::new(&project, &name, terminal),
        Command::Verify { name, mode } => {
            let exercises = chosen(&project, name.as_deref())?;
            verify(&Grader::new(&project, mode, false)?, &exercises, terminal)
        }
        learner => on_work(&project, learner, terminal),
    }
}

/// The commands about the learner's own folder.
fn on_work(project: &Project, command: Command, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let mut work = Work::open(project)?;
    match command {
        Command::List => work.list(terminal),
        Command::Start(which) => {
            let exercise = work.exercise(which.name.as_deref())?;
            work.start(&exercise, terminal)
        }
        Command::Hint(which) => {
            let exercise = work.exercise(which.name.as_deref())?;
            work.hint(&exercise, terminal)
        }
        Command::Reset(which) => {
            let exercise = work.exercise(which.name.as_deref())?;
            work.reset(&exercise, terminal)
        }
        Command::Solution { which, give_up } => {
            let exercise = work.exercise(which.name.as_deref())?;
            work.solution(&exercise, give_up, terminal)
        }
        Command::Check { which, mode, json } => {
            let exercise = work.exercise(which.name.as_deref())?;
            check(&mut work, &exercise, mode, json, terminal)
        }
        Command::Watch { which, mode } => {
            let exercise = work.exercise(which.name.as_deref())?;
            let grader = Grader::new(project, mode, true)?;
            watch(&mut work, &grader, exercise, terminal)
        }
        _ => Ok(()),
    }
}

fn check(
    work: &mut Work<'_>,
    exercise: &Exercise,
    mode: Option<Mode>,
    json: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let source = exercise.work_dir(work.project);
    if !source.is_dir() {
        return Err(Error::NotStarted { exercise: exercise.id() });
    }
    // Colour that the terminal does not want is taken out on the way there; JSON goes no such way.
    let grader = Grader::new(work.project, mode, !json)?;
    let verdict = grader.grade(exercise, &source)?;
    if verdict.passed {
        work.progress.pass(exercise)?;
    }
    if json {
        say(terminal, verdict.json())?;
    } else {
        report(&verdict, &work.folder(exercise), terminal)?;
        terminal.lines(Style::new(), &after(work, exercise, verdict.passed)?)?;
    }
    if verdict.passed { Ok(()) } else { Err(Error::NotPassed) }
}

/// What to do after a verdict.
fn after(work: &Work<'_>, exercise: &Exercise, passed: bool) -> Result<String, Error> {
    Ok(match (passed, work.next()?) {
        (false, _) => format!("Stuck? cargo course hint {}", exercise.id()),
        (true, Some(next)) => format!(
            "How we did it: cargo course solution {}\nNext: cargo course start {}",
            exercise.id(),
            next.id()
        ),
        (true, None) => "That was the last exercise. Well done.".to_owned(),
    })
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
    let text: String = findings.iter().map(ToString::to_string).collect();
    terminal.lines(Style::new(), &text)?;
    match findings.iter().find(|finding| finding.result.is_ok()) {
        Some(finding) => say(terminal, format!("A lab can run here: {}.", finding.mode)),
        None => Err(Error::NoLab),
    }
}

pub(crate) fn lesson(
    project: &Project,
    args: &LessonArgs,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let lesson = project.lesson(&args.name)?;
    let chapter = Chapter::read(&project.root, &lesson.path)?;
    // Said before the lab boots, so that nobody looks at an empty screen.
    let title = format!("Lesson {}: {}", lesson.number, chapter.title);
    terminal.line(Style::new().bold(), &title)?;
    let stage = Stage::set(&project.root, &chapter, args.mode)?;
    if let Some(lab) = stage.describe()? {
        say(terminal, format!("The lab: {lab}. It is gone when the lesson ends."))?;
    }
    if terminal.is_interactive() {
        say(terminal, "Enter runs the command that you see; q and Enter ends the lesson.")?;
    }
    say(terminal, "")?;
    let mut walk = Walk {
        path: &lesson.path,
        stage: &stage,
        terminal,
        commands: 0,
        left_out: 0,
        mismatches: 0,
    };
    let ended = walk.through(&chapter);
    let (commands, left_out, mismatches) = (walk.commands, walk.left_out, walk.mismatches);
    drop(stage);
    match ended {
        Err(Error::Quit) => {
            let again = format!("cargo course lesson {}", lesson.number);
            return say(
                terminal,
                format!("Nothing is left of the lab. From the start again: {again}"),
            );
        }
        ended => ended?,
    }
    match (commands, mismatches) {
        (0, _) => {}
        (all, 0) => {
            say(terminal, format!("{all} commands ran, and each answered as the chapter says."))?
        }
        (_, wrong) => return Err(Error::Mismatches(wrong)),
    }
    if left_out > 0 {
        say(terminal, format!("{left_out} blocks were not done: this lab has one user id."))?;
    }
    what_next(project, &lesson, terminal)
}

fn what_next(project: &Project, lesson: &Lesson, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let exercises = project.exercises()?;
    let work = Work::open(project)?;
    let of_lesson = |exercise: &&Exercise| {
        exercise.lesson == lesson.number && work.standing(exercise) != Standing::Passed
    };
    if let Some(exercise) = exercises.iter().find(of_lesson) {
        let title = &exercise.manifest.title;
        let start = format!("Your turn: cargo course start {} ({title})", exercise.id());
        say(terminal, start)?;
    }
    let lessons = project.lessons()?;
    match lessons.iter().find(|next| next.number > lesson.number) {
        Some(next) => {
            say(terminal, format!("Next: cargo course lesson {} ({})", next.number, next.slug))
        }
        None => say(terminal, "That was the last lesson."),
    }
}

fn say(terminal: &mut Terminal<'_>, text: impl AsRef<str>) -> Result<(), Error> {
    terminal.line(Style::new(), text.as_ref())
}
