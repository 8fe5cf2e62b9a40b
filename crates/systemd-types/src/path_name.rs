//! Between a path and the unit name that stands for it, as mount and device units need it;
//! systemd.unit(5).

use std::fmt;
use std::hash::Hasher;

use crate::name_rules::UNIT_NAME_MAX;
use crate::{UnitType, escape, unescape};

/// Escapes a path: `/srv/my data/` becomes `srv-my\x20data`, the root `-`.
///
/// The path is tidied first (`//`, `/./`, a trailing `/`, `/..` at the root); any other `..` is
/// refused. Tidying `/..` away is what version 255 and later do, earlier ones refuse it.
pub fn escape_path(path: &str) -> Result<String, InvalidPath> {
    let mut parts = path.split('/').filter(|part| !matches!(*part, "" | ".")).peekable();
    if path.starts_with('/') {
        while parts.next_if_eq(&"..").is_some() {}
    }
    let parts: Vec<&str> = parts.collect();
    if parts.contains(&"..") {
        return Err(InvalidPath::DotDot(path.to_owned()));
    }
    if parts.is_empty() && path.starts_with('.') {
        return Err(InvalidPath::Relative(path.to_owned()));
    }
    Ok(if parts.is_empty() { "-".to_owned() } else { escape(&parts.join("/")) })
}

/// The inverse of [`escape_path`]: an absolute path, without `.`, `..` or empty parts in it.
pub fn unescape_path(name: &str) -> Result<String, InvalidPath> {
    let not_a_path = || InvalidPath::NotEscaped(name.to_owned());
    if name == "-" {
        return Ok("/".to_owned());
    }
    if name.is_empty() || name.starts_with('-') || name.ends_with('-') {
        return Err(not_a_path());
    }
    let plain = unescape(name).map_err(|_| not_a_path())?;
    let plain = String::from_utf8(plain).map_err(|_| not_a_path())?;
    if plain.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(not_a_path());
    }
    Ok(format!("/{plain}"))
}

/// Shortens a name that is too long: its beginning, `_`, and 16 hexadecimal digits of a hash of the
/// whole.
///
/// PID 1 does this since version 251 so that deep mount points have names; `systemd-escape`
/// doesn't.
#[allow(
    deprecated,
    reason = "the one SipHash 2-4 with a chosen key in the standard library; not for secrets"
)]
pub(crate) fn hash_long(name: &str, unit_type: UnitType) -> String {
    // The key is part of systemd's naming contract: another key would give other unit names.
    let key_low = u64::from_le_bytes([0xec, 0xf2, 0x37, 0xfb, 0x58, 0x32, 0x4a, 0x32]);
    let key_high = u64::from_le_bytes([0x84, 0x9f, 0x06, 0x9b, 0x0d, 0x21, 0xeb, 0x9a]);
    let mut hasher = std::hash::SipHasher::new_with_keys(key_low, key_high);
    hasher.write(name.as_bytes());
    hasher.write(&[0]); // systemd hashes the C string, its end included
    let hash = hasher.finish().swap_bytes();
    let kept = UNIT_NAME_MAX - 1 - unit_type.as_str().len() - 16 - 2;
    format!("{}_{hash:016x}.{unit_type}", &name[..kept])
}

/// Why a path has no unit name, or a name no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidPath {
    /// `..` can't be resolved without looking at the disk.
    DotDot(String),
    /// `.` is wherever somebody happens to be.
    Relative(String),
    /// The name is not an escaped path.
    NotEscaped(String),
}

impl fmt::Display for InvalidPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InvalidPath::DotDot(path) => {
                write!(f, "the path {path:?} contains \"..\", write it without")
            }
            InvalidPath::Relative(path) => write!(f, "the path {path:?} is not absolute"),
            InvalidPath::NotEscaped(name) => {
                write!(f, "{name:?} is not the escaped form of a path")
            }
        }
    }
}

impl std::error::Error for InvalidPath {}
