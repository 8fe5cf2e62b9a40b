//! The directories that units are loaded from, and how a unit and its drop-ins are found there;
//! systemd.unit(5).

use std::collections::BTreeMap;
use std::env::split_paths;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use libc::O_NONBLOCK;
use systemd_types::UnitName;

use super::directory::{drop_ins_in, paths_in};

/// A unit file is a few kilobytes; nothing larger than this is read.
pub const MAX_FILE_SIZE: u64 = 16 * 1024 * 1024;

/// Whose service manager a unit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The system's, PID 1.
    System,
    /// A user's own.
    User,
}

/// What `HOME` and the XDG variables of a user hold.
pub type Variables = fn(&str) -> Option<OsString>;

/// The directories that units are loaded from, the most important first.
///
/// ```
/// use std::path::Path;
/// use unit_writer::load::{LoadPath, Scope};
///
/// let load_path = LoadPath::new(Scope::System, Path::new("/"), None);
/// assert!(load_path.directories().contains(&"/etc/systemd/system".into()));
/// ```
#[derive(Clone, Debug, Default)]
pub struct LoadPath {
    directories: Vec<PathBuf>,
}

/// Below the root, as `systemd-analyze unit-paths` lists them.
const SYSTEM: &[&str] = &[
    "etc/systemd/system.control",
    "run/systemd/system.control",
    "run/systemd/transient",
    "run/systemd/generator.early",
    "etc/systemd/system",
    "etc/systemd/system.attached",
    "run/systemd/system",
    "run/systemd/system.attached",
    "run/systemd/generator",
    "usr/local/lib/systemd/system",
    "usr/lib/systemd/system",
    "lib/systemd/system",
    "run/systemd/generator.late",
];

/// Of a user's manager; systemd.unit(5), "User Unit Search Path". Behind a `$` is the variable that
/// names the user's own places.
const USER: &[&str] = &[
    "$XDG_CONFIG_HOME/systemd/user.control",
    "$XDG_RUNTIME_DIR/systemd/user.control",
    "$XDG_RUNTIME_DIR/systemd/transient",
    "$XDG_RUNTIME_DIR/systemd/generator.early",
    "$XDG_CONFIG_HOME/systemd/user",
    "$XDG_CONFIG_DIRS/systemd/user",
    "etc/systemd/user",
    "run/systemd/user",
    "usr/local/share/systemd/user",
    "usr/share/systemd/user",
    "usr/local/lib/systemd/user",
    "usr/lib/systemd/user",
    "lib/systemd/user",
    "$XDG_RUNTIME_DIR/systemd/user",
    "$XDG_RUNTIME_DIR/systemd/generator",
    "$XDG_DATA_HOME/systemd/user",
    "$XDG_DATA_DIRS/systemd/user",
    "$XDG_RUNTIME_DIR/systemd/generator.late",
];

impl LoadPath {
    /// The directories below `root`; of a user's manager, those of the user too.
    pub fn new(scope: Scope, root: &Path, user: Option<Variables>) -> LoadPath {
        let names = match scope {
            Scope::System => SYSTEM,
            Scope::User => USER,
        };
        // Where /lib is a link to /usr/lib, as on most machines, it has nothing of its own.
        let lib_is_link = root.join("lib").is_symlink();
        let mut directories = Vec::new();
        for name in names {
            if let Some((variable, below)) =
                name.strip_prefix('$').and_then(|name| name.split_once('/'))
            {
                let places = user.map(|user| places(variable, user)).unwrap_or_default();
                directories.extend(places.iter().map(|place| place.join(below)));
            } else if !(lib_is_link && name.starts_with("lib/")) {
                directories.push(root.join(name));
            }
        }
        LoadPath { directories }
    }

    /// Puts a directory first: the one a unit is being read from.
    pub fn with_first(mut self, directory: PathBuf) -> LoadPath {
        self.directories.retain(|other| *other != directory);
        self.directories.insert(0, directory);
        self
    }

    /// The directories, the most important first.
    pub fn directories(&self) -> &[PathBuf] {
        &self.directories
    }

    /// The file that a unit is loaded from; an instance may come from its template's.
    pub fn find(&self, name: &UnitName) -> Option<PathBuf> {
        let template = name.template();
        // The instance's own file counts before its template's.
        let names = [Some(name), template.as_ref()];
        names.into_iter().flatten().find_map(|name| {
            let mut files = self.directories.iter().map(|directory| directory.join(name.as_str()));
            files.find(|path| path.symlink_metadata().is_ok())
        })
    }

