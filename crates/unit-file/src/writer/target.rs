//! Target units, which group others; systemd.target(5).

use std::fmt;

use super::{Install, Unit};

/// A target. It has no section of its own: what it groups stands in `Wants=` and `Requires=`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// `[Unit]`
    pub unit: Unit,
    /// `[Install]`
    pub install: Install,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.unit, self.install)
    }
}
