//! A unit's name: valid by construction, with its parts; systemd.unit(5), "String Escaping" and
//! "Templates".

use std::fmt;
use std::str::FromStr;

use crate::name_rules::{UNIT_NAME_MAX, is_name_char};
use crate::path_name;
use crate::{InvalidPath, UnitType};

/// A name that systemd accepts, such as `date-daemon.service` or `getty@tty1.service`.
///
/// ```
/// use systemd_types::{UnitName, UnitType};
///
/// let getty = UnitName::new("getty@tty1.service")?;
/// assert_eq!((getty.prefix(), getty.instance()), ("getty", Some("tty1")));
/// assert_eq!(getty.unit_type(), UnitType::Service);
/// assert!(UnitName::new("getty").is_err());
/// # Ok::<(), systemd_types::InvalidUnitName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitName {
    text: String,
    unit_type: UnitType,
}

impl UnitName {
    /// Accepts `text` if systemd accepts it as the name of a unit, a template or an instance.
    pub fn new(text: &str) -> Result<UnitName, InvalidUnitName> {
        use InvalidUnitName as No;
        if text.len() >= UNIT_NAME_MAX {
            return Err(No::TooLong(text.len()));
        }
        let (stem, suffix) = text.rsplit_once('.').ok_or_else(|| No::NoSuffix(text.to_owned()))?;
        let unit_type = suffix.parse().map_err(|_| No::NoSuffix(text.to_owned()))?;
        if stem.is_empty() || stem.starts_with('@') {
            return Err(No::EmptyPrefix(text.to_owned()));
        }
        if let Some(character) = stem.chars().find(|&c| !is_name_char(c) && c != '@') {
            return Err(No::Character { name: text.to_owned(), character });
        }
        Ok(UnitName { text: text.to_owned(), unit_type })
    }

    /// The name of the unit that stands for `path`: the mount unit of `/srv/data` is
    /// `srv-data.mount`.
    ///
    /// Too long a name becomes a shortened one with a hash, as PID 1 writes it since version 251.
    pub fn from_path(path: &str, unit_type: UnitType) -> Result<UnitName, InvalidPath> {
        let text = format!("{}.{unit_type}", crate::escape_path(path)?);
        let text =
            if text.len() < UNIT_NAME_MAX { text } else { path_name::hash_long(&text, unit_type) };
        Ok(UnitName { text, unit_type })
    }

    /// The path that the name stands for: `/srv/data` for `srv-data.mount`.
    pub fn to_path(&self) -> Result<String, InvalidPath> {
        crate::unescape_path(self.prefix())
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The kind of unit, from the suffix.
    pub fn unit_type(&self) -> UnitType {
        self.unit_type
    }

    /// What stands before the suffix: `getty@tty1`.
    pub fn stem(&self) -> &str {
        &self.text[..self.text.len() - self.unit_type.as_str().len() - 1]
    }

    /// What stands before the first `@`, or the stem where there is none: `getty`.
    pub fn prefix(&self) -> &str {
        self.stem().split('@').next().unwrap_or_default()
    }

    /// What stands after the first `@`: `tty1` in an instance, empty in a template, `None` in a
    /// plain unit.
    pub fn instance(&self) -> Option<&str> {
        self.stem().split_once('@').map(|(_, instance)| instance)
    }

    /// A template, such as `getty@.service`: it can't be started, only its instances can.
    pub fn is_template(&self) -> bool {
        self.instance() == Some("")
    }

    /// An instance of a template, such as `getty@tty1.service`.
    pub fn is_instance(&self) -> bool {
        self.instance().is_some_and(|instance| !instance.is_empty())
    }

    /// The template that an instance comes from: `getty@.service` for `getty@tty1.service`.
    pub fn template(&self) -> Option<UnitName> {
        self.is_instance().then(|| UnitName {
            text: format!("{}@.{}", self.prefix(), self.unit_type),
            unit_type: self.unit_type,
        })
    }

    /// The same name with another instance; only a template or an instance has one.
    pub fn with_instance(&self, instance: &str) -> Result<UnitName, InvalidUnitName> {
        if self.instance().is_none() {
            return Err(InvalidUnitName::NotATemplate(self.text.clone()));
        }
        UnitName::new(&format!("{}@{instance}.{}", self.prefix(), self.unit_type))
    }

    /// The unit of the same stem and another type: what `x.socket` starts is `x.service`.
    pub fn with_type(&self, unit_type: UnitType) -> Result<UnitName, InvalidUnitName> {
        UnitName::new(&format!("{}.{unit_type}", self.stem()))
    }

    /// A slice's name spells its place in the tree, so no part between dashes may be empty;
    /// systemd.slice(5).
    pub fn is_valid_slice(&self) -> bool {
        let stem = self.stem();
        let parts_are_whole = || stem.split('-').all(|part| !part.is_empty());
        self.unit_type == UnitType::Slice
            && self.instance().is_none()
            && (stem == "-" || parts_are_whole())
    }
}

impl fmt::Display for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl AsRef<str> for UnitName {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl FromStr for UnitName {
    type Err = InvalidUnitName;

    fn from_str(text: &str) -> Result<UnitName, InvalidUnitName> {
        UnitName::new(text)
    }
}

/// Why systemd would refuse a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidUnitName {
    /// No suffix, or one that is not a unit type.
    NoSuffix(String),
    /// Nothing before the suffix, or nothing before the `@`.
    EmptyPrefix(String),
    /// A character that no name has.
    Character {
        /// The refused name.
        name: String,
        /// The first offending character.
        character: char,
    },
    /// This many bytes, where fewer than [`UNIT_NAME_MAX`] are allowed.
    TooLong(usize),
    /// An instance was asked of a name without `@`.
    NotATemplate(String),
}

impl fmt::Display for InvalidUnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InvalidUnitName::NoSuffix(name) => {
                write!(f, "{name:?} does not end in a unit type such as .service")
            }
            InvalidUnitName::EmptyPrefix(name) => {
                write!(f, "{name:?} has nothing before its suffix or its @")
            }
            InvalidUnitName::Character { name, character } => write!(
                f,
                "{name:?} contains {character:?}; a unit name has letters, digits and :-_.\\@ only"
            ),
            InvalidUnitName::TooLong(length) => {
                write!(f, "the name has {length} bytes, {} are allowed", UNIT_NAME_MAX - 1)
            }
            InvalidUnitName::NotATemplate(name) => {
                write!(f, "{name:?} is not a template, it has no @")
            }
        }
    }
}

impl std::error::Error for InvalidUnitName {}
