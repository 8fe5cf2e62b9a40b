//! What a unit is judged for, as the command line says it.

use std::path::PathBuf;

use clap::Args;

/// What a unit is judged for.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Don't look at this machine's programs, users, files and units
    #[arg(long)]
    pub(crate) offline: bool,
    /// Look at the machine below this directory instead
    #[arg(long, value_name = "DIR", default_value = "/")]
    pub(crate) root: PathBuf,
    /// Check for this version of systemd; the machine's own by default
    ///
    /// All that differs between 252 and 262 and that the checks know is told apart: keys, words,
    /// specifiers, prefixes of commands, empty values. Of older versions these are known: which keys
    /// and specifiers they had, a program without a path (239), file:, append: and truncate: of
    /// StandardOutput= (236, 240, 248), and Restart= of a oneshot (244). The rest is judged as in
    /// 252.
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(u32).range(200..1000))]
    pub(crate) systemd: Option<u32>,
    /// The units are for a user's service manager
    #[arg(long)]
    pub(crate) user: bool,
}
