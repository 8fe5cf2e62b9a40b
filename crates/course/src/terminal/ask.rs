//! A question, and what the learner answers: Enter, or some words.

use std::io::{BufRead, Read};

use anstyle::Style;

use super::{Answers, Reply, Terminal};
use crate::error::Error;

/// How much of an answer is read, in bytes.
const LINE_MAX: u64 = 4096;

impl Terminal<'_> {
    /// Ends the line by what the learner answers; at once, as if by Enter, if there is nobody to
    /// ask.
    ///
    /// `q` and the end of the input are [`Error::Quit`].
    pub(crate) fn ask(&mut self) -> Result<Reply, Error> {
        if !self.is_interactive() {
            self.line(Style::new(), "")?;
            return Ok(Reply::GoOn);
        }
        self.part(Style::new(), " ")?;
        // Several lines that were pasted are one answer. Enter before them is one, too.
        let typed =
            self.typed(|answers, line| !line.trim_ascii().is_empty() && (answers.has_more)())?;
        Ok(if typed.is_empty() { Reply::GoOn } else { Reply::Words(typed) })
    }

    /// What the learner types up to Enter, without the blanks around it, and one line more as long
    /// as `goes_on` says so; nothing if there is nobody to ask. `q` and the end of the input are
    /// [`Error::Quit`].
    pub(super) fn typed(
        &mut self,
        goes_on: fn(&Answers<'_>, &[u8]) -> bool,
    ) -> Result<String, Error> {
        let Some(answers) = &mut self.answers else { return Ok(String::new()) };
        (answers.forget)();
        self.out.flush().map_err(Error::Output)?;
        let mut typed = Vec::new();
        // More is no answer: somebody has pasted a file, for instance.
        let mut left = LINE_MAX;
        loop {
            let mut bounded = answers.lines.as_mut().take(left);
            let length = bounded.read_until(b'\n', &mut typed).map_err(Error::input)?;
            left -= length as u64;
            if length == 0 || !goes_on(answers, &typed) {
                break;
            }
        }
        self.unread = 0;
        self.measure();
        if typed.is_empty() {
            self.line(Style::new(), "")?;
            return Err(Error::Quit);
        }
        match typed.trim_ascii() {
            b"q" => Err(Error::Quit),
            words => Ok(String::from_utf8_lossy(words).into_owned()),
        }
    }
}
