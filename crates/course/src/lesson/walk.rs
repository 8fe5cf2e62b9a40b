//! Walks a chapter: prose, the command, Enter, its real answer, and whether that is what the
//! chapter says.

use std::io;
use std::path::Path;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use check_report::text;

use pulldown_cmark::Event;

use super::answer::Answer;
use super::interrupt::Interrupt;
use super::stage::Stage;
use crate::chapter::{Block, Console, ConsoleCommand, File, Listing, Need, Prompt, Stretch};
use crate::diff::{Change, diff};
use crate::error::Error;
use crate::terminal::Terminal;

pub(super) const PROMPT: Style = AnsiColor::Green.on_default();
pub(super) const STRONG: Style = Style::new().bold();
pub(super) const QUIET: Style = Style::new().dimmed();
const MISSING: Style = AnsiColor::Red.on_default();
const CAME: Style = AnsiColor::Magenta.on_default();

/// Of a listing, only so many lines are shown; the file is there to be opened.
const LISTING_LINES: usize = 40;

/// A chapter on its way.
pub(super) struct Walk<'a, 'b> {
    /// The chapter, for messages.
    pub(super) path: &'a Path,
    /// What it is made of.
    pub(super) stretches: &'a [Stretch],
    /// Where its commands run.
    pub(super) stage: &'a Stage,
    /// Whom it is shown to.
    pub(super) terminal: &'a mut Terminal<'b>,
    /// Whether it is only read: nothing is run then.
    pub(super) reading: bool,
    /// How many steps are done again without a stop; see [`is_step`].
    pub(super) again: usize,
    /// What came of it so far.
    pub(super) tally: Tally,
    /// The stretch that it is at.
    pub(super) at: usize,
    /// The stretch that the learner has looked back to.
    pub(super) look: usize,
}

/// What the lesson waits with.
#[derive(Clone, Copy)]
pub(super) enum Waiting<'a> {
    /// A command that Enter runs.
    Command(&'a ConsoleCommand),
    /// Something else, in words.
    Hint(&'static str),
}

/// What came of a walk.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many steps are done.
    pub(super) steps: usize,
    /// How many commands ran.
    pub(super) commands: usize,
    /// What the blocks need that this lab could not do, one for each of them.
    pub(super) left_out: Vec<Need>,
    /// How many commands answered otherwise than the chapter says. Without somebody to ask, the
    /// first ends the walk.
    pub(super) mismatches: usize,
}

/// Whether something is done at a stretch, so that it counts as a step.
pub(super) fn is_step(stretch: &Stretch) -> bool {
    !matches!(stretch.block, Block::Prose(_) | Block::Listing(_))
}

impl Walk<'_, '_> {
    /// Walks the chapter to its end, and calls `done` after each step.
    pub(super) fn through(&mut self, mut done: impl FnMut(&Tally)) -> Result<(), Error> {
        for (at, stretch) in self.stretches.iter().enumerate() {
            self.at = at;
            let again = self.tally.steps < self.again;
            let lacking = self.stage.lacks(stretch)?;
            self.tally.left_out.extend(lacking);
            match lacking {
                None if again => self.do_again(&stretch.block)?,
                None => self.stretch(stretch)?,
                Some(_) if again => {}
                Some(need) => self.leave_out(need, stretch)?,
            }
            if is_step(stretch) {
                self.tally.steps += 1;
                if !again {
                    done(&self.tally);
                } else if self.tally.steps == self.again {
                    self.here_we_are()?;
                }
            }
        }
        Ok(())
    }

    fn stretch(&mut self, stretch: &Stretch) -> Result<(), Error> {
        match &stretch.block {
            Block::Prose(events) => self.prose(events)?,
            Block::Listing(listing) => self.listing(listing)?,
            _ if self.reading => self.show(stretch)?,
            Block::Console(console) => self.console(console)?,
            Block::File(file) => self.file(file)?,
        }
        self.terminal.line(STRONG, "")
    }

    /// Does what the learner has seen before, without a stop.
    fn do_again(&mut self, block: &Block) -> Result<(), Error> {
        match block {
            Block::Prose(_) | Block::Listing(_) => {}
            Block::File(file) => {
                self.terminal.say_in(QUIET, text!("File {path}", path = file.path.display()))?;
                self.stage.write(file)?;
            }
            Block::Console(console) => {
                for (typed, patience) in console.with_patience() {
                    self.quiet_command(typed)?;
                    let answer = self.answer(typed, patience, true)?;
                    self.judge(typed, &answer)?;
                }
            }
        }
        Ok(())
    }

    /// Shows the learner where they were, with the text that they read last.
    fn here_we_are(&mut self) -> Result<(), Error> {
        self.terminal.line(STRONG, "")?;
        self.terminal.say_in(STRONG, "Here you were. The last step:")?;
        self.terminal.line(STRONG, "")?;
        let start = self.text_before(self.at).unwrap_or(self.at);
        self.show_again(start..self.at + 1)
    }

