//! What a watch has on its screen, so that it can be shown again: in a window that has got another
//! size, behind the list, after a visit to the shell.

use std::io::{self, IsTerminal};
use std::time::Duration;

use anstyle::Style;
use check_report::text;

use crate::after::what_was_good;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::grade::{Verdict, report};
use crate::terminal::Terminal;
use crate::work::Work;

/// One thing on the screen.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Task,
    Verdict,
    /// The hint of this number.
    Hint(usize),
    Solution,
}

/// What is on the screen.
#[derive(Default)]
pub(super) struct Screen {
    /// From the top to the bottom.
    pub(super) parts: Vec<Part>,
    /// The last verdict, or why there was none, and how long it took.
    pub(super) last: Option<(Result<Verdict, Error>, Duration)>,
}

impl Screen {
    /// Clears it.
    pub(super) fn clear(&mut self, terminal: &mut Terminal<'_>) -> Result<(), Error> {
        self.parts.clear();
        terminal.clear()
    }

    /// Shows one more thing.
    pub(super) fn show(
        &mut self,
        part: Part,
        work: &Work<'_>,
        exercise: &Exercise,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        self.print(part, work, exercise, terminal)?;
        self.parts.push(part);
        Ok(())
    }

    /// Shows everything again, as it fits into the window now.
    pub(super) fn show_again(
        &self,
        work: &Work<'_>,
        exercise: &Exercise,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        terminal.clear()?;
        for part in &self.parts {
            self.print(*part, work, exercise, terminal)?;
        }
        help(terminal)
    }

    fn print(
        &self,
        part: Part,
        work: &Work<'_>,
        exercise: &Exercise,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        match part {
            Part::Task => work.task(exercise, "Yours to edit:", terminal),
            Part::Verdict => self.verdict(work, exercise, terminal),
            Part::Hint(number) => work.hint(exercise, number, terminal),
            Part::Solution => work.solution(exercise, terminal),
        }
    }

    fn verdict(
        &self,
        work: &Work<'_>,
        exercise: &Exercise,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Error> {
        let Some((verdict, took)) = &self.last else { return Ok(()) };
        terminal.line(Style::new(), "")?;
        match verdict {
            Err(error) => terminal.say(error.text())?,
            Ok(verdict) => report(verdict, exercise, &work.directory(exercise), terminal)?,
        }
        let time = format!("{:.1} s", took.as_secs_f64());
        if verdict.as_ref().is_ok_and(Verdict::passed) {
            what_was_good(work, exercise, terminal)?;
            terminal.say(text!("{time}. n opens the next exercise.", time))
        } else {
            terminal.say(text!("{time}. Save the file, and it is checked again.", time))
        }
    }
}

/// Says which keys there are.
pub(super) fn help(terminal: &mut Terminal<'_>) -> Result<(), Error> {
    if !io::stdin().is_terminal() {
        return Ok(());
    }
    terminal.keys(
        "t task   h hint   c check   n next   l list   s shell   e edit   r walk the lesson   \
         o solution   x reset   q quit",
    )
}
