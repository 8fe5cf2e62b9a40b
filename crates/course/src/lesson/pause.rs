//! What a learner can do while the lesson waits: go on, look back, try something in the lab.

use std::ops::Range;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use check_report::{Text, text};
use nix::sys::signal::Signal;

use super::walk::{PROMPT, QUIET, STRONG, Waiting, Walk};
use crate::chapter::{Block, ConsoleCommand, Stretch};
use crate::error::Error;
use crate::terminal::Reply;

/// Ahead of what the learner types, in a shell with job control: what Ctrl-Z has stopped, such as
/// top(1), goes on at once. There is no prompt here to type `fg` at, and nothing else would wake it.
const NOTHING_STAYS_STOPPED: &str = "trap 'while [ \"$(jobs -s)\" ]; do fg; set -- $?; \
     [ $1 -gt 128 ] || break; done; [ $# = 0 ] || exit $1' EXIT; ";

impl Walk<'_, '_> {
    /// Waits for Enter, and does meanwhile what the learner asks for; goes on at once where there
    /// is nobody to ask.
    pub(super) fn wait(&mut self, waiting: Waiting<'_>) -> Result<(), Error> {
        self.look = self.at;
        loop {
            match waiting {
                Waiting::Command(typed) => {
                    let prompt = (PROMPT, typed.prompt.as_written());
                    self.terminal.command(prompt, (STRONG, &typed.command))?;
                }
                // Nobody is told of a key that nobody can press.
                Waiting::Hint(_) if !self.terminal.is_interactive() => return Ok(()),
                Waiting::Hint(hint) => {
                    let hint = self.terminal.fill(&hint.into());
                    self.terminal.part(QUIET, &format!("({hint})"))?;
                }
            }
            match self.terminal.ask()? {
                Reply::GoOn => return Ok(()),
                Reply::Words(words) => self.obey(&words)?,
            }
        }
    }

    fn obey(&mut self, words: &str) -> Result<(), Error> {
        match words {
            "s" => self.shell(),
            "b" => self.back(),
            "?" => self.keys(),
            command => self.try_out(command),
        }
    }

    /// What can be typed while the lesson waits.
    pub(super) fn keys(&mut self) -> Result<(), Error> {
        self.terminal.say("Enter runs the command that you see. You can also type, with Enter:")?;
        self.terminal.key('q', "ends the lesson, which remembers the place")?;
        self.terminal.key('b', "shows the text before again, and one more each time")?;
        self.terminal.key('s', "opens a shell in the lab; exit comes back to this page")?;
        self.terminal.key('?', "says this again")?;
        self.terminal.say("Any other line runs in the lab, as root: try what you like there.")
    }

    /// Opens a shell in the very lab of the lesson.
    fn shell(&mut self) -> Result<(), Error> {
        let Some(lab) = self.stage.lab() else { return self.no_lab() };
        let directory = self.stage.root().to_owned();
        self.terminal
            .say_in(STRONG, "You are in the lab of the lesson, as root; exit comes back.")?;
        let left = lab.shell(&directory, "root", || {});
        self.came_back(left.map(drop))
    }

    /// Runs what the learner has typed, on a terminal of its own, with Ctrl-C for it alone.
    fn try_out(&mut self, command: &str) -> Result<(), Error> {
        let Some(lab) = self.stage.lab() else { return self.no_lab() };
        let boots = lab.boots();
        let directory: &Path = self.stage.root();
        let mut bash = lab.command("bash");
        let script = format!("{NOTHING_STAYS_STOPPED}{command}");
        let status = bash.args(["-m", "-c", &script]).current_dir(directory).status();
        let ran = status.and_then(|status| match status.code() {
            Some(_) => Ok(status),
            // A reboot ends the command that asks for it.
            None => lab.comes_back(boots).map(|_| status),
        });
        match ran.as_ref().map(|status| (status.code(), status.signal())) {
            Ok((Some(status @ 1..), _)) => {
                self.terminal.say_in(QUIET, text!("(exit status {status})", status))?;
            }
            Ok((_, Some(signal))) => {
                let signal = Signal::try_from(signal)
                    .map_or_else(|_| signal.to_string(), |signal| signal.as_str().to_owned());
                self.terminal.say_in(QUIET, text!("(ended by {signal})", signal))?;
            }
            _ => {}
        }
        self.came_back(ran.map(drop))
    }

    /// The lab is as the learner has left it. One that is gone ends the lesson.
    fn came_back(&mut self, left: Result<(), lab::Error>) -> Result<(), Error> {
        match left {
            Err(error @ lab::Error::Spawn { .. }) => self.terminal.say(Text::verbatim(error)),
            other => Ok(other?),
        }
    }

    fn no_lab(&mut self) -> Result<(), Error> {
        self.terminal
            .say_in(QUIET, "(This lesson has no lab: Enter goes on, b looks back, q ends.)")
    }

    /// Shows the text before what was looked at last.
    fn back(&mut self) -> Result<(), Error> {
        let Some(start) = self.text_before(self.look) else {
            return self.terminal.say_in(QUIET, "(This is where the lesson begins.)");
        };
        let end = std::mem::replace(&mut self.look, start);
        self.terminal.say_in(QUIET, "(Once more, from before:)")?;
        self.terminal.line(STRONG, "")?;
        self.show_again(start..end)
    }

    /// Where the last text before the stretch `at` is.
    pub(super) fn text_before(&self, at: usize) -> Option<usize> {
        self.stretches[..at].iter().rposition(|stretch| matches!(stretch.block, Block::Prose(_)))
    }

    /// Shows stretches once more, each with a blank line below.
    pub(super) fn show_again(&mut self, which: Range<usize>) -> Result<(), Error> {
        for stretch in &self.stretches[which] {
            self.show(stretch)?;
            self.terminal.line(STRONG, "")?;
        }
        Ok(())
    }

    /// A stretch of which nothing is run: its text, its file, its commands. Where they never ran,
    /// the answers that the chapter expects are all that there is to see.
    pub(super) fn show(&mut self, stretch: &Stretch) -> Result<(), Error> {
        match &stretch.block {
            Block::Prose(events) => {
                let page = self.terminal.paragraphs(events);
                page.iter().try_for_each(|paragraph| self.terminal.paragraph(paragraph))
            }
            Block::Console(console) => {
                let ran = !self.reading && self.stage.lacks(stretch)?.is_none();
                console.commands.iter().try_for_each(|typed| {
                    self.quiet_command(typed)?;
                    if ran { Ok(()) } else { self.expected(typed) }
                })
            }
            Block::File(file) => {
                self.terminal.say_in(QUIET, text!("File {path}:", path = file.path.display()))?;
                self.terminal.code(&file.text)
            }
            Block::Listing(listing) => self.listing(listing),
        }
    }

    pub(super) fn quiet_command(&mut self, typed: &ConsoleCommand) -> Result<(), Error> {
        self.terminal.command((QUIET, typed.prompt.as_written()), (QUIET, &typed.command))?;
        self.terminal.line(QUIET, "")
    }

    fn expected(&mut self, typed: &ConsoleCommand) -> Result<(), Error> {
        let lines: Vec<&str> = typed.expected.lines.iter().map(|line| line.as_written()).collect();
        self.terminal.answered(QUIET, &lines.join("\n"))
    }
}
