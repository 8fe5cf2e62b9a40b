//! What people type on a command line, made into a unit name: `/home` means `home.mount`, `foo`
//! means `foo.service`.
//!
//! Not [`escape`](crate::escape): mangling keeps what is valid already, so dashes stay dashes.

use crate::escape::push_hex;
use crate::name_rules::is_name_char;
use crate::{InvalidUnitName, UnitName, UnitType};

/// Whether `*`, `?` and `[…]` are patterns, as `systemctl list-units` takes them, or characters to
/// escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Globs {
    /// A pattern stays as it is.
    Allowed,
    /// There are no patterns.
    Refused,
}

/// Makes a unit name, or a pattern where `globs` allows one, of what somebody typed; `suffix` if it
/// names no type.
pub fn mangle(typed: &str, suffix: UnitType, globs: Globs) -> Result<String, InvalidUnitName> {
    let is_pattern = globs == Globs::Allowed && typed.contains(['*', '?', '[']);
    if UnitName::new(typed).is_ok() || (is_pattern && typed.chars().all(is_pattern_char)) {
        return Ok(typed.to_owned());
    }
    if let Some(name) = path_unit(typed) {
        return Ok(name.as_str().to_owned());
    }
    let mut name = String::with_capacity(typed.len());
    for byte in typed.bytes() {
        match char::from(byte) {
            '/' => name.push('-'),
            c if is_name_char(c) || c == '@' || (globs == Globs::Allowed && is_pattern_char(c)) => {
                name.push(c)
            }
            _ => push_hex(&mut name, byte),
        }
    }
    if is_pattern {
        return Ok(name);
    }
    if typed.is_empty() {
        return Err(InvalidUnitName::EmptyPrefix(String::new()));
    }
    // `.service` has no type, since it is no name: it becomes `.service.service`, which is one.
    if UnitName::new(&name).is_err() {
        name.push('.');
        name.push_str(suffix.as_str());
    }
    // Where patterns are allowed systemd looks no further, and the manager refuses the name.
    if globs == Globs::Refused {
        UnitName::new(&name)?;
    }
    Ok(name)
}

/// An absolute path means its mount unit; one below `/dev` or `/sys`, its device.
fn path_unit(typed: &str) -> Option<UnitName> {
    if !typed.starts_with('/') {
        return None;
    }
    let name = UnitName::from_path(typed, UnitType::Mount).ok()?;
    let is_device = ["dev-", "sys-"].iter().any(|tree| name.as_str().starts_with(tree));
    if is_device { UnitName::from_path(typed, UnitType::Device).ok() } else { Some(name) }
}

fn is_pattern_char(c: char) -> bool {
    is_name_char(c) || matches!(c, '@' | '[' | ']' | '!' | '*' | '?')
}
