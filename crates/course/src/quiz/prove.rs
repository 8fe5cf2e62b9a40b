//! Runs what proves the answer of a question, in a lab of its own.

use anstyle::Style;
use check_report::text;

use super::question::{Proof, Question};
use crate::book::walk;
use crate::error::Error;
use crate::project::{Lesson, Project};
use crate::terminal::Terminal;

/// Runs the proof of `question`, if it has one, and says what came of it.
pub(super) fn prove(
    project: &Project,
    lesson: &Lesson,
    question: &Question,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let name = format!("{}/{}", lesson.slug, question.name);
    let Some(Proof { path, chapter }) = &question.proof else {
        return terminal.say(text!("{name}: asks for a reason; nothing to run", name));
    };
    let walked = walk(project, path, chapter);
    if let Some(failure) = &walked.failure {
        return Err(failure.into());
    }
    if walked.no_lab.is_some() {
        return Err(Error::no_lab());
    }
    let count = walked.commands();
    terminal
        .say_in(Style::new(), text!("{name}: {count} commands answered as it says", name, count))
}
