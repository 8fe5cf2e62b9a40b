//! A question with numbered options: a digit and Enter, or Enter alone.

use anstyle::Style;
use check_report::text;

use super::Terminal;
use crate::error::Error;

impl Terminal<'_> {
    /// The option, from 1 to `count`, that the learner chooses; none if they choose none, or if
    /// there is nobody to choose.
    ///
    /// `q` and the end of the input are [`Error::Quit`]. What is no option is asked for again.
    pub(crate) fn choice(&mut self, count: usize) -> Result<Option<usize>, Error> {
        while self.is_interactive() {
            self.part(Style::new().dimmed(), &format!("1-{count}: "))?;
            let typed = self.typed(|_, _| false)?;
            match typed.parse::<usize>() {
                _ if typed.is_empty() => return Ok(None),
                Ok(number) if (1..=count).contains(&number) => return Ok(Some(number)),
                _ => {
                    let typed: String = typed.chars().take(40).collect();
                    self.say(text!(
                        "{typed} is no option: a number from 1 to {count}, Enter to skip, q to \
                         end.",
                        typed,
                        count,
                    ))?;
                }
            }
        }
        Ok(None)
    }
}
