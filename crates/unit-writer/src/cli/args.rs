//! The arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Writes, checks, explains and installs systemd unit files.
#[derive(Debug, Parser)]
#[command(name = "unit-writer", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is wrong with unit files, what systemd does about it, and how to mend it
    Check(Check),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 no errors, 1 errors, 2 warnings with --strict, 64 wrong usage."
)]
pub(crate) struct Check {
    /// Unit files, drop-ins, directories of them, or - for standard input
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The name of the unit on standard input, or of a file whose own name does not tell
    #[arg(long, value_name = "UNIT")]
    pub(crate) name: Option<String>,
    /// Make the changes that are surely meant
    #[arg(long)]
    pub(crate) fix: bool,
    /// Print the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit with 2 if there are warnings
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// What a unit is judged for.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Don't look at this machine's programs, users, files and units
    #[arg(long)]
    pub(crate) offline: bool,
    /// Look at the machine below this directory instead
    #[arg(long, value_name = "DIR", default_value = "/")]
    pub(crate) root: PathBuf,
    /// Judge for this version of systemd; the machine's own by default
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(u32).range(200..1000))]
    pub(crate) systemd: Option<u32>,
    /// The units are for a user's service manager
    #[arg(long)]
    pub(crate) user: bool,
}
