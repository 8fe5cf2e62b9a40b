//! Timer units; systemd.timer(5).

use std::fmt;

use systemd_types::UnitName;

use super::sections::{lines, more};
use super::{Install, Setting, Unit};
use crate::values::{Calendar, TimeSpan};

/// A timer. It starts the service of the same name, unless it names another unit.
///
/// ```
/// use unit_file::values::TimeSpan;
/// use unit_file::writer::{Text, Timer, Trigger, Unit};
///
/// let span = TimeSpan::parse("90")?;
/// let timer = Timer::new(Unit::described(Text::new("Backup")?), Trigger::AfterBoot(span));
/// assert!(timer.to_string().ends_with("\n[Timer]\nOnBootSec=1min 30s\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// `[Unit]`
    pub unit: Unit,
    /// When; at least one, or systemd refuses the unit.
    pub trigger: Trigger,
    /// More times.
    pub more_triggers: Vec<Trigger>,
    /// `Persistent=yes`: catch up on what was missed.
    pub persistent: bool,
    /// `Unit=`
    pub starts: Option<UnitName>,
    /// Other settings of `[Timer]`.
    pub more: Vec<Setting>,
    /// `[Install]`
    pub install: Install,
}

impl Timer {
    /// A timer with one trigger.
    pub fn new(unit: Unit, trigger: Trigger) -> Timer {
        Timer {
            unit,
            trigger,
            more_triggers: Vec::new(),
            persistent: false,
            starts: None,
            more: Vec::new(),
            install: Install::default(),
        }
    }
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n[Timer]\n{}\n", self.unit, self.trigger)?;
        self.more_triggers.iter().try_for_each(|trigger| writeln!(f, "{trigger}"))?;
        if self.persistent {
            writeln!(f, "Persistent=yes")?;
        }
        lines(f, "Unit", &self.starts)?;
        more(f, "Timer", &self.more)?;
        write!(f, "{}", self.install)
    }
}

/// When a timer starts its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// `OnCalendar=`
    Calendar(Calendar),
    /// `OnBootSec=`
    AfterBoot(TimeSpan),
    /// `OnUnitActiveSec=`, counted from the unit's last start.
    AfterUnitActive(TimeSpan),
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trigger::Calendar(calendar) => write!(f, "OnCalendar={calendar}"),
            Trigger::AfterBoot(span) => write!(f, "OnBootSec={span}"),
            Trigger::AfterUnitActive(span) => write!(f, "OnUnitActiveSec={span}"),
        }
    }
}
