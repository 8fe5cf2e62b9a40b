//! A drop-in: a few settings that change a unit without touching its file.

use std::fmt;

use super::{Setting, Text};

/// The settings of a file such as `x.service.d/restart.conf`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DropIn {
    /// Comments at the head of the file.
    pub notes: Vec<Text>,
    /// The settings, in order; a header is written where the section changes.
    pub settings: Vec<Setting>,
}

impl fmt::Display for DropIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.notes.iter().try_for_each(|note| writeln!(f, "# {}", note.as_str()))?;
        let mut section = "";
        for setting in &self.settings {
            if setting.section() != section {
                let blank = if section.is_empty() { "" } else { "\n" };
                section = setting.section();
                writeln!(f, "{blank}[{section}]")?;
            }
            writeln!(f, "{setting}")?;
        }
        Ok(())
    }
}