    /// The other names of a unit: the links in the load path that lead to its file.
    pub fn aliases(&self, name: &UnitName) -> Vec<UnitName> {
        let leads_here = |path: &Path| {
            let target = fs::read_link(path).ok();
            target.is_some_and(|target| target.file_name() == Some(OsStr::new(name.as_str())))
        };
        let links = self.directories.iter().flat_map(|directory| paths_in(directory));
        let names = links
            .filter(|path| leads_here(path))
            .filter_map(|path| UnitName::new(path.file_name()?.to_str()?).ok());
        let mut names: Vec<UnitName> = names.filter(|alias| alias != name).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The drop-ins of a unit under all of its names, in the order that they are read: by file
    /// name, wherever they are. A file hides those of the same name in less important directories,
    /// and an empty one hides them without adding anything.
    pub fn drop_ins(&self, names: &[UnitName]) -> Vec<PathBuf> {
        let mut found: BTreeMap<OsString, PathBuf> = BTreeMap::new();
        for directory in names.iter().flat_map(drop_in_directories) {
            for path in self.directories.iter().map(|parent| parent.join(&directory)) {
                for file in drop_ins_in(&path) {
                    let name = file.file_name().unwrap_or_default().to_owned();
                    found.entry(name).or_insert(file);
                }
            }
        }
        let is_mask = |path: &PathBuf| fs::metadata(path).is_ok_and(|data| data.len() == 0);
        found.into_values().filter(|path| !is_mask(path)).collect()
    }
}

/// The places that a variable of the user's names; the XDG Base Directory Specification says where
/// they are without it, and that a path which is not absolute counts as none.
fn places(variable: &str, values: Variables) -> Vec<PathBuf> {
    let in_home = |below: &str| Some(Path::new(&values("HOME")?).join(below).into_os_string());
    let usual = match variable {
        "XDG_CONFIG_HOME" => in_home(".config"),
        "XDG_DATA_HOME" => in_home(".local/share"),
        "XDG_CONFIG_DIRS" => Some("/etc/xdg".into()),
        "XDG_DATA_DIRS" => Some("/usr/local/share:/usr/share".into()),
        _ => None,
    };
    let given = values(variable).filter(|given| Path::new(given).is_absolute());
    given.or(usual).map_or(Vec::new(), |places| split_paths(&places).collect())
}

/// `foo-bar@x.service.d`, its template's, those of its name cut at dashes, and that of its type.
fn drop_in_directories(name: &UnitName) -> Vec<String> {
    let unit_type = name.unit_type();
    let mut names = vec![format!("{name}.d")];
    names.extend(name.template().map(|template| format!("{template}.d")));
    let tail = name.instance().map_or(String::new(), |instance| format!("@{instance}"));
    let prefix = name.prefix();
    let dashes =
        prefix.char_indices().rev().filter(|(at, c)| *c == '-' && *at > 0 && at + 1 < prefix.len());
    names.extend(dashes.map(|(at, _)| format!("{}{tail}.{unit_type}.d", &prefix[..=at])));
    names.push(format!("{unit_type}.d"));
    names
}

/// The first bytes of a regular file; a pipe or a device is not waited for.
pub(super) fn read_beginning(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = File::options().read(true).custom_flags(O_NONBLOCK).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a regular file of a size that a unit file can have.
pub fn read_limited(path: &Path) -> io::Result<Vec<u8>> {
    read_with_mode(path).map(|(bytes, _)| bytes)
}

/// The same, and the file's permissions.
pub(super) fn read_with_mode(path: &Path) -> io::Result<(Vec<u8>, u32)> {
    // Of a pipe, an open without this would wait until somebody writes.
    let mut file = File::options().read(true).custom_flags(O_NONBLOCK).open(path)?;
    let data = file.metadata()?;
    if data.is_dir() {
        return Err(io::Error::other("it is a directory"));
    }
    if path != Path::new("/dev/null")
        && !data.is_file()
        && fs::canonicalize(path)? != Path::new("/dev/null")
    {
        return Err(io::Error::other("it is not a regular file"));
    }
    // One byte more than the file has: a read that falls short has seen its end.
    let mut bytes = vec![0; usize::try_from(data.len().min(MAX_FILE_SIZE)).unwrap_or_default() + 1];
    let length = file.read(&mut bytes)?;
    bytes.truncate(length);
    if length as u64 > data.len().min(MAX_FILE_SIZE) {
        // It has grown since, or it is one of those that don't tell their size.
        file.take(MAX_FILE_SIZE).read_to_end(&mut bytes)?;
    }
    Ok((of_limited_size(bytes)?, data.permissions().mode()))
}

/// Refuses more than a unit file can have, of which nobody knows whether it is all.
pub fn of_limited_size(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    if bytes.len() as u64 > MAX_FILE_SIZE {
        return Err(io::Error::other("it is larger than 16 MiB, which no unit file is"));
    }
    Ok(bytes)
}
