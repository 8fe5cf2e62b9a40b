//! Path units; systemd.path(5).

use std::fmt;

use systemd_types::UnitName;

use super::sections::{lines, more};
use super::{AbsolutePath, Install, Setting, Unit};

/// A path unit. It starts the service of the same name, unless it names another unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// `[Unit]`
    pub unit: Unit,
    /// What is watched; at least one, or systemd refuses the unit.
    pub watch: Watch,
    /// More of them.
    pub also_watch: Vec<Watch>,
    /// `Unit=`
    pub starts: Option<UnitName>,
    /// Other settings of `[Path]`.
    pub more: Vec<Setting>,
    /// `[Install]`
    pub install: Install,
}

impl Path {
    /// A unit that watches one path.
    pub fn new(unit: Unit, watch: Watch) -> Path {
        Path {
            unit,
            watch,
            also_watch: Vec::new(),
            starts: None,
            more: Vec::new(),
            install: Install::default(),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n[Path]\n{}\n", self.unit, self.watch)?;
        self.also_watch.iter().try_for_each(|watch| writeln!(f, "{watch}"))?;
        lines(f, "Unit", &self.starts)?;
        more(f, "Path", &self.more)?;
        write!(f, "{}", self.install)
    }
}

/// What happens to a path that starts the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watch {
    /// `PathExists=`
    Exists(AbsolutePath),
    /// `PathChanged=`, when a writer closes it.
    Changed(AbsolutePath),
    /// `PathModified=`, at each write.
    Modified(AbsolutePath),
    /// `DirectoryNotEmpty=`
    DirectoryNotEmpty(AbsolutePath),
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Watch::Exists(path) => write!(f, "PathExists={path}"),
            Watch::Changed(path) => write!(f, "PathChanged={path}"),
            Watch::Modified(path) => write!(f, "PathModified={path}"),
            Watch::DirectoryNotEmpty(path) => write!(f, "DirectoryNotEmpty={path}"),
        }
    }
}
