//! What the learner is told after a verdict: where to look when it is not yet one, and after a pass
//! what was good, how the authors did it, and what is next.

use check_report::{Text, text};

use crate::error::Error;
use crate::exercise::Exercise;
use crate::grade::Verdict;
use crate::project::Lesson;
use crate::terminal::Terminal;
use crate::work::Work;

/// How a task says what it is about, in each language.
const IDEA: [&str; 2] = ["The one idea: ", "La única idea: "];

/// Says what to do after the `verdict` on `exercise`.
pub(crate) fn after(
    work: &Work<'_>,
    exercise: &Exercise,
    verdict: &Verdict,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let id = exercise.id();
    match verdict {
        // A hint is no cure for a machine.
        Verdict::NotProved(_) => terminal
            .say("This is not your answer's fault: cargo course doctor says what is missing."),
        verdict if verdict.passed() => {
            what_was_good(work, exercise, terminal)?;
            terminal.say(text!("How we did it: cargo course solution {id}", id))?;
            terminal.say(next(work, exercise)?)
        }
        Verdict::Refused(_) | Verdict::Tried { .. } => {
            terminal.say(text!("Stuck? cargo course hint {id}", id))?;
            terminal.say(text!("Try it by hand, in a lab: cargo course shell {id}", id))
        }
    }
}

/// The idea that the learner has got, in the words of the task.
pub(crate) fn what_was_good(
    work: &Work<'_>,
    exercise: &Exercise,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let task = work.task_text(exercise, terminal.language())?;
    let idea = IDEA.iter().find_map(|words| Some(task.split_once(words)?.1));
    let idea = idea.unwrap_or_default().split("\n\n").next().unwrap_or_default();
    if idea.is_empty() {
        return Ok(());
    }
    let you_have_it = terminal.fill(&"You have it: ".into());
    terminal.markdown(&format!("{you_have_it}{idea}"))
}

/// What comes after a pass of `exercise`: the next one of its lesson, then the next lesson, then
/// what was left out.
pub(crate) fn next(work: &Work<'_>, exercise: &Exercise) -> Result<Text, Error> {
    let open = work.not_passed()?;
    let same =
        open.iter().find(|next| next.lesson == exercise.lesson && next.number > exercise.number);
    if let Some(next) = same {
        return Ok(text!("Next: cargo course start {next}", next = next.id()));
    }
    let lessons = work.project.lessons()?;
    if let Some(Lesson { number, slug, .. }) =
        lessons.iter().find(|lesson| lesson.number > exercise.lesson)
    {
        return Ok(text!("Next: cargo course lesson {number} ({slug})", number, slug));
    }
    Ok(match open.first() {
        Some(next) => text!("Left to do: cargo course start {next}", next = next.id()),
        None => "That was the last exercise that there is. Well done.".into(),
    })
}
