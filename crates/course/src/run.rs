//! From the command line to what it asks for.

use std::path::Path;

use anstyle::Style;
use clap::CommandFactory;

use crate::chapter::Chapter;
use crate::cli::{Cli, Command, LessonArgs};
use crate::error::Error;
use crate::lesson::{Stage, Walk};
use crate::overview::overview;
use crate::project::{Lesson, Project};
use crate::terminal::Terminal;

/// Does what `cli` asks for, in the project around the folder `from`.
pub fn run(cli: Cli, from: &Path, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    match cli.command {
        None => overview(&Project::find(from)?, terminal),
        Some(Command::Lesson(args)) => lesson(&Project::find(from)?, &args, terminal),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "course", &mut script);
            terminal.output().write_all(&script).map_err(Error::Output)
        }
    }
}

fn lesson(project: &Project, args: &LessonArgs, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let lesson = project.lesson(&args.name)?;
    let chapter = Chapter::read(&project.root, &lesson.path)?;
    // Said before the lab boots, so that nobody looks at an empty screen.
    let title = format!("Lesson {}: {}", lesson.number, chapter.title);
    terminal.line(Style::new().bold(), &title)?;
    let stage = Stage::set(&project.root, &chapter, args.mode)?;
    if let Some(lab) = stage.describe()? {
        say(
            terminal,
            format!("The lab: {lab}. It is gone when the lesson ends."),
        )?;
    }
    if terminal.is_interactive() {
        say(
            terminal,
            "Enter runs the command that you see; q and Enter ends the lesson.",
        )?;
    }
    say(terminal, "")?;
    let mut walk = Walk {
        path: &lesson.path,
        stage: &stage,
        terminal,
        commands: 0,
        mismatches: 0,
    };
    let ended = walk.through(&chapter);
    let (commands, mismatches) = (walk.commands, walk.mismatches);
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
        (all, 0) => say(
            terminal,
            format!("{all} commands ran, and each answered as the chapter says."),
        )?,
        (_, wrong) => return Err(Error::Mismatches(wrong)),
    }
    what_next(project, &lesson, terminal)
}

fn what_next(project: &Project, lesson: &Lesson, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let exercises = Path::new("exercises").join(format!("{:02}-{}", lesson.number, lesson.slug));
    if project.root.join(&exercises).is_dir() {
        say(
            terminal,
            format!("Your turn: the exercises are in {}.", exercises.display()),
        )?;
    }
    let lessons = project.lessons()?;
    match lessons.iter().find(|next| next.number > lesson.number) {
        Some(next) => say(
            terminal,
            format!("Next: cargo course lesson {} ({})", next.number, next.slug),
        ),
        None => say(terminal, "That was the last lesson."),
    }
}

fn say(terminal: &mut Terminal<'_>, text: impl AsRef<str>) -> Result<(), Error> {
    terminal.line(Style::new(), text.as_ref())
}
