//! The questions at the end of a chapter: *why*, and *what happens then*.
//!
//! They lie in `quiz/NN.toml` beside the chapter, for the page and for the terminal. Nothing is
//! graded. What was missed is remembered in `work/quiz.json`, and asked once more before the next
//! lesson.

mod ask;
mod missed;
mod prove;
mod question;

use check_report::text;

pub(crate) use question::{Choice, Proof, Question, of_chapter};

use self::ask::{Answered, ask};
use self::missed::Missed;
use crate::error::Error;
use crate::project::{Lesson, Project};
use crate::terminal::Terminal;

/// Before a lesson, at most so many questions that were missed come again.
const AGAIN: usize = 2;

/// Asks the questions of `lesson`.
pub(crate) fn quiz(
    project: &Project,
    lesson: &Lesson,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let questions = questions(project, lesson)?;
    let all = questions.len();
    terminal
        .say(text!("{all} questions. Type a number and Enter; Enter alone skips, q ends.", all))?;
    let mut missed = Missed::read(project)?;
    let (mut right, mut wrong) = (0, 0);
    for (number, question) in (1..).zip(&questions) {
        terminal.say("")?;
        let answered = match ask(number, question, terminal) {
            Err(Error::Quit) => break,
            answered => answered?,
        };
        missed.note(lesson, question, answered)?;
        right += usize::from(answered == Answered::Right);
        wrong += usize::from(answered == Answered::Wrong);
    }
    terminal.say(text!("Right: {right} of {all}.", right, all))?;
    if wrong > 0 {
        terminal.say("What you missed comes again before the next lesson, two at a time.")?;
    }
    Ok(())
}

/// Asks what was missed in the lessons before this one, if anything was.
pub(crate) fn again(
    project: &Project,
    lesson: &Lesson,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let mut missed = Missed::read(project)?;
    if !terminal.is_interactive() || missed.is_empty() {
        return Ok(());
    }
    let before = project.lessons()?.into_iter().filter(|other| other.number < lesson.number);
    let mut open = Vec::new();
    for before in before.filter(|before| missed.has_some_of(before)) {
        let questions = questions(project, &before)?.into_iter();
        let questions = questions.filter(|question| missed.has(&before, question));
        open.extend(questions.map(|question| (before.clone(), question)));
    }
    open.truncate(AGAIN);
    if open.is_empty() {
        return Ok(());
    }
    terminal.say("First, what you missed in a lesson before. Enter alone skips a question.")?;
    for (number, (lesson, question)) in (1..).zip(&open) {
        terminal.say("")?;
        let answered = ask(number, question, terminal)?;
        missed.note(lesson, question, answered)?;
    }
    terminal.say("")
}

/// Runs what proves the answers, in a lab for each.
pub(crate) fn prove(
    project: &Project,
    lesson: &Lesson,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    for question in questions(project, lesson)? {
        prove::prove(project, lesson, &question, terminal)?;
    }
    Ok(())
}

/// The questions of a lesson; that it has none is an error.
fn questions(project: &Project, lesson: &Lesson) -> Result<Vec<Question>, Error> {
    of_chapter(&project.root, &lesson.path)?
        .ok_or_else(|| Error::Says(text!("{lesson} has no questions yet", lesson = lesson.slug)))
}
