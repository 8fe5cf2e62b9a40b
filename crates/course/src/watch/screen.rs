//! What a watch has on its screen, so that it can be shown again: in a window that has got another
//! size, behind the list, after a visit to the shell.

use std::io::{self, IsTerminal};

use anstyle::Style;
use check_report::text;

use super::{Part, Watch};
use crate::after::what_was_good;
use crate::error::Error;
use crate::grade::{Verdict, report};

impl Watch<'_, '_> {
    pub(super) fn clear(&mut self) -> Result<(), Error> {
        self.parts.clear();
        self.terminal.clear()
    }

    /// Shows one more thing.
    pub(super) fn show(&mut self, part: Part) -> Result<(), Error> {
        self.print(part)?;
        self.parts.push(part);
        Ok(())
    }

    /// Shows everything again, as it fits into the window now.
    pub(super) fn show_again(&mut self) -> Result<(), Error> {
        self.terminal.clear()?;
        for part in self.parts.clone() {
            self.print(part)?;
        }
        self.help()
    }

    fn print(&mut self, part: Part) -> Result<(), Error> {
        match part {
            Part::Task => self.work.task(&self.exercise, "Yours to edit:", self.terminal),
            Part::Verdict => self.print_verdict(),
            Part::Hint(number) => self.work.hint(&self.exercise, number, self.terminal),
            Part::Solution => self.work.solution(&self.exercise, self.terminal),
        }
    }

    fn print_verdict(&mut self) -> Result<(), Error> {
        let Watch { work, terminal, exercise, last: Some((verdict, took)), .. } = self else {
            return Ok(());
        };
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

    /// Says which keys there are.
    pub(super) fn help(&mut self) -> Result<(), Error> {
        if !io::stdin().is_terminal() {
            return Ok(());
        }
        self.terminal.keys(
            "t task   h hint   c check   n next   l list   s shell   e edit   r walk the lesson   \
             o solution   x reset   q quit",
        )
    }
}
