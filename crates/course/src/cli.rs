//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use lab::Mode;

/// Said below the help.
const EXIT_STATUS: &str = "Exit status: 0 when it was done, and passed; 1 when it was not; 2 when \
                           the command line makes no sense.";

/// A course on Linux services: real systemd, on your machine, leaving nothing behind.
#[derive(Debug, Parser)]
#[command(name = "course", bin_name = "cargo course", version, arg_required_else_help = false)]
#[command(after_help = EXIT_STATUS)]
pub struct Cli {
    /// Print without colour, as with NO_COLOR or in a pipe
    #[arg(long, global = true)]
    pub plain: bool,
    /// The directory with the learner's copies [default: work, in the course's directory]
    #[arg(long, global = true, value_name = "DIRECTORY")]
    pub(crate) work: Option<PathBuf>,
    /// The language: en or es; by default the remembered one, or that of your environment
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub(crate) lang: Option<String>,
    /// What to do; without it, where to begin.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

impl Cli {
    /// Whether the command asks the learner to press Enter.
    pub fn asks(&self) -> bool {
        match &self.command {
            Some(Command::Lesson(args)) => !args.yes,
            // The key r walks the lesson, which asks.
            Some(Command::Watch { .. }) => true,
            // Where several labs are open.
            Some(Command::Shell(args)) => args.join,
            _ => self.takes_a_pipe(),
        }
    }

    /// Whether what is asked may be answered from a pipe, too: there a quiz waits for each line.
    pub fn takes_a_pipe(&self) -> bool {
        matches!(&self.command, Some(Command::Quiz { prove: false, .. }))
    }
}

/// What the course can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Walk a chapter: read, press Enter, see what really happens
    Lesson(LessonArgs),
    /// List the exercises, and where you stand
    List,
    /// Start an exercise: copies its starter to work/, and never overwrites
    Start {
        /// Which one
        #[command(flatten)]
        which: Which,
        /// Open its file in your editor: $VISUAL, or $EDITOR
        #[arg(long)]
        edit: bool,
    },
    /// Check an exercise; exits 0 only if it passes
    Check {
        /// Which one
        #[command(flatten)]
        which: Which,
        /// How to boot the lab: subuid, single, sudo or root; by default the first that works
        #[arg(long)]
        mode: Option<Mode>,
        /// Print the verdict as JSON
        #[arg(long)]
        json: bool,
    },
    /// Check again on each save
    Watch {
        /// Which one
        #[command(flatten)]
        which: Which,
        /// How to boot the lab: subuid, single, sudo or root; by default the first that works
        #[arg(long)]
        mode: Option<Mode>,
    },
    /// Open a shell in a lab with your files installed, to try them by hand
    Shell(ShellArgs),
    /// Show the next hint
    Hint(Which),
    /// Show how the authors did it, once you have passed
    Solution {
        /// Which one
        #[command(flatten)]
        which: Which,
        /// Show it before; that is remembered
        #[arg(long)]
        give_up: bool,
    },
    /// Put the starter back; what you had is kept
    Reset(Which),
    /// Answer the questions of a lesson: why, and what happens then
    Quiz {
        /// Its number or its name, such as 1 or date-daemon; by default the lesson that you are at
        name: Option<String>,
        /// For authors: run in a lab what proves the answers
        #[arg(long)]
        prove: bool,
    },
    /// Find out whether the lab works here, and what mends it
    Doctor,
    /// Build the pages into docs/book, with what the lab really answers
    Book(BookArgs),
    /// Choose the language, en or es, and remember it; without one, show which it is
    Lang {
        /// en or es
        #[arg(value_name = "LANGUAGE")]
        name: Option<String>,
    },
    /// For authors: try every check on the answers that it must accept and refuse
    Verify {
        /// A lesson or an exercise, such as 1 or 1.2; by default all
        name: Option<String>,
        /// How to boot the lab: subuid, single, sudo or root; by default the first that works
        #[arg(long)]
        mode: Option<Mode>,
        /// How often the reference must get the same verdict
        #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = 1..=1000)]
        times: i64,
    },
    /// For authors: make a skeleton
    New {
        /// Its directory below exercises/, such as 01-date-daemon/07-name
        name: String,
    },
    /// For translators: show what is stale, or say that a Spanish text was made from the English
    /// one
    Translated {
        /// Where the Spanish text is, as FILE:LINE; a whole FILE only when it is new
        #[arg(value_name = "FILE:LINE")]
        place: Option<String>,
        /// The English text has changed, and the Spanish one still says the same
        #[arg(long, requires = "place", conflicts_with = "stale")]
        same: bool,
        /// It does not, and is to be done later: English is shown until then
        #[arg(long, requires = "place")]
        stale: bool,
    },
}

/// Which exercise.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Its number or name, such as 1.2 or append; by default the one that you started last, or the
    /// next
    #[arg(value_name = "EXERCISE")]
    pub(crate) name: Option<String>,
}

/// Which lesson, and how.
#[derive(Debug, Args)]
pub(crate) struct LessonArgs {
    /// Its number or its name, such as 1 or date-daemon; by default the lesson that you are at
    pub(crate) name: Option<String>,
    /// Run through without waiting for Enter; fail where an answer isn't what the chapter says
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Only read the page: nothing is run, and no lab is needed
    #[arg(long, conflicts_with_all = ["yes", "mode"])]
    pub(crate) read: bool,
    /// How to boot the lab: subuid, single, sudo or root; by default the first that works
    #[arg(long)]
    pub(crate) mode: Option<Mode>,
}

/// Which shell.
#[derive(Debug, Args)]
pub(crate) struct ShellArgs {
    /// The exercise, such as 2.8; by default the one that you started last
    #[arg(value_name = "EXERCISE")]
    pub(crate) name: Option<String>,
    /// Go into the lab of the lesson or shell that is open in another terminal
    #[arg(long, conflicts_with = "mode")]
    pub(crate) join: bool,
    /// How to boot the lab: subuid, single, sudo or root; by default the first that works
    #[arg(long)]
    pub(crate) mode: Option<Mode>,
}

/// How to build the pages.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BookArgs {
    /// Open them in your browser
    #[arg(long)]
    pub(crate) open: bool,
    /// A step of it, for mdBook.
    #[command(subcommand)]
    pub(crate) step: Option<BookStep>,
}

/// What mdBook asks of the course.
#[derive(Debug, Subcommand)]
pub(crate) enum BookStep {
    /// Be mdBook's preprocessor: it brings the book on standard input
    Preprocess {
        /// What mdBook asks: supports, and a renderer
        question: Vec<String>,
    },
}
