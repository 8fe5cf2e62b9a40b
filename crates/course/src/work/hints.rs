//! What helps a learner who is stuck: the hints, one after the other, and how the authors did it.

use anstyle::Style;
use check_report::{Text, text};

use super::{Standing, Work};
use crate::error::Error;
use crate::exercise::Exercise;
use crate::files::read_text;
use crate::language::with_comments_of;
use crate::terminal::Terminal;

const PLAIN: Style = Style::new();

impl Work<'_> {
    /// The number of the next hint, and whether it could be noted; the last one comes again.
    pub(crate) fn next_hint(&mut self, exercise: &Exercise) -> (usize, Result<(), Error>) {
        let shown = self.progress.record(exercise).hints;
        let number = shown.saturating_add(1).min(exercise.manifest.hints.len());
        (number, self.progress.note(exercise, |record| record.hints = number))
    }

    /// Shows the hint `number`, and says how many there are.
    pub(crate) fn hint(
        &self,
        exercise: &Exercise,
        number: usize,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        let hints = &exercise.manifest.hints;
        let id = exercise.id();
        let heading = text!("Hint {number} of {all} for {id}", number, all = hints.len(), id);
        terminal.say_in(PLAIN.bold(), heading)?;
        let hint = terminal.fill(&Text::of(&hints[number - 1]));
        terminal.markdown(&hint)?;
        terminal.say(text!("Try it by hand: cargo course shell {id}", id))?;
        if number == hints.len() {
            terminal.say(text!(
                "That was the last one. cargo course solution {id} --give-up shows how we did it.",
                id,
            ))?;
        }
        Ok(())
    }

    /// Remembers that the learner gives up, and wants to see the solution before a pass.
    pub(crate) fn give_up(&mut self, exercise: &Exercise) -> Result<(), Error> {
        if matches!(self.standing(exercise), Standing::Passed | Standing::PassedOlder) {
            return Ok(());
        }
        self.progress.note(exercise, |record| record.gave_up = true)
    }

    /// Shows how the authors did it: after a pass, or when the learner has given up.
    pub(crate) fn solution(
        &self,
        exercise: &Exercise,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        let passed = matches!(self.standing(exercise), Standing::Passed | Standing::PassedOlder);
        if !passed && !self.progress.record(exercise).gave_up {
            // The learner chooses between one more hint and giving up.
            return Err(Error::Says(text!(
                "{exercise} is not passed yet: cargo course hint {exercise}, or cargo course \
                 solution {exercise} --give-up",
                exercise = exercise.id(),
            )));
        }
        let reference = exercise.dir.join("variants/pass-reference");
        for file in &exercise.manifest.edit {
            let path = reference.join(file);
            terminal.line(PLAIN.bold(), &format!("{}:", self.project.shown(&path)))?;
            let text = with_comments_of(&read_text(&path, &path)?, terminal.words());
            terminal.source(&text)?;
        }
        Ok(())
    }
}
