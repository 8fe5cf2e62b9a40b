//! A lesson on its way: walks a chapter in the terminal and runs what it says.

mod answer;
mod interrupt;
mod on_host;
mod pause;
mod stage;
#[cfg(test)]
mod tests;
mod walk;

use anstyle::Style;
use check_report::text;

pub(crate) use self::answer::Answer;
pub(crate) use self::stage::Stage;

use self::walk::{Tally, Walk, is_step};
use crate::chapter::{Chapter, Need};
use crate::cli::LessonArgs;
use crate::door;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::project::{Lesson, Project};
use crate::quiz::of_chapter;
use crate::terminal::{Reply, Terminal};
use crate::work::{Place, Standing, Walked, Work};

const PLAIN: Style = Style::new();

/// Walks the chapter of `lesson`, in a lab of its own.
pub(crate) fn lesson(
    project: &Project,
    lesson: &Lesson,
    args: &LessonArgs,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let number = lesson.number;
    let chapter = Chapter::read_in(&project.root, &lesson.path, terminal.language())?;
    if terminal.is_interactive() {
        terminal.offer_languages()?;
    }
    // Said before the lab boots, so that nobody looks at an empty screen.
    let title = &chapter.title;
    terminal.say_in(PLAIN.bold(), text!("Lesson {number}: {title}", number, title))?;
    let of = chapter.stretches.iter().filter(|stretch| is_step(stretch)).count();
    let again = match steps_to_do_again(project, lesson, of, terminal) {
        // Nothing has begun, and nothing has changed.
        Err(Error::Quit) => return Ok(()),
        again => again?,
    };
    let (stage, reading) = set(project, lesson, &chapter, args, terminal)?;
    let whose = number.to_string();
    let _door = stage.lab().and_then(|lab| door::open(lab, project, &whose, &project.root));
    let tally = Tally::default();
    let (path, stretches, stage) = (&lesson.path, &*chapter.stretches, &stage);
    let mut walk = Walk { path, stretches, stage, terminal, reading, again, tally, at: 0, look: 0 };
    if walk.terminal.is_interactive() && !reading {
        walk.keys()?;
    }
    if let count @ 1.. = chapter.left_in_english {
        let count = text!("Texts of this chapter that are still in English: {count}.", count);
        walk.terminal.say(count)?;
    }
    walk.terminal.line(PLAIN, "")?;
    let remembers = walk.terminal.is_interactive() && !reading;
    let ended = walk.through(|tally| {
        if remembers {
            remember(project, lesson, Walked { steps: tally.steps, of, finished: false });
        }
    });
    let tally = walk.tally;
    match ended {
        Err(Error::Quit) => left(number, &tally, of, terminal),
        Err(error) => Err(error),
        Ok(()) if reading => what_next(project, lesson, terminal),
        Ok(()) => {
            remember(project, lesson, Walked { steps: 0, of, finished: true });
            sum_up(&tally, terminal)?;
            what_next(project, lesson, terminal)
        }
    }
}

/// The stage of the lesson, and whether the chapter is only to be read: because the learner wants
/// that, or because it is the introduction and no lab runs here.
fn set(
    project: &Project,
    lesson: &Lesson,
    chapter: &Chapter,
    args: &LessonArgs,
    terminal: &mut Terminal<'_>,
) -> Result<(Stage, bool), Error> {
    if args.read {
        return Ok((Stage::without_lab(&project.root), true));
    }
    let stage = match Stage::set(&project.root, chapter, args.mode) {
        Err(Error::Lab(why)) if lesson.number == 0 && !args.yes => {
            terminal.say(text!("{why}", why))?;
            terminal.say("So this is only to be read: what needs a lab is shown, and not run.")?;
            return Ok((Stage::without_lab(&project.root), true));
        }
        stage => stage?,
    };
    if let Some(lab) = stage.describe()? {
        terminal.say(text!("The lab: {lab}. It is gone when the lesson ends.", lab))?;
    }
    Ok((stage, false))
}

/// How many steps the learner has done before, and wants to go on behind: asked of somebody who has
/// left this lesson of `of` steps in its middle.
fn steps_to_do_again(
    project: &Project,
    lesson: &Lesson,
    of: usize,
    terminal: &mut Terminal<'_>,
) -> Result<usize, Error> {
    let walked = Place::read(project).walked(&lesson.slug);
    // A chapter of another length has changed since; its steps may be others.
    let known = walked.of == of && (1..of).contains(&walked.steps);
    if !known || !terminal.is_interactive() {
        return Ok(0);
    }
    let steps = walked.steps;
    terminal.say(text!("You have done {steps} of its {of} steps.", steps, of))?;
    let question = "Enter goes on from there, n begins anew, q leaves:";
    let question = terminal.fill(&question.into());
    loop {
        terminal.part(PLAIN, &question)?;
        match terminal.ask()? {
            Reply::GoOn => return Ok(steps),
            Reply::Words(words) if words == "n" => return Ok(0),
            Reply::Words(_) => {}
        }
    }
}

fn remember(project: &Project, lesson: &Lesson, walked: Walked) {
    Place::note(project, |place| {
        let before = place.walked(&lesson.slug).finished;
        let walked = Walked { finished: before || walked.finished, ..walked };
        place.lessons.insert(lesson.slug.clone(), walked);
    });
}

/// What a learner is told who leaves in the middle.
fn left(number: u8, tally: &Tally, of: usize, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    terminal.say("Nothing is left of the lab.")?;
    match tally.steps {
        0 => terminal.say(text!("From the start again: cargo course lesson {number}", number)),
        steps => terminal.say(text!(
            "Step {steps} of {of} was the last: cargo course lesson {number} offers to go on \
             there.",
            steps,
            of,
            number,
        )),
    }
}

fn sum_up(tally: &Tally, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    if tally.mismatches > 0 {
        let count = tally.mismatches;
        return Err(Error::Says(text!(
            "{count} of the answers were not what the chapter says",
            count,
        )));
    }
    if tally.commands > 0 {
        let all = tally.commands;
        terminal.say(text!("{all} commands ran, and each answered as the chapter says.", all))?;
    }
    for need in [Need::Users, Need::Controllers] {
        let count = tally.left_out.iter().filter(|other| **other == need).count();
        let said = match need {
            Need::Users => {
                text!("{count} blocks were not done: this lab has one user id.", count)
            }
            Need::Controllers => text!(
                "{count} blocks were not done: this lab has no controllers for memory and tasks.",
                count
            ),
        };
        if count > 0 {
            terminal.say(said)?;
        }
    }
    Ok(())
}

fn what_next(project: &Project, lesson: &Lesson, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    if of_chapter(&project.root, &lesson.path)?.is_some() {
        let number = lesson.number;
        terminal
            .say(text!("Questions about it, for yourself: cargo course quiz {number}", number))?;
    }
    let exercises = project.exercises()?;
    let work = Work::open(project, terminal)?;
    let is_next = |exercise: &&Exercise| {
        exercise.lesson == lesson.number && work.standing(exercise) != Standing::Passed
    };
    if let Some(exercise) = exercises.iter().find(is_next) {
        let (id, title) = (exercise.id(), exercise.title());
        terminal.say(text!("Your turn: cargo course start {id} ({title})", id, title))?;
    }
    let lessons = project.lessons()?;
    match lessons.iter().find(|next| next.number > lesson.number) {
        Some(Lesson { number, slug, .. }) => {
            terminal.say(text!("Next: cargo course lesson {number} ({slug})", number, slug))
        }
        None => terminal.say("That was the last lesson that there is."),
    }
}