    /// A screen at a time.
    fn prose(&mut self, events: &[Event<'_>]) -> Result<(), Error> {
        for paragraph in self.terminal.paragraphs(events) {
            if self.terminal.is_full(&paragraph) {
                self.wait(Waiting::Hint("Enter: read on"))?;
            }
            self.terminal.paragraph(&paragraph)?;
        }
        Ok(())
    }

    /// Shows what this lab cannot do, and says so.
    fn leave_out(&mut self, need: Need, stretch: &Stretch) -> Result<(), Error> {
        self.show(stretch)?;
        let why = match need {
            Need::Users => {
                "(Not done, only shown: this lab has one user id, and this needs another. \
                 cargo course doctor)"
            }
            Need::Controllers => {
                "(Not done, only shown: this lab has no controllers for memory and tasks, and a \
                 limit does nothing without. cargo course doctor)"
            }
        };
        self.terminal.say_in(CAME, why)?;
        self.terminal.line(STRONG, "")
    }

    fn console(&mut self, console: &Console) -> Result<(), Error> {
        for (typed, patience) in console.with_patience() {
            self.wait(Waiting::Command(typed))?;
            let answer = self.answer(typed, patience, false)?;
            // What the learner's own machine answers was shown as it came.
            if typed.prompt != Prompt::Host {
                self.terminal.answered(Style::new(), &answer.output)?;
            }
            self.judge(typed, &answer)?;
        }
        Ok(())
    }

    /// Counts a command, and says so if its answer is not what the chapter expects.
    fn judge(&mut self, typed: &ConsoleCommand, answer: &Answer) -> Result<(), Error> {
        self.tally.commands += 1;
        if answer.stopped {
            return self.terminal.say_in(CAME, "(You have stopped it. The lesson goes on.)");
        }
        if answer.fits(typed) { Ok(()) } else { self.explain(typed, answer) }
    }

    /// What a command answers, tried until it fits, at most for `patience`. Ctrl-C ends it, where
    /// somebody can press it.
    fn answer(
        &mut self,
        typed: &ConsoleCommand,
        patience: Duration,
        quietly: bool,
    ) -> Result<Answer, Error> {
        let interrupt = self.terminal.is_interactive().then(Interrupt::listen).flatten();
        let (stage, interrupt) = (self.stage, interrupt.as_ref());
        if quietly {
            return stage.answer(typed, patience, interrupt, &mut io::sink());
        }
        stage.answer(typed, patience, interrupt, &mut self.terminal.output())
    }

    /// Says what the chapter expected and what came instead.
    fn explain(&mut self, typed: &ConsoleCommand, answer: &Answer) -> Result<(), Error> {
        let place = format!("{}, line {}", self.path.display(), typed.line);
        self.terminal.line(STRONG, "")?;
        let heading =
            text!("The chapter ({place}) expects another answer: - expected, + got", place);
        self.terminal.say_in(STRONG, heading)?;
        for change in diff(&typed.expected, &answer.output) {
            match change {
                Change::Same(line) => self.terminal.answered(QUIET, &format!("  {line}"))?,
                Change::Skipped => self.terminal.line(QUIET, "  ...")?,
                Change::Expected(line) => {
                    self.terminal.answered(MISSING, &format!("- {line}"))?;
                }
                Change::Got(line) => self.terminal.answered(CAME, &format!("+ {line}"))?,
            }
        }
        if answer.status != typed.status {
            let said = |sign, status| text!("{sign} exit status {status}", sign, status);
            self.terminal.say_in(MISSING, said("-", typed.status))?;
            self.terminal.say_in(CAME, said("+", answer.status))?;
        }
        self.terminal.line(STRONG, "")?;
        self.tally.mismatches += 1;
        if self.terminal.is_interactive() {
            Ok(())
        } else {
            Err(Error::Says(text!(
                "cannot go on: {path}, line {line}: `{command}` did not answer as the chapter says",
                path = self.path.display(),
                line = typed.line,
                command = typed.command,
            )))
        }
    }

    fn file(&mut self, file: &File) -> Result<(), Error> {
        let path = file.path.display();
        self.terminal.say_in(PROMPT, text!("File {path} in the lab:", path))?;
        self.terminal.code(&file.text)?;
        self.wait(Waiting::Hint("Enter: write it"))?;
        self.stage.write(file)
    }

    pub(super) fn listing(&mut self, listing: &Listing) -> Result<(), Error> {
        let path = listing.path.display();
        self.terminal.say_in(PROMPT, text!("From {path}:", path))?;
        let shown: Vec<&str> = listing.text.lines().take(LISTING_LINES).collect();
        self.terminal.code(&shown.join("\n"))?;
        match listing.text.lines().count().saturating_sub(LISTING_LINES) {
            0 => Ok(()),
            left => self.terminal.say_in(QUIET, text!("    ({left} more lines in the file)", left)),
        }
    }
}
