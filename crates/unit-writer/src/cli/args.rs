//! The arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

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
    New(New),
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
    /// A key such as Restart, Restart= or Service.Restart; or a unit file
    pub(crate) what: String,
    /// Explain for this version of systemd
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(u32).range(200..1000))]
    pub(crate) systemd: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Cat {
    /// The unit's name, or a path
    pub(crate) unit: String,
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
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Uninstall {
    /// The unit's name
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

#[derive(Debug, Subcommand)]
pub(crate) enum New {
    /// A program that systemd runs
    Service {
        #[command(flatten)]
        common: Common,
        /// How systemd knows that it has started: simple, exec, forking, oneshot, notify, idle
        #[arg(long = "type", value_name = "TYPE")]
        service_type: Option<String>,
        /// When systemd starts it again: no, on-failure, always and others
        #[arg(long, value_name = "WHEN")]
        restart: Option<String>,
        /// The pause before that
        #[arg(long, value_name = "SPAN")]
        restart_sec: Option<String>,
        /// The user it runs as
        #[arg(long, value_name = "USER")]
        user: Option<String>,
        /// Run it as a user that exists only as long as the service
        #[arg(long)]
        dynamic_user: bool,
        /// A variable it gets
        #[arg(long, value_name = "NAME=VALUE")]
        env: Vec<String>,
        /// The directory it starts in
        #[arg(long, value_name = "PATH")]
        working_directory: Option<String>,
        /// A directory below /var/lib that systemd makes for it
        #[arg(long, value_name = "NAME")]
        state_directory: Option<String>,
        /// The program and its arguments, behind --; they are quoted as systemd needs it
        #[arg(last = true, value_name = "COMMAND")]
        command: Vec<String>,
    },
    /// A group of units
    Target {
        #[command(flatten)]
        common: Common,
    },
    /// A socket that starts a service
    Socket {
        #[command(flatten)]
        common: Common,
        /// A port, an address with a port, or a path
        #[arg(long, value_name = "ADDRESS")]
        listen: Vec<String>,
        /// Start an instance of the template for each connection
        #[arg(long)]
        accept: bool,
        /// The mode of the socket's file
        #[arg(long, value_name = "MODE")]
        mode: Option<String>,
    },
    /// A mount point; its name follows from --where
    Mount {
        #[command(flatten)]
        common: Common,
        /// What is mounted
        #[arg(long, value_name = "DEVICE")]
        what: Option<String>,
        /// Where
        #[arg(long = "where", value_name = "PATH")]
        place: Option<String>,
        /// The kind of file system
        #[arg(long = "type", value_name = "TYPE")]
        file_system: Option<String>,
        /// Mount options
        #[arg(long, value_name = "OPTIONS")]
        options: Option<String>,
    },
    /// Starts another unit when it is time
    Timer {
        #[command(flatten)]
        common: Common,
        /// At these times: daily, Mon..Fri 9:00
        #[arg(long, value_name = "EVENT")]
        on_calendar: Vec<String>,
        /// So long after the machine booted
        #[arg(long, value_name = "SPAN")]
        on_boot: Option<String>,
        /// So long after the last start
        #[arg(long, value_name = "SPAN")]
        on_unit_active: Option<String>,
        /// Catch up on what was missed
        #[arg(long)]
        persistent: bool,
        /// The unit to start, if not the service of the same name
        #[arg(long, value_name = "UNIT")]
        unit: Option<String>,
    },
    /// Starts another unit when a path changes
    Path {
        #[command(flatten)]
        common: Common,
        /// When the path exists
        #[arg(long, value_name = "PATH")]
        exists: Vec<String>,
        /// When a writer closes the file
        #[arg(long, value_name = "PATH")]
        changed: Vec<String>,
        /// At each write
        #[arg(long, value_name = "PATH")]
        modified: Vec<String>,
        /// When something is in the directory
        #[arg(long, value_name = "PATH")]
        directory_not_empty: Vec<String>,
        /// The unit to start, if not the service of the same name
        #[arg(long, value_name = "UNIT")]
        unit: Option<String>,
    },
}

/// What every new unit has.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The unit's name, with or without its suffix
    pub(crate) name: Option<String>,
    /// One line that says what it is
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Where to read about it
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) documentation: Vec<String>,
    /// Start it after these
    #[arg(long, value_name = "UNIT")]
    pub(crate) after: Vec<String>,
    /// Start these too
    #[arg(long, value_name = "UNIT")]
    pub(crate) wants: Vec<String>,
    /// It can't do without these
    #[arg(long, value_name = "UNIT")]
    pub(crate) requires: Vec<String>,
    /// Enabled, it starts with these
    #[arg(long, value_name = "UNIT")]
    pub(crate) wanted_by: Vec<String>,
    /// Any other setting, as it stands in a unit file
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub(crate) settings: Vec<String>,
    /// Write it into this directory instead of printing it
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}
