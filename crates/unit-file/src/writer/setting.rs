//! Any key of any section, for what has no field of its own.

use std::fmt;

use super::Unwritable;
use super::text::check_line;
use crate::directives;

/// A key that systemd knows in this section, and a value as it stands in the file: `%` and quotes
/// mean what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    section: String,
    key: String,
    value: String,
}

impl Setting {
    /// Accepts a known key and a value of one line; an empty value resets the key.
    pub fn new(section: &str, key: &str, value: &str) -> Result<Setting, Unwritable> {
        if directives::find(section, key).is_none() {
            return Err(Unwritable::UnknownKey {
                section: section.to_owned(),
                key: key.to_owned(),
            });
        }
        if !value.is_empty() {
            check_line(value)?;
        }
        Ok(Setting { section: section.to_owned(), key: key.to_owned(), value: value.to_owned() })
    }

    /// The section it belongs to.
    pub fn section(&self) -> &str {
        &self.section
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}
