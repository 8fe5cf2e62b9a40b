//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use date_daemon::Interval;

/// Gives out dates on a socket: numbered, sealed, and written down before they are told
#[derive(Parser)]
#[command(version, after_help = NOTES, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    /// The register that all dates are written to
    #[arg(long, value_name = "PATH", default_value = "dates.log")]
    pub(crate) register: PathBuf,

    /// Time between two dates that are written though nobody asked: 100ms, 1s, 1min
    #[arg(long, value_name = "TIME", default_value = "1s")]
    pub(crate) interval: Interval,

    /// The key that seals a date; otherwise the credential "key"
    #[arg(long, value_name = "PATH")]
    pub(crate) key: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print a new key: date-service new-key > /etc/date-service.key
    NewKey,
    /// Say whether an answer came from this service: date-service verify --key PATH ANSWER
    Verify {
        /// The key that seals a date
        #[arg(long, value_name = "PATH")]
        key: PathBuf,
        /// Number, date and seal, as they were told
        #[arg(value_name = "ANSWER", num_args = 1..=3, required = true)]
        answer: Vec<String>,
    },
}

const NOTES: &str = "\
Ask it: head --lines=1 < /dev/tcp/127.0.0.1/13

LEVELS in the environment is the threshold of its log: debug, info, warning, error, critical, also
for a part of it, as in LEVELS=warning,date_daemon=debug. SIGHUP opens the register anew; SIGTERM
and SIGINT stop the service.

Exit status: 0 stopped as asked, or the answer is genuine; 1 failed, or it is not; 2 a wrong command
line; 78 a wrong setting, which no restart mends.";
