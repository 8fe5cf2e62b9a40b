//! A file that somebody named: which unit it is or changes, and what lies beside it.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use systemd_types::{InvalidUnitName, UnitName, UnitType};
use unit_file::effective::Effective;
use unit_file::syntax::UnitFile;

use super::directory::{drop_ins_in, names_in};
use super::load_path::{Scope, of_limited_size, read_limited, read_with_mode};

/// Whether a file is a unit or changes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The unit's own file.
    Unit,
    /// A drop-in, which need not be complete.
    DropIn,
}

/// A file that was read.
#[derive(Debug)]
pub struct Part {
    /// The path as it was given.
    pub path: PathBuf,
    /// What is in it.
    pub file: UnitFile,
}

/// A unit file or drop-in that was read, with the drop-ins of the unit or the unit of the drop-in.
///
/// ```
/// use std::path::Path;
/// use unit_writer::load::{Identity, Source};
///
/// let path = Path::new("demo.service");
/// let identity = Identity::of(path).expect("a unit's name");
/// let source = Source::of_bytes(path, identity, b"[Service]\nExecStart=/bin/true\n".to_vec())?;
/// assert_eq!(source.parts().len(), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Source {
    /// The file itself.
    pub own: Part,
    /// What it is.
    pub identity: Identity,
    /// Its permissions; none if it is no file of its own.
    pub mode: Option<u32>,
    /// Of a unit, the drop-ins beside it; of a drop-in, the unit beside its directory.
    pub beside: Vec<Part>,
    /// The directory that the unit is in, as an absolute path.
    pub directory: PathBuf,
}

/// What a file's name says about it.
///
/// ```
/// use std::path::Path;
/// use unit_writer::load::{Identity, Role};
///
/// let drop_in = Identity::of(Path::new("demo.service.d/more.conf")).expect("it is one");
/// assert_eq!(drop_in.role, Role::DropIn);
/// assert_eq!(drop_in.unit_name().map(|name| name.as_str()), Some("demo.service"));
/// assert!(Identity::of(Path::new("notes.txt")).is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Identity {
    /// Whether it is a unit or a drop-in.
    pub role: Role,
    /// The unit's type.
    pub unit_type: UnitType,
    /// The unit's name, or why systemd would never load a file of this name; drop-ins for many
    /// units have none.
    pub name: Option<Result<UnitName, InvalidUnitName>>,
    /// Of a drop-in that systemd does not read: the path that it would.
    pub meant: Option<String>,
}

fn name_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// The name without its last suffix.
fn stem(file_name: &str) -> &str {
    file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem)
}

/// Whether a file in the directory of drop-ins was meant to be one, by its name; not a copy that an
/// editor or somebody else put aside, and no text beside the others.
fn is_slip(file_name: &str) -> bool {
    let suffix = file_name.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    let is_unit = suffix.parse::<UnitType>().is_ok();
    let is_plain =
        file_name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let is_aside = file_name.starts_with('.') || matches!(file_name, "README" | "Makefile");
    is_plain
        && !is_aside
        && (is_unit || matches!(suffix, "" | "config" | "cfg" | "cnf" | "ini" | "override"))
}

impl Part {
    /// Reads the file, if it is one that a unit can be.
    pub fn read(path: PathBuf) -> io::Result<Part> {
        let file = UnitFile::parse(read_limited(&path)?);
        Ok(Part { path, file })
    }
}

/// The unit that files make together, in the order that systemd reads them.
pub fn effective<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Effective<'a> {
    Effective::merge(parts.into_iter().map(|part| &part.file))
}

impl Identity {
    /// Reads a path such as `x.service` or `x.service.d/y.conf`; `None` if it is neither.
    pub fn of(path: &Path) -> Option<Identity> {
        let file_name = name_of(path)?;
        let directory = path.parent().and_then(name_of).unwrap_or_default();
        let is_conf = file_name.ends_with(".conf");
        if let Some(unit) = directory.strip_suffix(".d") {
            if let Some(drop_in) = Identity::drop_in(unit) {
                let meant = (!is_conf).then(|| format!("{directory}/{}.conf", stem(file_name)));
                return (is_conf || is_slip(file_name)).then_some(Identity { meant, ..drop_in });
            }
            if is_conf && let Some(drop_in) = Identity::beside(path, unit) {
                return Some(drop_in);
            }
        }
        let (_, suffix) = file_name.rsplit_once('.')?;
        let unit_type = suffix.parse().ok()?;
        let name = Some(UnitName::new(file_name));
        Some(Identity { role: Role::Unit, unit_type, name, meant: None })
    }

    /// `x.d/y.conf` beside `x.service`: a drop-in whose directory lacks the type.
    fn beside(path: &Path, unit: &str) -> Option<Identity> {
        let directory = path.parent()?;
        let types = ["service", "timer", "socket", "mount", "path", "target", "slice"];
        let names = types.map(|unit_type| format!("{unit}.{unit_type}"));
        let unit = names.into_iter().find(|name| directory.with_file_name(name).is_file())?;
        let meant = format!("{unit}.d/{}", name_of(path)?);
        Identity::drop_in(&unit).map(|drop_in| Identity { meant: Some(meant), ..drop_in })
    }

