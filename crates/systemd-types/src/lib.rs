//! The nouns that more than one lesson needs: unit names and log priorities.
//!
//! ```
//! use systemd_types::{Priority, UnitName, UnitType, escape_path};
//!
//! let name = UnitName::new("getty@tty1.service")?;
//! assert_eq!((name.unit_type(), name.instance()), (UnitType::Service, Some("tty1")));
//! assert_eq!(escape_path("/srv/my app").as_deref(), Ok("srv-my\\x20app"));
//! assert!("err".parse::<Priority>()? < "info".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Standard library only, no input and no output. What only one lesson needs lives in that lesson's
//! crate.

mod escape;
mod mangle;
mod name_rules;
mod path_name;
mod priority;
mod unit_name;
mod unit_type;

pub use escape::{InvalidEscape, escape, unescape};
pub use mangle::{Globs, mangle};
pub use name_rules::UNIT_NAME_MAX;
pub use path_name::{InvalidPath, escape_path, unescape_path};
pub use priority::{Priority, UnknownPriority};
pub use unit_name::{InvalidUnitName, UnitName};
pub use unit_type::{UnitType, UnknownUnitType};
