//! What the learner reads, and what they answer: lines out, Enter in.
//!
//! No cursor addressing and no alternate screen: the lesson can be scrolled back, piped and read
//! aloud. Colour is always written; the output that `main` brings strips it where it isn't wanted.

mod ascii;
mod ask;
mod choice;
mod code;
mod keys;
mod output;
mod picture;
mod prose;
mod table;
#[cfg(test)]
mod tests;
mod visible;
mod wrap;

use std::io::{self, BufRead, Write};

use anstyle::Style;
use check_report::Text;
use pulldown_cmark::{Event, Parser};

pub(crate) use visible::visible;
pub(crate) use wrap::wrapping;

pub(crate) use self::ascii::ascii;

use self::ascii::Ascii;

use crate::chapter::markdown;
use crate::error::Error;
use crate::language::{Language, Speech, Words};

/// Lines longer than this are tiring to read, however wide the terminal is.
const WIDTH: usize = 80;
/// A terminal with fewer columns has no room for labels beside the text.
const NARROW: usize = 70;
/// Where text below a label begins on such a terminal.
const NARROW_INDENT: usize = 4;

/// The learner's side: somewhere to print, and perhaps somebody to ask.
pub struct Terminal<'a> {
    out: Box<dyn Write + 'a>,
    answers: Option<Answers<'a>>,
    /// How many columns there are, which what a program prints may have: no end of them where
    /// nobody sees it.
    columns: usize,
    /// Whether somebody sees it: a line for a file or for a program is not broken.
    wraps: bool,
    height: usize,
    /// Lines since the learner last pressed Enter.
    unread: usize,
    words: Words,
    /// Whether nothing says which language to speak.
    has_no_language: bool,
    /// Whether it takes nothing but ASCII.
    ascii: bool,
}

/// What somebody answered to a question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Enter alone.
    GoOn,
    /// Some words, and Enter.
    Words(String),
}

/// Somebody to ask.
pub struct Answers<'a> {
    /// What they type.
    pub lines: Box<dyn BufRead + 'a>,
    /// Drops the keys that were typed before the question was there: they are no answer to it.
    pub forget: fn(),
    /// Whether one more line is there already: what was pasted comes all at once.
    pub has_more: fn() -> bool,
    /// The terminal's columns and rows: windows change while somebody reads.
    pub size: fn() -> Option<(u16, u16)>,
}

