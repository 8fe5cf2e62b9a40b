//! What a chapter is made of: prose, and blocks that are something to do or to show.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use pulldown_cmark::Event;

use crate::pattern::Pattern;

/// The line in which something is wrong, and what.
pub(super) type Fault = (usize, String);

/// One stretch of a chapter.
#[derive(Debug)]
pub(crate) struct Stretch {
    /// What it is.
    pub(crate) block: Block,
    /// What not every lab can do, if it needs that.
    pub(crate) need: Option<Need>,
    /// The info string of a fenced block, such as `ini,file=/etc/hostname`.
    pub(crate) info: String,
    /// Where a fenced block stands in the text.
    pub(crate) range: Range<usize>,
    /// The lines of that, counted from 1.
    pub(crate) lines: Range<usize>,
}

/// What a stretch is.
#[derive(Debug)]
pub(crate) enum Block {
    /// Text between two blocks, as Markdown events.
    Prose(Vec<Event<'static>>),
    /// Commands and what they answer.
    Console(Console),
    /// A file that the lesson writes in the lab.
    File(File),
    /// A part of the repository, only shown.
    Listing(Listing),
}

/// What a block needs of the lab; the last word of its info string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// `users`: more than one user id.
    Users,
    /// `controllers`: those of the cgroup that set limits to memory and tasks.
    Controllers,
}

impl Need {
    /// The info string without the word that says what its block needs, and what that is.
    pub(super) fn take(info: &str) -> (&str, Option<Need>) {
        for (word, need) in [(",users", Need::Users), (",controllers", Need::Controllers)] {
            if let Some(info) = info.strip_suffix(word) {
                return (info, Some(need));
            }
        }
        (info, None)
    }
}

impl Stretch {
    /// Text between two blocks.
    pub(super) fn prose(events: Vec<Event<'static>>) -> Stretch {
        let block = Block::Prose(events);
        Stretch { block, need: None, info: String::new(), range: 0..0, lines: 0..0 }
    }
}

/// A `console` block.
#[derive(Debug)]
pub(crate) struct Console {
    /// Its commands, in order; at least one.
    pub(crate) commands: Vec<ConsoleCommand>,
    /// How long the last command may be repeated until it answers as expected.
    pub(crate) retry: Duration,
}

impl Console {
    /// Each command, and how long it may be repeated until it answers as expected: the last alone
    /// has time.
    pub(crate) fn with_patience(&self) -> impl Iterator<Item = (&ConsoleCommand, Duration)> {
        let last = self.commands.len() - 1;
        let patience = move |at| if at == last { self.retry } else { Duration::ZERO };
        self.commands.iter().enumerate().map(move |(at, typed)| (typed, patience(at)))
    }
}

/// A block with `file=` in its info string.
#[derive(Debug)]
pub(crate) struct File {
    /// Where in the lab; absolute.
    pub(crate) path: PathBuf,
    /// Its whole text.
    pub(crate) text: String,
}

/// A block that includes a file of the repository.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The file, relative to the project's root.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) text: String,
}

/// Where a command is typed; the prompt says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// `lab#`: in the lab, as root.
    LabRoot,
    /// `learner$`: in the lab, as the account `learner`.
    LabLearner,
    /// `$`: on the learner's own machine, in the project's directory.
    Host,
}

/// A command as the chapter has it.
#[derive(Debug, Clone)]
pub(crate) struct ConsoleCommand {
    /// Where it is typed.
    pub(crate) prompt: Prompt,
    /// What is typed, for `bash -c`.
    pub(crate) command: String,
    /// What it must answer, standard output and standard error in the order they came.
    pub(crate) expected: Pattern,
    /// The exit status that it must have.
    pub(crate) status: i32,
    /// Its line in the chapter.
    pub(crate) line: usize,
}

pub(super) const PROMPTS: [Prompt; 3] = [Prompt::LabRoot, Prompt::LabLearner, Prompt::Host];

impl Prompt {
    /// The prompt as the chapter writes it and the terminal shows it.
    pub(crate) fn as_written(self) -> &'static str {
        match self {
            Prompt::LabRoot => "lab#",
            Prompt::LabLearner => "learner$",
            Prompt::Host => "$",
        }
    }
}
