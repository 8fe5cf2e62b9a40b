//! What a check is about: a file, the unit it belongs to, and what it is judged for.
//!
//! All questions that several checks ask of a unit are methods here, so that each has one answer.
//! A check sees the whole unit, but speaks of the lines of its own file.

use std::cell::OnceCell;

use chrono::NaiveDate;
use systemd_types::{UnitName, UnitType};
use unit_file::directives::{self, Directive, Kind};
use unit_file::effective::{Effective, Entry};
use unit_file::syntax::{Assignment, Span, UnitFile};
use unit_file::values::{Command, CommandLine, parse_boolean};

use crate::load::{Facts, Machine, Role, Scope, Source, UnitSet};

/// What a unit is judged for; the caller brings it, the clock included.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The version of systemd.
    pub version: u32,
    /// Whose service manager it is for.
    pub scope: Scope,
    /// The facts of a machine; without them, what depends on the machine is not judged.
    pub machine: Option<&'a Machine>,
    /// The units that are judged together.
    pub set: &'a UnitSet,
    /// The date, for events that never come again.
    pub today: NaiveDate,
}

/// A file to be judged, and what it is judged by.
///
/// ```
/// use std::path::Path;
/// use unit_writer::checks::{Circumstances, Subject, check};
/// use unit_writer::load::{Identity, Scope, Source, UnitSet};
///
/// let path = Path::new("demo.service");
/// let identity = Identity::of(path).expect("the name ends in .service");
/// let text = b"[Service]\nExecStart=/bin/true\nRestart=allways\n".to_vec();
/// let source = Source::of_bytes(path, identity, text)?;
/// let set = UnitSet::of([&source]);
/// let today = chrono::NaiveDate::default();
/// let around =
///     Circumstances { version: 252, scope: Scope::System, machine: None, set: &set, today };
/// let findings = check(&Subject::new(&source, around));
/// assert!(findings.iter().any(|finding| finding.code == "ignored-value"));
/// # Ok::<(), std::io::Error>(())
/// ```
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
    /// The permissions of the file, if it is one.
    pub mode: Option<u32>,
    /// The unit with its drop-ins, as far as they are known.
    pub effective: Effective<'a>,
    /// The version of systemd.
    pub version: u32,
    /// Whose service manager it is for.
    pub scope: Scope,
    /// The facts of a machine; without them, what depends on the machine is not judged.
    pub machine: Option<&'a Machine>,
    /// The units that are judged together.
    pub set: &'a UnitSet,
    /// The date, for events that never come again.
    pub today: NaiveDate,
    /// The name of the type's own section: `Service`; of targets and devices, which have none, it
    /// is `Unit`.
    own_section: &'static str,
    /// Read when the first check asks.
    commands: OnceCell<Vec<RunCommand<'a>>>,
}

/// A command that the unit runs.
#[derive(Debug)]
pub(super) struct RunCommand<'a> {
    /// The line it is on.
    pub(super) assignment: &'a Assignment,
    /// Which of the unit's files the line is in.
    pub(super) part: usize,
    pub(super) command: Command,
}

