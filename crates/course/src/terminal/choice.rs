//! A question with numbered options: a digit and Enter, or Enter alone.

use std::io::{BufRead, Read};

use anstyle::Style;
use check_report::text;

use super::{Answers, Terminal};
use crate::error::Error;

impl Terminal<'_> {
    /// The option, from 1 to `count`, that the learner chooses; none if they choose none, or if
    /// there is nobody to choose.
    ///
    /// `q` and the end of the input are [`Error::Quit`]. What is no option is asked for again.
    pub(crate) fn choice(&mut self, count: usize) -> Result<Option<usize>, Error> {
        let Some(mut answers) = self.answers.take() else {
            return Ok(None);
        };
        let chosen = self.chosen(&mut answers, count);
        self.answers = Some(answers);
        chosen
    }

    fn chosen(&mut self, answers: &mut Answers<'_>, count: usize) -> Result<Option<usize>, Error> {
        loop {
            (answers.forget)();
            self.part(Style::new().dimmed(), &format!("1-{count}: "))?;
            self.out.flush().map_err(Error::Output)?;
            let mut line = Vec::new();
            // A longer line is no answer: somebody has pasted a file, for instance.
            let mut bounded = answers.lines.as_mut().take(4096);
            bounded.read_until(b'\n', &mut line).map_err(Error::Input)?;
            self.unread = 0;
            if line.is_empty() {
                self.line(Style::new(), "")?;
                return Err(Error::Quit);
            }
            let typed = String::from_utf8_lossy(&line);
            let typed = typed.trim();
            match (typed, typed.parse::<usize>()) {
                ("q", _) => return Err(Error::Quit),
                ("", _) => return Ok(None),
                (_, Ok(number)) if (1..=count).contains(&number) => return Ok(Some(number)),
                _ => {
                    let typed: String = typed.chars().take(40).collect();
                    let what = text!(
                        "{typed} is no option: a number from 1 to {count}, Enter to skip, q to end.",
                        typed,
                        count,
                    );
                    self.say(what)?;
                }
            }
        }
    }
}
