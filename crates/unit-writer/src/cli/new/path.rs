//! `unit-writer new path`

use clap::Args;
use systemd_types::UnitType;
use unit_file::writer::{AbsolutePath, Path, Watch};

use super::common::{Common, Draft, names, needed, value, values};

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
    let common = &options.common;
    let (name, unit) = (common.name(UnitType::Path)?, common.unit()?);
    let kinds: [WatchKind<'_>; 4] = [
        (&options.exists, Watch::Exists),
        (&options.changed, Watch::Changed),
        (&options.modified, Watch::Modified),
        (&options.directory_not_empty, Watch::DirectoryNotEmpty),
    ];
    let mut watches = Vec::new();
    for (paths, watch) in kinds {
        let paths = values("the watched path", paths, AbsolutePath::new)?;
        watches.extend(paths.into_iter().map(watch));
    }
    if watches.is_empty() {
        let path = needed(None, "File to watch", "--changed", |given| {
            value("the watched path", given, AbsolutePath::new)
        })?;
        watches.push(Watch::Changed(path));
    }
    let mut path = Path::new(unit, watches.remove(0));
    path.also_watch = watches;
    path.starts = names(&options.unit)?.pop();
    path.more = common.settings("Path")?;
    path.install = common.install("paths.target")?;
    Ok(Draft { name, text: path.to_string() })
}
