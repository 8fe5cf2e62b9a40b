//! `unit-writer new path`

use clap::Args;
use systemd_types::UnitType;
use unit_file::writer::{AbsolutePath, Path, Watch};

use super::common::{Common, Draft, absolute, install, name, names, needed, settings, unit};

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct NewPath {
    #[command(flatten)]
    pub(crate) common: Common,
    /// When the path exists
    #[arg(long, value_name = "PATH")]
    pub(crate) exists: Vec<String>,
    /// When a writer closes the file
    #[arg(long, value_name = "PATH")]
    pub(crate) changed: Vec<String>,
    /// At each write
    #[arg(long, value_name = "PATH")]
    pub(crate) modified: Vec<String>,
    /// When something is in the directory
    #[arg(long, value_name = "PATH")]
    pub(crate) directory_not_empty: Vec<String>,
    /// The unit to start, if not the service of the same name
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<String>,
}

/// The paths of an option, and what is watched for.
type WatchKind<'a> = (&'a [String], fn(AbsolutePath) -> Watch);

pub(super) fn draft(options: &NewPath) -> anyhow::Result<Draft> {
    let name = name(&options.common, UnitType::Path)?;
    let unit = unit(&options.common)?;
    let kinds: [WatchKind<'_>; 4] = [
        (&options.exists, Watch::Exists),
        (&options.changed, Watch::Changed),
        (&options.modified, Watch::Modified),
        (&options.directory_not_empty, Watch::DirectoryNotEmpty),
    ];
    let mut watches = Vec::new();
    for (paths, watch) in kinds {
        for path in paths {
            watches.push(watch(absolute("the watched path", path)?));
        }
    }
    if watches.is_empty() {
        watches.push(needed(None, "File to watch", "--changed", |given| {
            absolute("the watched path", given).map(Watch::Changed)
        })?);
    }
    let mut path = Path::new(unit, watches.remove(0));
    path.also_watch = watches;
    path.starts = names(options.unit.as_slice())?.pop();
    path.more = settings(&options.common, "Path")?;
    path.install = install(&options.common, "paths.target")?;
    Ok(Draft { name, text: path.to_string() })
}
