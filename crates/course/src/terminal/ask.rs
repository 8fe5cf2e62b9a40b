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
        let Some(mut answers) = self.answers.take() else {
            self.line(Style::new(), "")?;
            return Ok(Reply::GoOn);
        };
        let answered = self.answer(&mut answers);
        self.answers = Some(answers);
        self.measure();
        answered
    }

    fn answer(&mut self, answers: &mut Answers<'_>) -> Result<Reply, Error> {
        (answers.forget)();
        self.part(Style::new(), " ")?;
        self.out.flush().map_err(Error::Output)?;
        let mut line = Vec::new();
        // A longer line is no answer: somebody has pasted a file, for instance.
        let mut bounded = answers.lines.as_mut().take(LINE_MAX);
        bounded.read_until(b'\n', &mut line).map_err(Error::Input)?;
        // Several lines that were pasted are one answer. Enter before them is one, too.
        while !line.trim_ascii().is_empty() && (answers.has_more)() {
            if bounded.read_until(b'\n', &mut line).map_err(Error::Input)? == 0 {
                break;
            }
        }
        self.unread = 0;
        match line.trim_ascii() {
            b"q" => Err(Error::Quit),
            [] if line.is_empty() => {
                self.line(Style::new(), "")?;
                Err(Error::Quit)
            }
            [] => Ok(Reply::GoOn),
            words => Ok(Reply::Words(String::from_utf8_lossy(words).into_owned())),
        }
    }
}
