//! The arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use super::target::Target;

/// Writes, checks, explains and installs systemd unit files.
#[derive(Debug, Parser)]
#[command(name = "unit-writer", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one, made once")]
pub(crate) enum Command {
    /// Write a new unit; what is missing is asked for on a terminal
    #[command(subcommand)]
    New(super::new::New),
    /// Say what is wrong with unit files, what systemd does about it, and how to mend it
    Check(Check),
    /// Tidy the layout of unit files; comments and meaning stay
    Fmt(Fmt),
    /// Say what a key does, or what a whole unit file does, in plain words
    Explain(Explain),
    /// Show the unit that a file and its drop-ins make together, and where each line comes from
    Cat(Cat),
    /// Check a unit file and put it where systemd finds it
    Install(Install),
    /// Take away a unit file that was installed
    Uninstall(Uninstall),
    /// Escape text or paths for unit names
    Escape(Escape),
    /// Turn escaped text or paths back
    Unescape(Unescape),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, of the program or of one command, for man -l -
    Man {
        /// The command
        command: Option<String>,
    },
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 no errors, 1 errors, 2 warnings with --strict, 64 wrong usage."
)]
pub(crate) struct Check {
    /// Unit files, drop-ins, directories with them in or below, or - for standard input
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The name of the unit on standard input, or of a file whose own name does not tell
    #[arg(long, value_name = "UNIT")]
    pub(crate) name: Option<String>,
    /// Make the changes that are surely meant, and show them
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

#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Unit files, or - for standard input
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Change nothing; exit with 1 if a file is not tidy
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A key such as Restart, Restart= or Service.Restart; a unit file; or a unit of this machine
    pub(crate) what: String,
    /// A unit of the user's own service manager
    #[arg(long)]
    pub(crate) user: bool,
    /// Explain for this version of systemd
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(u32).range(200..1000))]
    pub(crate) systemd: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Cat {
    /// The unit's name, or a path
    pub(crate) unit: String,
    /// Print what holds as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// A unit of the user's own service manager
    #[arg(long)]
    pub(crate) user: bool,
    /// Look below this directory
    #[arg(long, value_name = "DIR", default_value = "/")]
    pub(crate) root: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Install {
    /// The unit file, or a drop-in in a directory such as x.service.d
    pub(crate) file: PathBuf,
    /// Enable it, so that it starts with what wants it
    #[arg(long)]
    pub(crate) enable: bool,
    /// Start it now
    #[arg(long)]
    pub(crate) now: bool,
    /// Install it in spite of errors, for a machine that has what this one lacks
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Uninstall {
    /// The unit's name; its drop-ins go with it. Or one drop-in: NAME.service.d/FILE.conf
    pub(crate) unit: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Where units are installed.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// For the user's own service manager, in ~/.config/systemd/user
    #[arg(long)]
    pub(crate) user: bool,
    /// Below this directory, of which no service manager runs
    #[arg(long, value_name = "DIR", default_value = "/", conflicts_with = "user")]
    pub(crate) root: PathBuf,
    /// Don't ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Escape {
    /// What to escape, one result a line
    #[arg(required = true)]
    pub(crate) texts: Vec<String>,
    /// The texts are paths
    #[arg(long, short, conflicts_with = "mangle")]
    pub(crate) path: bool,
    /// Make a unit name of it, as systemctl does of what is typed
    #[arg(long, short)]
    pub(crate) mangle: bool,
    /// The unit type to end with
    #[arg(long, value_name = "TYPE")]
    pub(crate) suffix: Option<String>,
    /// The template whose instance it is to be
    #[arg(long, value_name = "TEMPLATE", conflicts_with_all = ["suffix", "mangle"])]
    pub(crate) template: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Unescape {
    /// What to turn back, one result a line
    #[arg(required = true)]
    pub(crate) texts: Vec<String>,
    /// The texts are paths
    #[arg(long, short)]
    pub(crate) path: bool,
}
