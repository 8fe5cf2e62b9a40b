//! Changes of state as they happen, by signals; nothing is polled.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::time::Instant;

use zbus::message::{Header, Sequence};
use zbus::{Message, OwnedVariant};

use crate::{Error, ListedUnit, Manager, Value};

const UNITS: &str = "/org/freedesktop/systemd1/unit";
const UNIT: &str = "org.freedesktop.systemd1.Unit";

/// A unit that has changed its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// The unit's name.
    pub unit: String,
    /// Its ActiveState.
    pub active: String,
    /// Its SubState.
    pub sub: String,
}

/// A watch over all units of a manager, or over one.
pub struct Watch<'m> {
    manager: &'m Manager,
    /// The last state of each unit: systemd says more often that nothing changed than that
    /// something did.
    last: HashMap<String, (String, String)>,
    /// What came before this is older than `last`.
    since: Option<Sequence>,
}

impl Manager {
    /// Watches all units from now on, or the one named.
    ///
    /// From here on the manager sends a signal for each change of each unit to this connection:
    /// `Subscribe`.
    ///
    /// # Errors
    /// When the manager refuses.
    pub fn watch(&self, unit: Option<&str>) -> Result<Watch<'_>, Error> {
        let path = unit.map_or_else(|| UNITS.to_owned(), crate::manager::unit_path);
        self.subscribe_to(&path, "org.freedesktop.DBus.Properties", Some("PropertiesChanged"))?;
        self.subscribe_once()?;
        Ok(Watch { manager: self, last: HashMap::new(), since: None })
    }
}

impl Watch<'_> {
    /// The units in memory that fit the patterns, as they are now. From here on their changes are
    /// told against this list: neither what it shows already, nor what led there.
    ///
    /// # Errors
    /// When the manager does not answer.
    pub fn begin(&mut self, patterns: &[&str]) -> Result<Vec<ListedUnit>, Error> {
        let (units, at) = self.manager.list_units_at(patterns)?;
        self.since = Some(at);
        for unit in &units {
            let state = (unit.active.to_string(), unit.sub.clone());
            self.last.insert(unit.name.clone(), state);
        }
        Ok(units)
    }

    /// Ends the watch when nobody is left to read `output`, a pipe or a socket: without that, it
    /// would only be noticed with the next change, which may never come.
    pub fn write_to(&self, output: OwnedFd) {
        self.manager.bus.write_to(output);
    }

    /// The next change; `None` after `deadline`, or when nobody is left to read the output. Without
    /// a deadline it waits for good, and wakes for signals only.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn next(&mut self, deadline: Option<Instant>) -> Result<Option<StateChange>, Error> {
        while let Some(message) = self.manager.next_other(deadline)? {
            if self.since.is_some_and(|since| message.recv_position() < since) {
                continue;
            }
            let Some(change) = read(&message) else { continue };
            let state = (change.active.clone(), change.sub.clone());
            if self.last.insert(change.unit.clone(), state.clone()) != Some(state) {
                return Ok(Some(change));
            }
        }
        Ok(None)
    }
}

/// A unit sends its state with each of its changes; the body has the interface, the new values, and
/// names.
fn read(message: &Message) -> Option<StateChange> {
    let header: Header<'_> = message.header();
    let unit = unit_of(header.path()?.as_str())?;
    let body = message.body();
    let (interface, values, _): (String, HashMap<String, OwnedVariant>, Vec<String>) =
        body.deserialize().ok()?;
    if interface != UNIT {
        return None;
    }
    let word = |name: &str| match Value::from_variant(values.get(name)?) {
        Value::Text(word) => Some(word),
        _ => None,
    };
    Some(StateChange { unit, active: word("ActiveState")?, sub: word("SubState")? })
}

/// The inverse of `unit_path`.
fn unit_of(path: &str) -> Option<String> {
    let escaped = path.strip_prefix(UNITS)?.strip_prefix('/')?.as_bytes();
    let mut name = Vec::with_capacity(escaped.len());
    let mut at = 0;
    while at < escaped.len() {
        if escaped[at] == b'_' && at + 2 < escaped.len() {
            let digits = std::str::from_utf8(&escaped[at + 1..at + 3]).ok()?;
            name.push(u8::from_str_radix(digits, 16).ok()?);
            at += 3;
        } else {
            name.push(escaped[at]);
            at += 1;
        }
    }
    String::from_utf8(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gives_its_unit_back() {
        for name in ["date-daemon.service", "1a.mount", "a@b\\x2d.service", "-.slice"] {
            assert_eq!(unit_of(&crate::manager::unit_path(name)).as_deref(), Some(name));
        }
    }
}
