//! Judging sources for one target, with the facts of the machine remembered between them.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use chrono::{Local, NaiveDate};
use unit_file::directives::NEWEST;
use unit_file::effective::Effective;
use unit_writer::checks::{self, Circumstances, Finding, Severity, Subject};
use unit_writer::load::{
    Identity, LoadPath, MAX_FILE_SIZE, Machine, Neighbours, Part, Role, Scope, Source, UnitSet,
    Variables, of_limited_size,
};

use super::target::Target;
use super::usage::Usage;

/// Judges files for one target.
pub(crate) struct Checker<'a> {
    target: &'a Target,
    version: u32,
    today: NaiveDate,
    /// By the directory as a text, which is compared faster than a path.
    machines: HashMap<(OsString, bool), Machine>,
}

impl<'a> Checker<'a> {
    /// Refuses a root that isn't there: everything would be missing in it.
    pub(crate) fn new(target: &'a Target) -> anyhow::Result<Checker<'a>> {
        if !target.root.is_dir() {
            let root = target.root.display();
            bail!(Usage(format!("cannot use --root={root}: there is no such directory")));
        }
        let of_machine = || Machine::new(&target.root, Scope::System).version();
        let version = target.systemd.or_else(of_machine).unwrap_or(NEWEST);
        let today = Local::now().date_naive();
        Ok(Checker { target, version, today, machines: HashMap::new() })
    }

    /// Reads the unit of a drop-in that changes one of another directory, as those in /etc mostly
    /// do.
    pub(crate) fn complete(&mut self, source: &mut Source) {
        if source.identity.role == Role::Unit || !source.beside.is_empty() {
            return;
        }
        let unit = source.identity.unit_name().cloned();
        let unit = unit.and_then(|name| self.machine(source)?.load_path().find(&name));
        source.beside.extend(unit.and_then(|path| Part::read(path).ok()));
    }

    /// Judges a file, by the unit that it and what lies beside it make together.
    pub(crate) fn findings<'s>(
        &'s mut self,
        source: &'s Source,
        unit: Effective<'s>,
        set: &'s UnitSet,
    ) -> Vec<Finding> {
        let (version, today, scope) = (self.version, self.today, self.scope(source));
        let machine = self.machine(source);
        let around = Circumstances { version, scope, machine, set, today };
        let mut findings = checks::check(&Subject::merged(source, unit, around));
        if let Some(Err(error)) = &source.identity.name {
            let finding = Finding::whole(Severity::Error, "invalid-name", error.to_string())
                .effect("systemd never loads a unit of this name");
            findings.insert(0, finding.man("systemd.unit(5)"));
        }
        if let Some(meant) = &source.identity.meant {
            let message = "this is no name of a drop-in, so none of its lines counts";
            let finding = Finding::whole(Severity::Warning, "not-read", message)
                .effect("systemd reads the *.conf files in the directory NAME.TYPE.d alone")
                .advice(format!("rename it to {meant}"));
            findings.insert(0, finding.man("systemd.unit(5)"));
        }
        findings
    }

    fn scope(&self, source: &Source) -> Scope {
        if self.target.user { Scope::User } else { source.scope() }
    }

    /// The machine, with the file's own directory as a place where units are.
    fn machine(&mut self, source: &Source) -> Option<&Machine> {
        if self.target.offline {
            return None;
        }
        let (root, scope, directory) = (&self.target.root, self.scope(source), &source.directory);
        let key = (directory.clone().into_os_string(), scope == Scope::User);
        Some(self.machines.entry(key).or_insert_with(|| {
            let load_path = LoadPath::new(scope, root, user_variables(root));
            Machine::with_load_path(root, load_path.with_first(directory.clone()))
        }))
    }
}

/// The user at the keyboard; below another root there is no such user.
pub(crate) fn user_variables(root: &Path) -> Option<Variables> {
    (root == Path::new("/")).then_some(|name| std::env::var_os(name))
}

/// Reads a unit file or drop-in; `name` says what a file is whose own name does not.
pub(crate) fn read(
    path: &Path,
    name: Option<&str>,
    neighbours: &mut Neighbours,
) -> anyhow::Result<Source> {
    let named = name.map(Path::new).unwrap_or(path);
    let identity = Identity::of(named).ok_or_else(|| no_unit(path))?;
    Source::read(path, identity, neighbours)
        .with_context(|| format!("cannot read {}", path.display()))
}

/// What comes on standard input; as with files, nothing larger than a unit file can be.
pub(crate) fn standard_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
    of_limited_size(bytes)
}

/// Files that look like units and are read by other programs.
fn no_unit(path: &Path) -> anyhow::Error {
    let shown = path.display();
    let reader = match path.extension().and_then(|end| end.to_str()).unwrap_or_default() {
        "container" | "volume" | "kube" | "pod" | "image" | "build" => {
            "it is a quadlet file of Podman, not systemd's; Podman makes a unit of it, and \
             /usr/lib/systemd/system-generators/podman-system-generator --dryrun shows it"
        }
        "network" => {
            "it is a file of systemd-networkd, or a quadlet file of Podman; neither is a unit"
        }
        "netdev" | "link" => "it is a file of systemd-networkd or udev, not a unit",
        "nspawn" => "it is a file of systemd-nspawn, not a unit",
        _ => "its name does not end in a unit type such as .service; give one with --name",
    };
    anyhow!("cannot check {shown}: {reader}")
}
