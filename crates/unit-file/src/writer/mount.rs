//! Mount units, whose names follow from their paths; systemd.mount(5).

use std::fmt;

use systemd_types::{InvalidPath, UnitName, UnitType};

use super::sections::{lines, more};
use super::{AbsolutePath, Install, Setting, Text, Unit};

/// A mount point.
///
/// ```
/// use unit_file::writer::{AbsolutePath, Mount, Text, Unit};
///
/// let unit = Unit::described(Text::new("Data")?);
/// let mount = Mount::new(unit, Text::new("/dev/sdb1")?, AbsolutePath::new("/srv/my-data")?);
/// assert_eq!(mount.name()?.as_str(), "srv-my\\x2ddata.mount");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// `[Unit]`
    pub unit: Unit,
    /// `What=`
    pub what: Text,
    /// `Where=`
    pub place: AbsolutePath,
    /// `Type=`
    pub file_system: Option<Text>,
    /// `Options=`
    pub options: Option<Text>,
    /// Other settings of `[Mount]`.
    pub more: Vec<Setting>,
    /// `[Install]`
    pub install: Install,
}

impl Mount {
    /// A mount of `what` at `place`.
    pub fn new(unit: Unit, what: Text, place: AbsolutePath) -> Mount {
        Mount {
            unit,
            what,
            place,
            file_system: None,
            options: None,
            more: Vec::new(),
            install: Install::default(),
        }
    }

    /// The only name under which systemd loads this unit.
    pub fn name(&self) -> Result<UnitName, InvalidPath> {
        UnitName::from_path(self.place.as_str(), UnitType::Mount)
    }
}

impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n[Mount]\nWhat={}\nWhere={}\n", self.unit, self.what, self.place)?;
        lines(f, "Type", &self.file_system)?;
        lines(f, "Options", &self.options)?;
        more(f, "Mount", &self.more)?;
        write!(f, "{}", self.install)
    }
}
