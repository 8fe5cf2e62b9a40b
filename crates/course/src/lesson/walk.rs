//! Walks a chapter: prose, the command, Enter, its real answer, and whether that is what the
//! chapter says.

use std::path::Path;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use check_report::text;

use super::answer::Answer;
use super::stage::Stage;
use crate::chapter::{Block, Chapter, Console, ConsoleCommand, File, Listing, Place};
use crate::diff::{Change, diff};
use crate::error::Error;
use crate::terminal::Terminal;

const PROMPT: Style = AnsiColor::Green.on_default();
const STRONG: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();
const MISSING: Style = AnsiColor::Red.on_default();
const CAME: Style = AnsiColor::Yellow.on_default();

/// Of a listing, only so many lines are shown; the file is there to be opened.
const LISTING_LINES: usize = 40;

/// A chapter on its way.
pub(super) struct Walk<'a, 'b> {
    /// The chapter, for messages.
    pub(super) path: &'a Path,
    /// Where its commands run.
    pub(super) stage: &'a Stage,
    /// Whom it is shown to.
    pub(super) terminal: &'a mut Terminal<'b>,
    /// What came of it so far.
    pub(super) tally: Tally,
}

/// What came of a walk.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many commands ran.
    pub(super) commands: usize,
    /// How many blocks need a user that this lab does not have.
    pub(super) left_out: usize,
    /// How many commands answered otherwise than the chapter says. Without somebody to ask, the
    /// first ends the walk.
    pub(super) mismatches: usize,
}

impl Walk<'_, '_> {
    /// Walks `chapter` to its end.
    pub(super) fn through(&mut self, chapter: &Chapter) -> Result<(), Error> {
        chapter.blocks.iter().try_for_each(|block| self.block(block))
    }

    fn block(&mut self, block: &Block) -> Result<(), Error> {
        match block {
            Block::Prose(events) => self.terminal.prose(events)?,
            Block::Console(console) => self.console(console)?,
            Block::File(file) => self.file(file)?,
            Block::Listing(listing) => self.listing(listing)?,
            Block::ForUsers(block) if self.stage.has_users() => return self.block(block),
            Block::ForUsers(block) => self.leave_out(block)?,
        }
        self.line(STRONG, "")
    }

    /// Shows what a lab with one user id cannot run, and says so.
    fn leave_out(&mut self, block: &Block) -> Result<(), Error> {
        match block {
            Block::Console(console) => {
                for typed in &console.commands {
                    self.terminal.part(QUIET, typed.place.prompt())?;
                    self.line(QUIET, &format!(" {}", typed.command))?;
                }
            }
            Block::File(file) => {
                self.terminal.say_in(QUIET, text!("File {path}", path = file.path.display()))?;
            }
            Block::Prose(_) | Block::Listing(_) | Block::ForUsers(_) => {}
        }
        self.tally.left_out += 1;
        self.terminal.say_in(
            CAME,
            "(Not done: this lab has one user id, and this needs another. cargo course doctor)",
        )
    }

    fn console(&mut self, console: &Console) -> Result<(), Error> {
        let last = console.commands.len() - 1;
        for (at, typed) in console.commands.iter().enumerate() {
            self.terminal.part(PROMPT, typed.place.prompt())?;
            self.terminal.part(STRONG, &format!(" {}", typed.command))?;
            self.terminal.enter()?;
            let patience = if at == last { console.retry } else { Duration::ZERO };
            let answer = self.stage.answer(typed, patience, self.terminal.output())?;
            self.tally.commands += 1;
            // What the learner's own machine answers was shown as it came.
            if typed.place != Place::Host {
                self.terminal.lines(Style::new(), &answer.output)?;
            }
            if !answer.fits(typed) {
                self.explain(typed, &answer)?;
            }
        }
        Ok(())
    }

    /// Says what the chapter expected and what came instead.
    fn explain(&mut self, typed: &ConsoleCommand, answer: &Answer) -> Result<(), Error> {
        let place = format!("{}, line {}", self.path.display(), typed.line);
        self.line(STRONG, "")?;
        let heading =
            text!("The chapter ({place}) expects another answer: - expected, + got", place);
        self.terminal.say_in(STRONG, heading)?;
        for change in diff(&typed.expected, &answer.output) {
            match change {
                Change::Same(line) => self.line(QUIET, &format!("  {line}"))?,
                Change::Skipped => self.line(QUIET, "  ...")?,
                Change::Expected(line) => self.line(MISSING, &format!("- {line}"))?,
                Change::Got(line) => self.line(CAME, &format!("+ {line}"))?,
            }
        }
        if answer.status != typed.status {
            let said = |sign, status| text!("{sign} exit status {status}", sign, status);
            self.terminal.say_in(MISSING, said("-", typed.status))?;
            self.terminal.say_in(CAME, said("+", answer.status))?;
        }
        self.line(STRONG, "")?;
        self.tally.mismatches += 1;
        match self.terminal.is_interactive() {
            true => Ok(()),
            false => Err(Error::Mismatch {
                path: self.path.to_owned(),
                line: typed.line,
                command: typed.command.clone(),
            }),
        }
    }

    fn file(&mut self, file: &File) -> Result<(), Error> {
        let path = file.path.display();
        self.terminal.say_in(PROMPT, text!("File {path} in the lab:", path))?;
        self.indented(file.text.lines())?;
        self.terminal.pause("Enter: write it")?;
        self.stage.write(file)
    }

    fn listing(&mut self, listing: &Listing) -> Result<(), Error> {
        let path = listing.path.display();
        self.terminal.say_in(PROMPT, text!("From {path}:", path))?;
        self.indented(listing.text.lines().take(LISTING_LINES))?;
        match listing.text.lines().count().saturating_sub(LISTING_LINES) {
            0 => Ok(()),
            left => self.terminal.say_in(QUIET, text!("    ({left} more lines in the file)", left)),
        }
    }

    fn indented<'t>(&mut self, lines: impl Iterator<Item = &'t str>) -> Result<(), Error> {
        for line in lines {
            self.line(Style::new(), format!("    {line}").trim_end())?;
        }
        Ok(())
    }

    fn line(&mut self, style: Style, text: &str) -> Result<(), Error> {
        self.terminal.line(style, text)
    }
}
