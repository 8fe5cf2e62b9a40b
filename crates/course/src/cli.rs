//! The command line.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use lab::Mode;

/// A course on Linux services: real systemd, on your machine, leaving nothing behind.
#[derive(Debug, Parser)]
#[command(name = "course", version, arg_required_else_help = false)]
pub struct Cli {
    /// What to do; without it, where to begin.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the course can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk a chapter: read, press Enter, see what really happens
    Lesson(LessonArgs),
    /// Print the script that completes these commands in your shell
    Completions {
        /// The shell to complete for
        shell: Shell,
    },
}

/// Which lesson, and how.
#[derive(Debug, Args)]
pub struct LessonArgs {
    /// Its number or its name, such as 1 or date-daemon
    pub name: String,
    /// Run through without waiting for Enter; fail where an answer isn't what the chapter says
    #[arg(short, long)]
    pub yes: bool,
    /// How to boot the lab: subuid, single, sudo or root; by default the first that works
    #[arg(long)]
    pub mode: Option<Mode>,
}