impl<'a> Subject<'a> {
    /// A file, and what it is judged for.
    pub fn new(source: &'a Source, around: Circumstances<'a>) -> Subject<'a> {
        Subject::merged(source, source.effective(), around)
    }

    /// A file whose unit is merged already, and what it is judged for.
    pub fn merged(
        source: &'a Source,
        effective: Effective<'a>,
        around: Circumstances<'a>,
    ) -> Subject<'a> {
        let unit_type = source.identity.unit_type;
        let is_own = |name: &&&str| !matches!(**name, "Unit" | "Install");
        let own_section = directives::sections_of(unit_type).iter().find(is_own);
        Subject {
            own_section: own_section.copied().unwrap_or("Unit"),
            file: &source.own.file,
            role: source.identity.role,
            unit_type,
            name: source.identity.unit_name(),
            mode: source.mode,
            effective,
            version: around.version,
            scope: around.scope,
            machine: around.machine,
            set: around.set,
            today: around.today,
            commands: OnceCell::new(),
        }
    }

    /// The sections that the unit's type has.
    pub(super) fn sections(&self) -> &'static [&'static str] {
        directives::sections_of(self.unit_type)
    }

    /// The name of the type's own section.
    pub(super) fn own_section(&self) -> &'static str {
        self.own_section
    }

    /// The index of this file among the unit's parts: a drop-in is read after the unit.
    ///
    /// A drop-in adds to what it changes, so its lines come last and win.
    pub(super) fn own_part(&self) -> usize {
        match self.role {
            Role::Unit => 0,
            Role::DropIn => self.effective.files().saturating_sub(1),
        }
    }

    /// The file's own part of the whole unit.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry<'a>> {
        let own = self.own_part();
        self.effective.entries().iter().filter(move |entry| entry.file == own)
    }

    /// The assignments of the file that systemd obeys, with what their keys mean.
    ///
    /// Keys of other versions and other sections are left to the check of keys.
    pub(super) fn known(&self) -> impl Iterator<Item = (&'a Assignment, &'static Directive)> {
        self.entries().filter_map(|entry| {
            let row = self.obeyed(entry)?;
            Some((entry.assignment, row))
        })
    }

    /// What an entry's key means, if systemd of this version obeys it in this type of unit.
    pub(super) fn obeyed(&self, entry: &Entry<'_>) -> Option<&'static Directive> {
        let section = &*entry.assignment.section;
        let row = entry.row.filter(|row| row.works_in(self.version))?;
        self.sections().contains(&section).then_some(row)
    }

    /// The lines of the file that set a key which systemd obeys.
    pub(super) fn lines_of(&self, key: &str) -> impl Iterator<Item = &'a Assignment> {
        let may_set = self.effective.may_set(key);
        let entries = self.entries().take_while(move |_| may_set);
        let entries = entries.filter(move |entry| entry.assignment.key == key);
        entries.filter(|entry| self.obeyed(entry).is_some()).map(|entry| entry.assignment)
    }

    /// Where this file sets a key last.
    pub(super) fn key_span(&self, key: &str) -> Option<Span> {
        let line = self.lines_of(key).last()?;
        Some(line.key_span.start..line.value.span().end.max(line.key_span.end))
    }

    /// The header of the type's own section.
    pub(super) fn header_span(&self) -> Option<Span> {
        let own = self.own_section();
        self.file.sections().find(|(name, _)| *name == own).map(|(_, span)| span.clone())
    }

    /// What systemd does with a key when a line that sets it is ignored.
    ///
    /// This is the question that systemd's own message, "ignoring", leaves open: what holds
    /// instead?
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

    /// Whether a key in the unit's own section has a value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.own(key).is_some()
    }

    /// Whether a key in the unit's own section says yes.
    pub(super) fn is_yes(&self, key: &str) -> bool {
        self.own(key).is_some_and(|value| parse_boolean(value) == Ok(true))
    }

    /// Whether one of the keys of `[Unit]` names a unit.
    pub(super) fn names(&self, keys: &[&str], unit: &str) -> bool {
        keys.iter().any(|key| self.effective.words("Unit", key).contains(&unit))
    }

    /// Where a key of a section first names a word in this file.
    ///
    /// A list may have several lines and each line several words; the finding should point at the
    /// one.
    pub(super) fn place_of(&self, section: &str, key: &str, word: &str) -> Option<Span> {
        let has_word = |line: &&Assignment| line.value.text().contains(word);
        let lines = self.lines_of(key).filter(|line| &*line.section == section);
        lines.filter(has_word).find_map(|line| {
            let text = line.value.text();
            let found = text.split_whitespace().find(|other| *other == word)?;
            // The word is a part of the text, so the difference is its place there.
            let start = found.as_ptr().addr() - text.as_ptr().addr();
            Some(line.value.span_of(start..start + word.len()))
        })
    }

    /// What systemd takes the service's type to be; systemd.service(5), `Type=`.
    pub(super) fn service_type(&self) -> &'a str {
        let known =
            ["simple", "exec", "forking", "oneshot", "dbus", "notify", "notify-reload", "idle"];
        match self.own("Type").filter(|value| known.contains(value)) {
            Some(value) => value,
            None if self.has("BusName") => "dbus",
            None if self.effective.has("Service", "ExecStart") => "simple",
            None => "oneshot",
        }
    }

    /// All commands that the unit runs, in the order of their keys.
    ///
    /// Many checks ask for them, and reading is the dear part, so it is done once.
    pub(super) fn commands(&self) -> &[RunCommand<'a>] {
        self.commands.get_or_init(|| {
            let is_command = |row: &Directive| matches!(row.kind, Kind::Command);
            let mut keys: Vec<&str> = Vec::new();
            for entry in self.effective.entries() {
                let key = entry.assignment.key.as_str();
                if self.obeyed(entry).is_some_and(is_command) && !keys.contains(&key) {
                    keys.push(key);
                }
            }
            let section = self.own_section();
            let entries = keys.iter().flat_map(|key| self.effective.values(section, key));
            entries.flat_map(|entry| self.commands_of(&entry)).collect()
        })
    }

    fn commands_of(&self, entry: &Entry<'a>) -> Vec<RunCommand<'a>> {
        let line = CommandLine::parse(entry.assignment.value.text(), self.version);
        let commands = line.map(|line| line.commands).unwrap_or_default().into_iter();
        let (assignment, part) = (entry.assignment, entry.file);
        commands.map(|command| RunCommand { assignment, part, command }).collect()
    }

    /// The commands of one key, as far as they are in this file.
    pub(super) fn own_commands(&self, key: &str) -> impl Iterator<Item = &RunCommand<'a>> {
        let own = self.own_part();
        self.commands().iter().filter(move |run| run.part == own && run.assignment.key == key)
    }

    /// What a unit of another name says: one that is judged together with this one, or one of the
    /// machine.
    pub(super) fn other_unit(&self, name: &UnitName) -> Option<Facts> {
        let given = self.set.get(name.as_str()).cloned();
        given.or_else(|| self.machine.and_then(|machine| machine.unit_facts(name)))
    }

    /// Whether a package brought the unit.
    pub(super) fn is_of_vendor(&self) -> bool {
        self.machine.is_some_and(Machine::is_of_vendor)
    }

    /// Whether the service runs as somebody else than root.
    ///
    /// A user's manager never has root's rights.
    pub(super) fn runs_as_other_user(&self) -> bool {
        self.scope == Scope::User || self.other_user().is_some() || self.is_yes("DynamicUser")
    }

    /// The user of `User=`, unless it is root.
    pub(super) fn other_user(&self) -> Option<&'a str> {
        self.own("User").filter(|user| !matches!(*user, "root" | "0"))
    }
}