    /// `x.service`, `x-.service` or only `service`.
    fn drop_in(unit: &str) -> Option<Identity> {
        let suffix = unit.rsplit_once('.').map_or(unit, |(_, suffix)| suffix);
        let unit_type = suffix.parse().ok()?;
        let is_for_many =
            unit == suffix || unit.rsplit_once('.').is_some_and(|(stem, _)| stem.ends_with('-'));
        let name = (!is_for_many).then(|| UnitName::new(unit));
        Some(Identity { role: Role::DropIn, unit_type, name, meant: None })
    }

    /// The unit's valid name.
    pub fn unit_name(&self) -> Option<&UnitName> {
        self.name.as_ref().and_then(|name| name.as_ref().ok())
    }
}

/// The directories that units were read from, so that each is looked into once.
#[derive(Debug, Default)]
pub struct Neighbours {
    /// By the path as it was given: as a text, it is compared faster than as a path.
    directories: HashMap<OsString, Directory>,
}

/// A directory with unit files.
#[derive(Debug)]
struct Directory {
    /// Its path from the root on.
    absolute: PathBuf,
    /// The names of what is in it.
    names: HashSet<OsString>,
}

impl Neighbours {
    /// The directory that a file is in.
    fn directory(&mut self, path: &Path) -> &Directory {
        let parent = path.parent().map(Path::as_os_str).filter(|parent| !parent.is_empty());
        let parent = parent.unwrap_or(OsStr::new("."));
        if !self.directories.contains_key(parent) {
            let names = names_in(Path::new(parent)).collect();
            let directory = Directory { absolute: directory_of(path, Role::Unit), names };
            self.directories.insert(parent.to_owned(), directory);
        }
        &self.directories[parent]
    }
}

impl Source {
    /// Reads a file and what lies beside it.
    pub fn read(
        path: &Path,
        identity: Identity,
        neighbours: &mut Neighbours,
    ) -> io::Result<Source> {
        let (bytes, mode) = read_with_mode(path)?;
        let file = UnitFile::parse(bytes);
        let (beside, directory) = match identity.role {
            Role::Unit => {
                let directory = neighbours.directory(path);
                (drop_ins_beside(path, directory), directory.absolute.clone())
            }
            Role::DropIn => {
                let unit = unit_beside(path, &identity).into_iter().collect();
                (unit, directory_of(path, Role::DropIn))
            }
        };
        let own = Part { path: path.to_owned(), file };
        Ok(Source { own, identity, mode: Some(mode), beside, directory })
    }

    /// Bytes that come from somewhere else than a file of their own.
    pub fn of_bytes(path: &Path, identity: Identity, bytes: Vec<u8>) -> io::Result<Source> {
        let own = Part { path: path.to_owned(), file: UnitFile::parse(of_limited_size(bytes)?) };
        let directory = directory_of(path, identity.role);
        Ok(Source { own, identity, mode: None, beside: Vec::new(), directory })
    }

    /// The files in the order that systemd reads them: a unit before its drop-ins.
    pub fn parts(&self) -> Vec<&Part> {
        match self.identity.role {
            Role::Unit => std::iter::once(&self.own).chain(&self.beside).collect(),
            Role::DropIn => self.beside.iter().chain([&self.own]).collect(),
        }
    }

    /// The file that a finding is about: the own one, or another of the unit's parts.
    pub fn part_of(&self, index: Option<usize>) -> &Part {
        index.and_then(|index| self.parts().get(index).copied()).unwrap_or(&self.own)
    }

    /// The unit that the files make together.
    pub fn effective(&self) -> Effective<'_> {
        effective(self.parts())
    }

    /// Whose manager the unit is for, going by its directory: `systemd/user`, or another one that
    /// is called `user`. The home directory of somebody who is called so is none.
    pub fn scope(&self) -> Scope {
        let directory = &self.directory;
        // As a text, most are told quickly.
        if !directory.as_os_str().as_encoded_bytes().ends_with(b"user") {
            return Scope::System;
        }
        let is_home = directory.parent().is_some_and(|parent| parent.ends_with("home"));
        if directory.ends_with("user") && !is_home { Scope::User } else { Scope::System }
    }
}

/// A unit's directory holds its file; a drop-in is one directory further down.
fn directory_of(path: &Path, role: Role) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let parents = match role {
        Role::Unit => 1,
        Role::DropIn => 2,
    };
    path.ancestors().nth(parents).unwrap_or(Path::new("/")).to_owned()
}

/// The drop-ins in `x.service.d` beside `x.service`, by name.
fn drop_ins_beside(path: &Path, beside: &Directory) -> Vec<Part> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".d");
    if !beside.names.contains(&name) {
        return Vec::new();
    }
    // What can't be read is reported by whoever asks for it by name.
    drop_ins_in(&path.with_file_name(name))
        .into_iter()
        .filter_map(|file| Part::read(file).ok())
        .collect()
}

fn unit_beside(path: &Path, identity: &Identity) -> Option<Part> {
    let directory = path.parent()?.parent()?;
    Part::read(directory.join(identity.unit_name()?.as_str())).ok()
}
