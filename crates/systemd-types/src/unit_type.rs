//! The eleven kinds of unit, which are also the eleven suffixes of unit names; systemd.unit(5).

use std::fmt;
use std::str::FromStr;

/// What kind of unit a name stands for.
///
/// ```
/// use systemd_types::UnitType;
///
/// let kind: UnitType = "timer".parse()?;
/// assert_eq!(kind, UnitType::Timer);
/// assert!("tiemr".parse::<UnitType>().is_err());
/// # Ok::<(), systemd_types::UnknownUnitType>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitType {
    /// A process that systemd runs; systemd.service(5).
    Service,
    /// A socket or FIFO that starts a service on first use; systemd.socket(5).
    Socket,
    /// A named group of units, a synchronisation point; systemd.target(5).
    Target,
    /// A mount point; systemd.mount(5).
    Mount,
    /// A mount point that is mounted on first access; systemd.automount(5).
    Automount,
    /// Something that starts another unit at a time; systemd.timer(5).
    Timer,
    /// Something that starts another unit when a file appears or changes; systemd.path(5).
    Path,
    /// A swap device or file; systemd.swap(5).
    Swap,
    /// A branch of the control group tree; systemd.slice(5).
    Slice,
    /// Processes that somebody else started; systemd.scope(5).
    Scope,
    /// A kernel device; systemd.device(5).
    Device,
}

impl UnitType {
    /// All types, the ones that people write themselves first.
    pub const ALL: [UnitType; 11] = [
        UnitType::Service,
        UnitType::Socket,
        UnitType::Target,
        UnitType::Mount,
        UnitType::Automount,
        UnitType::Timer,
        UnitType::Path,
        UnitType::Swap,
        UnitType::Slice,
        UnitType::Scope,
        UnitType::Device,
    ];

    /// The suffix without its dot: `service`.
    pub fn as_str(self) -> &'static str {
        match self {
            UnitType::Service => "service",
            UnitType::Socket => "socket",
            UnitType::Target => "target",
            UnitType::Mount => "mount",
            UnitType::Automount => "automount",
            UnitType::Timer => "timer",
            UnitType::Path => "path",
            UnitType::Swap => "swap",
            UnitType::Slice => "slice",
            UnitType::Scope => "scope",
            UnitType::Device => "device",
        }
    }
}

impl fmt::Display for UnitType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for UnitType {
    type Err = UnknownUnitType;

    /// Reads a suffix without its dot, in lower case, as systemd does.
    fn from_str(text: &str) -> Result<UnitType, UnknownUnitType> {
        let known = UnitType::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| UnknownUnitType(text.to_owned()))
    }
}

/// The text is none of the eleven unit types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownUnitType(String);

impl fmt::Display for UnknownUnitType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a unit type such as service or timer", self.0)
    }
}

impl std::error::Error for UnknownUnitType {}