impl<'a> Terminal<'a> {
    /// A terminal of `size` columns and rows; without `answers` everything runs through.
    pub fn new(
        out: impl Write + 'a,
        answers: Option<Answers<'a>>,
        size: Option<(u16, u16)>,
    ) -> Terminal<'a> {
        let mut terminal = Terminal {
            out: Box::new(out),
            answers,
            columns: usize::MAX,
            wraps: size.is_some(),
            height: 24,
            unread: 0,
            words: Words::default(),
            has_no_language: false,
            ascii: false,
        };
        terminal.has_size(size);
        terminal
    }

    fn has_size(&mut self, size: Option<(u16, u16)>) {
        if let (true, Some((columns, rows))) = (self.wraps, size) {
            self.columns = usize::from(columns).max(20);
            self.height = usize::from(rows).max(5);
        }
    }

    /// Looks at the terminal's size again.
    fn measure(&mut self) {
        self.has_size(self.answers.as_ref().and_then(|answers| (answers.size)()));
    }

    /// Speaks what `speech` says from now on.
    pub fn speak(&mut self, speech: &Speech) {
        self.words = speech.words();
        self.has_no_language = !speech.is_chosen;
        if speech.ascii && !self.ascii {
            let out = std::mem::replace(&mut self.out, Box::new(io::sink()));
            self.out = Box::new(Ascii::new(out));
            self.ascii = true;
        }
    }

    /// Says in Spanish how to have it in Spanish, where nothing says which language to speak: a
    /// container has no locale.
    pub(crate) fn offer_languages(&mut self) -> Result<(), Error> {
        if self.has_no_language {
            self.line(Style::new(), "En español: cargo course lang es")
        } else {
            Ok(())
        }
    }

    /// The language that is spoken.
    pub(crate) fn language(&self) -> Language {
        self.words.language
    }

    /// What is said in it.
    pub(crate) fn words(&self) -> &Words {
        &self.words
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

    /// Prints the lines of `text`, one without words if it is empty.
    fn line_or_more(&mut self, style: Style, text: &str) -> Result<(), Error> {
        self.lines(style, if text.is_empty() { "\n" } else { text })
    }

    /// Prints a part of a line; [`Terminal::ask`] or [`Terminal::line`] ends it.
    pub(crate) fn part(&mut self, style: Style, text: &str) -> Result<(), Error> {
        write!(self.out, "{style}{text}{style:#}").map_err(Error::Output)
    }

    /// A chapter's prose, paragraph by paragraph, for [`Terminal::paragraph`].
    pub(crate) fn paragraphs(&self, events: &[Event<'_>]) -> Vec<String> {
        let page = prose::render(events, self.width(), self.columns, &self.words);
        page.split_inclusive("\n\n").map(str::to_owned).collect()
    }

    /// Prints one paragraph.
    pub(crate) fn paragraph(&mut self, paragraph: &str) -> Result<(), Error> {
        self.lines(Style::new(), paragraph)
    }

    /// Whether `paragraph` would push text off the screen that nobody has read yet.
    pub(crate) fn is_full(&self, paragraph: &str) -> bool {
        let full = self.unread + paragraph.lines().count() > self.height - 2;
        full && self.unread > 1
    }

    /// Says something to the learner: the lines of `text`, broken between words where they are too
    /// long for the terminal. An empty text prints no line.
    pub(crate) fn say(&mut self, text: impl Into<Text>) -> Result<(), Error> {
        self.say_in(Style::new(), text)
    }

    /// Says something in a style.
    pub(crate) fn say_in(&mut self, style: Style, text: impl Into<Text>) -> Result<(), Error> {
        let text = self.fill(&text.into());
        text.lines().try_for_each(|line| self.wrapped(style, line))
    }

    /// A line that goes on below where it begins.
    fn wrapped(&mut self, style: Style, line: &str) -> Result<(), Error> {
        let text = line.trim_start();
        let indent = &line[..line.len() - text.len()];
        let lines = self.broken(text, self.width(), indent, indent);
        self.line_or_more(style, &lines)
    }

    /// A line as lines of at most `width` columns, with these indents; as it is where nobody sees
    /// it.
    fn broken(&self, line: &str, width: usize, first: &str, rest: &str) -> String {
        if self.wraps {
            textwrap::fill(line, wrapping(width, first, rest))
        } else {
            format!("{first}{line}")
        }
    }

    /// The text as the learner reads it, with what must not reach a terminal made visible.
    pub(crate) fn fill(&self, text: &Text) -> String {
        visible(&self.words.fill(text))
    }

    /// An error in the learner's language and letters, for standard error.
    pub fn error(&self, error: &Error) -> String {
        self.in_letters(&error.text())
    }

    fn in_letters(&self, text: &Text) -> String {
        let words = self.fill(text);
        if self.ascii { ascii(&words) } else { words }
    }

    /// Says something beside what was asked for, on standard error.
    pub(crate) fn warn(&self, text: &Text) {
        // Nobody is left to hear of a failed write.
        let _ = writeln!(io::stderr(), "course: {}", self.in_letters(text));
    }

    /// Says something in lines that begin in `column`, and are broken between words. On a narrow
    /// terminal they begin further to the left.
    pub(crate) fn indented(&mut self, column: usize, text: &Text) -> Result<(), Error> {
        let indent = " ".repeat(if self.is_narrow() { NARROW_INDENT } else { column });
        let options = wrapping(self.width(), &indent, &indent);
        let text = self.fill(text);
        text.lines().try_for_each(|line| self.lines(Style::new(), &textwrap::fill(line, &options)))
    }

    /// A label, and the lines of `text` beside it, in `column`; below it on a narrow terminal.
    /// Nothing if there are none.
    pub(crate) fn labelled(
        &mut self,
        column: usize,
        label: &'static str,
        text: &str,
    ) -> Result<(), Error> {
        let label = self.fill(&label.into());
        let first_width = column.saturating_sub(2);
        if self.is_narrow() && !text.is_empty() {
            self.line(Style::new().dimmed(), &format!("  {label}"))?;
            return self.indented(column, &Text::verbatim(text));
        }
        let indent = " ".repeat(column);
        for (number, line) in text.lines().enumerate() {
            let label = if number == 0 { label.as_str() } else { "" };
            self.part(Style::new().dimmed(), &format!("  {label:<first_width$}"))?;
            let beside = self.broken(line, self.width(), &indent, &indent);
            self.line_or_more(Style::new(), beside.trim_start())?;
        }
        Ok(())
    }

    /// Clears the screen. One can still scroll back to what was on it. Does nothing where no colour
    /// is wanted: whatever strips colours strips this as well.
    pub(crate) fn clear(&mut self) -> Result<(), Error> {
        self.measure();
        if self.wraps {
            write!(self.out, "\x1b[H\x1b[2J").map_err(Error::Output)?;
        }
        Ok(())
    }

    /// Says something that is soon cleared away: to somebody who sees it, and not to a file.
    pub(crate) fn passing(&mut self, text: Text) -> Result<(), Error> {
        if self.wraps { self.say_in(Style::new().dimmed(), text) } else { Ok(()) }
    }

    /// Whether the window has got another size since it was last looked at.
    pub(crate) fn is_resized(&mut self) -> bool {
        let before = (self.columns, self.height);
        self.measure();
        before != (self.columns, self.height)
    }

    /// Whether a line need not be broken: it has room, or nobody sees it.
    pub(crate) fn has_room_for(&self, line: &str) -> bool {
        !self.wraps || line.chars().count() <= self.width()
    }

    /// How many columns a line may have.
    pub(crate) fn width(&self) -> usize {
        self.columns.min(WIDTH)
    }

    /// How many lines the screen has.
    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// Whether there is no room for two columns.
    pub(crate) fn is_narrow(&self) -> bool {
        self.width() < NARROW
    }

    /// Prints a page of Markdown that is no chapter: a task.
    pub(crate) fn markdown(&mut self, text: &str) -> Result<(), Error> {
        // There is no web page of a task or a hint, so that what looks like HTML is none: Rust's
        // `DateTime<Local>`, for instance.
        let as_text = |event| match event {
            Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
            other => other,
        };
        let events: Vec<Event<'_>> = Parser::new_ext(text, markdown()).map(as_text).collect();
        self.paragraphs(&events).iter().try_for_each(|paragraph| self.paragraph(paragraph))
    }
}
