//! A lesson on its way: walks a chapter in the terminal and runs what it says.

mod answer;
mod on_host;
mod stage;
mod walk;

use anstyle::Style;
use check_report::text;

pub(crate) use self::answer::Answer;
pub(crate) use self::stage::Stage;

use self::walk::{Tally, Walk};
use crate::chapter::Chapter;
use crate::cli::LessonArgs;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::project::{Lesson, Project};
use crate::terminal::Terminal;
use crate::work::{Standing, Work};

const PLAIN: Style = Style::new();

/// Walks the chapter of the lesson that `args` names, in a lab of its own.
pub(crate) fn lesson(
    project: &Project,
    args: &LessonArgs,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let lesson = project.lesson(&args.name)?;
    let number = lesson.number;
    let chapter = Chapter::read(&project.root, &lesson.path)?;
    // Said before the lab boots, so that nobody looks at an empty screen.
    let title = &chapter.title;
    terminal.say_in(PLAIN.bold(), text!("Lesson {number}: {title}", number, title))?;
    let stage = Stage::set(&project.root, &chapter, args.mode)?;
    if let Some(lab) = stage.describe()? {
        terminal.say(text!("The lab: {lab}. It is gone when the lesson ends.", lab))?;
    }
    if terminal.is_interactive() {
        terminal.say("Enter runs the command that you see; q and Enter ends the lesson.")?;
    }
    terminal.line(PLAIN, "")?;
    let mut walk = Walk { path: &lesson.path, stage: &stage, terminal, tally: Tally::default() };
    let ended = walk.through(&chapter);
    let tally = walk.tally;
    drop(stage);
    match ended {
        Err(Error::Quit) => terminal.say(text!(
            "Nothing is left of the lab. From the start again: cargo course lesson {number}",
            number,
        )),
        Err(error) => Err(error),
        Ok(()) => {
            sum_up(&tally, terminal)?;
            what_next(project, &lesson, terminal)
        }
    }
}

fn sum_up(tally: &Tally, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    if tally.mismatches > 0 {
        return Err(Error::Mismatches(tally.mismatches));
    }
    if tally.commands > 0 {
        let all = tally.commands;
        terminal.say(text!("{all} commands ran, and each answered as the chapter says.", all))?;
    }
    match tally.left_out {
        0 => Ok(()),
        count => {
            terminal.say(text!("{count} blocks were not done: this lab has one user id.", count))
        }
    }
}

fn what_next(project: &Project, lesson: &Lesson, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let exercises = project.exercises()?;
    let work = Work::open(project)?;
    let is_next = |exercise: &&Exercise| {
        exercise.lesson == lesson.number && work.standing(exercise) != Standing::Passed
    };
    if let Some(exercise) = exercises.iter().find(is_next) {
        let (id, title) = (exercise.id(), &exercise.manifest.title);
        terminal.say(text!("Your turn: cargo course start {id} ({title})", id, title))?;
    }
    let lessons = project.lessons()?;
    match lessons.iter().find(|next| next.number > lesson.number) {
        Some(Lesson { number, slug, .. }) => {
            terminal.say(text!("Next: cargo course lesson {number} ({slug})", number, slug))
        }
        None => terminal.say("That was the last lesson."),
    }
}
