//! `unit-writer new mount`

use anyhow::{Context, bail};
use clap::Args;
use unit_file::writer::{AbsolutePath, Mount, Text};

use super::common::{Common, Draft, needed, value, values};
use crate::cli::usage::Usage;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct NewMount {
    #[command(flatten)]
    pub(crate) common: Common,
    /// What is mounted
    #[arg(long, value_name = "DEVICE")]
    pub(crate) what: Option<String>,
    /// Where
    #[arg(long = "where", value_name = "PATH")]
    pub(crate) place: Option<String>,
    /// The kind of file system
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) file_system: Option<String>,
    /// Mount options
    #[arg(long, value_name = "OPTIONS")]
    pub(crate) options: Option<String>,
}

pub(super) fn draft(options: &NewMount) -> anyhow::Result<Draft> {
    let common = &options.common;
    let unit = common.unit()?;
    let what = needed(options.what.as_deref(), "What to mount", "--what", |given| {
        value("--what", given, Text::new)
    })?;
    let place = needed(options.place.as_deref(), "Where to mount it", "--where", |given| {
        value("--where", given, AbsolutePath::new)
    })?;
    let mut mount = Mount::new(unit, what, place);
    mount.file_system = values("--type", &options.file_system, Text::new)?.pop();
    mount.options = values("--options", &options.options, Text::new)?.pop();
    mount.more = common.settings("Mount")?;
    mount.install = common.install("local-fs.target")?;
    // The name follows from the path, so a given one can only be right or wrong.
    let name = mount.name().context("cannot name the mount unit")?;
    let given = common.name.as_deref().map(|given| given.strip_suffix(".mount").unwrap_or(given));
    if given.is_some_and(|given| given != name.stem()) {
        let place = mount.place.as_str();
        bail!(Usage(format!("the mount unit of {place} can only be named {name}")));
    }
    Ok(Draft { name, text: mount.to_string() })
}
