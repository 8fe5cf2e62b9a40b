//! What a check is about: a file, the unit it belongs to, the version and the machine it is judged for.

use systemd_types::{UnitName, UnitType};

use crate::load::{Machine, Role, Scope};
use unit_file::directives::{self, Directive, Kind};
use unit_file::effective::{Effective, Entry};
use unit_file::syntax::{Assignment, UnitFile};

/// A file to be judged, and what it is judged by.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The file.
    pub file: &'a UnitFile,
    /// Whether it is a unit or a drop-in.
    pub role: Role,
    /// The type of the unit.
    pub unit_type: UnitType,
    /// The unit's name; drop-ins for many units have none.
    pub name: Option<&'a UnitName>,
    /// The unit with its drop-ins, as far as they are known.
    pub effective: Effective<'a>,
    /// The version of systemd.
    pub version: u32,
    /// Whose service manager it is for.
    pub scope: Scope,
    /// The facts of a machine; without them, what depends on the machine is not judged.
    pub machine: Option<&'a Machine>,
}

impl<'a> Subject<'a> {
    /// The sections that the unit's type has.
    pub(super) fn sections(&self) -> &'static [&'static str] {
        directives::sections_of(self.unit_type)
    }

    /// The name of the type's own section: `Service`; targets and devices have none.
    pub(super) fn own_section(&self) -> &'static str {
        self.sections()
            .iter()
            .find(|name| !matches!(**name, "Unit" | "Install"))
            .copied()
            .unwrap_or("Unit")
    }

    /// What the assignment's key means, if systemd obeys it here.
    pub(super) fn directive(&self, assignment: &Assignment) -> Option<&'static Directive> {
        let has_section = self.sections().contains(&&*assignment.section);
        let row = directives::find(&assignment.section, &assignment.key).filter(|_| has_section)?;
        row.works_in(self.version).then_some(row)
    }

    /// The file's own part of the whole unit.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry<'a>> {
        // A drop-in is read after the unit it changes.
        let own_file = match self.role {
            Role::Unit => 0,
            Role::DropIn => self.effective.files().saturating_sub(1),
        };
        self.effective.entries().iter().filter(move |entry| entry.file == own_file)
    }

    /// The assignments of the file that systemd obeys, with what their keys mean.
    pub(super) fn known(&self) -> impl Iterator<Item = (&'a Assignment, &'static Directive)> {
        let obeyed = |row: &&Directive, section: &str| {
            row.works_in(self.version) && self.sections().contains(&section)
        };
        self.entries().filter_map(move |entry| {
            let row = entry.row.filter(|row| obeyed(row, &entry.assignment.section))?;
            Some((entry.assignment, row))
        })
    }

    /// The assignments of the file that systemd obeys.
    pub(super) fn known_assignments(&self) -> impl Iterator<Item = &'a Assignment> {
        self.known().map(|(assignment, _)| assignment)
    }

    /// Whether the assignment holds a command line.
    pub(super) fn is_command(&self, assignment: &Assignment) -> bool {
        self.directive(assignment).is_some_and(|row| row.kind == Kind::Command)
    }

    /// What systemd does with a key when a line that sets it is ignored.
    pub(super) fn when_ignored(&self, assignment: &Assignment) -> String {
        let key = &assignment.key;
        let Some(row) = directives::find(&assignment.section, key) else {
            return "systemd ignores this line".to_owned();
        };
        let others = self.effective.values(&assignment.section, key);
        let other = others.iter().rfind(|entry| !std::ptr::eq(entry.assignment, assignment));
        match (other, row.default) {
            (Some(_), _) if row.is_list => {
                format!("systemd ignores this line; the other {key}= lines still count")
            }
            (Some(entry), _) => {
                format!("systemd ignores this line; {key}={} holds", entry.assignment.value.text())
            }
            (None, Some(default)) => {
                format!("systemd ignores this line; {key}= stays at its default, {default}")
            }
            (None, None) => format!("systemd ignores this line, as if {key}= were not there"),
        }
    }

    /// The last value of a key in the unit's own section.
    pub(super) fn own(&self, key: &str) -> Option<&'a str> {
        self.effective.last(self.own_section(), key)
    }
}
