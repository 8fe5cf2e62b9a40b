//! What the learner reads, and what they answer: lines out, Enter in.
//!
//! No cursor addressing and no alternate screen: the lesson can be scrolled back, piped and read
//! aloud. Colour is always written; the output that `main` brings strips it where it isn't wanted.

mod prose;
#[cfg(test)]
mod tests;
mod visible;

use std::io::{BufRead, Read, Write};

use anstyle::Style;
use check_report::Text;
use pulldown_cmark::{Event, Parser};

pub(crate) use visible::visible;

use crate::chapter::markdown;
use crate::error::Error;

/// Lines longer than this are tiring to read, however wide the terminal is.
const WIDTH: usize = 80;

/// The learner's side: somewhere to print, and perhaps somebody to ask.
pub struct Terminal<'a> {
    out: Box<dyn Write + 'a>,
    answers: Option<Answers<'a>>,
    width: usize,
    height: usize,
    /// Lines since the learner last pressed Enter.
    unread: usize,
}

/// Somebody to ask.
pub struct Answers<'a> {
    /// What they type.
    pub lines: Box<dyn BufRead + 'a>,
    /// Drops the keys that were typed before the question was there: they are no answer to it.
    pub forget: fn(),
}

impl<'a> Terminal<'a> {
    /// A terminal of `size` columns and rows; without `answers` everything runs through.
    pub fn new(
        out: impl Write + 'a,
        answers: Option<Answers<'a>>,
        size: Option<(u16, u16)>,
    ) -> Terminal<'a> {
        let (width, height) = size.unwrap_or((80, 24));
        Terminal {
            out: Box::new(out),
            answers,
            width: usize::from(width).clamp(20, WIDTH),
            height: usize::from(height).max(5),
            unread: 0,
        }
    }

    /// Whether there is somebody to ask.
    pub(crate) fn is_interactive(&self) -> bool {
        self.answers.is_some()
    }

    /// Prints one line.
    pub(crate) fn line(&mut self, style: Style, text: &str) -> Result<(), Error> {
        self.part(style, text)?;
        writeln!(self.out).map_err(Error::Output)?;
        self.unread += 1;
        self.out.flush().map_err(Error::Output)
    }

    /// Prints the lines of `text`, none if it is empty.
    pub(crate) fn lines(&mut self, style: Style, text: &str) -> Result<(), Error> {
        text.lines().try_for_each(|line| self.line(style, line))
    }

    /// Prints a part of a line; [`Terminal::enter`] or [`Terminal::line`] ends it.
    pub(crate) fn part(&mut self, style: Style, text: &str) -> Result<(), Error> {
        write!(self.out, "{style}{text}{style:#}").map_err(Error::Output)
    }

    /// Prints a chapter's prose, a screen at a time.
    pub(crate) fn prose(&mut self, events: &[Event<'_>]) -> Result<(), Error> {
        for paragraph in prose::render(events, self.width).split_inclusive("\n\n") {
            let full = self.unread + paragraph.lines().count() > self.height - 2;
            if full && self.unread > 1 {
                self.pause("Enter: read on")?;
            }
            self.lines(Style::new(), paragraph)?;
        }
        Ok(())
    }

    /// Says something to the learner: the lines of `text`, none if it is empty.
    pub(crate) fn say(&mut self, text: impl Into<Text>) -> Result<(), Error> {
        self.say_in(Style::new(), text)
    }

    /// Says something in a style.
    pub(crate) fn say_in(&mut self, style: Style, text: impl Into<Text>) -> Result<(), Error> {
        let text = self.fill(&text.into());
        self.lines(style, &text)
    }

    /// The text as the learner reads it, with what must not reach a terminal made visible.
    pub(crate) fn fill(&self, text: &Text) -> String {
        visible(&text.english())
    }

    /// Says something in lines that are broken at words and begin in `column`.
    pub(crate) fn indented(&mut self, column: usize, text: &Text) -> Result<(), Error> {
        let indent = " ".repeat(column);
        let options = prose::wrapping(self.width, &indent, &indent);
        let text = self.fill(text);
        text.lines().try_for_each(|line| self.lines(Style::new(), &textwrap::fill(line, &options)))
    }

    /// Prints a page of Markdown that is no chapter: a task.
    pub(crate) fn markdown(&mut self, text: &str) -> Result<(), Error> {
        let events: Vec<Event<'_>> = Parser::new_ext(text, markdown()).collect();
        self.prose(&events)
    }

    /// Says what Enter does and waits for it, if there is somebody to press it.
    pub(crate) fn pause(&mut self, hint: &'static str) -> Result<(), Error> {
        if self.is_interactive() {
            let hint = self.fill(&hint.into());
            self.part(Style::new().dimmed(), &format!("({hint})"))?;
            self.enter()?;
        }
        Ok(())
    }

    /// Ends the line: by the learner's Enter, or at once if there is nobody to press it.
    ///
    /// `q` and the end of the input are [`Error::Quit`].
    pub(crate) fn enter(&mut self) -> Result<(), Error> {
        let Some(mut answers) = self.answers.take() else {
            return self.line(Style::new(), "");
        };
        let answered = self.answer(&mut answers);
        self.answers = Some(answers);
        answered
    }

    fn answer(&mut self, answers: &mut Answers<'_>) -> Result<(), Error> {
        loop {
            (answers.forget)();
            self.part(Style::new(), " ")?;
            self.out.flush().map_err(Error::Output)?;
            let mut line = Vec::new();
            // A longer line is no answer: somebody has pasted a file, for instance.
            let mut bounded = answers.lines.as_mut().take(4096);
            bounded.read_until(b'\n', &mut line).map_err(Error::Input)?;
            self.unread = 0;
            match line.trim_ascii() {
                b"q" => return Err(Error::Quit),
                [] if line.is_empty() => {
                    self.line(Style::new(), "")?;
                    return Err(Error::Quit);
                }
                [] => return Ok(()),
                _ => {
                    let hint = self.fill(&"(Enter goes on, q ends)".into());
                    self.part(Style::new().dimmed(), &hint)?;
                }
            }
        }
    }

    /// Where a running command's output goes as it comes.
    pub(crate) fn output(&mut self) -> &mut dyn Write {
        &mut self.out
    }
}
