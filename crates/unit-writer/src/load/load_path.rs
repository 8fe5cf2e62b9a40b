//! The directories that units are loaded from, and how a unit and its drop-ins are found there; systemd.unit(5).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use systemd_types::UnitName;

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

/// The directories, the most important first.
#[derive(Clone, Debug)]
pub struct LoadPath {
    directories: Vec<PathBuf>,
}

impl LoadPath {
    /// The directories below `root`; for a user's manager, the home directory tells where the user's own are.
    pub fn new(scope: Scope, root: &Path, home: Option<&Path>) -> LoadPath {
        let names: &[&str] = match scope {
            Scope::System => &[
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
            ],
            Scope::User => &[
                "etc/xdg/systemd/user",
                "etc/systemd/user",
                "run/systemd/user",
                "usr/local/share/systemd/user",
                "usr/share/systemd/user",
                "usr/local/lib/systemd/user",
                "usr/lib/systemd/user",
                "lib/systemd/user",
            ],
        };
        let own = (scope == Scope::User)
            .then_some(home)
            .flatten()
            .map(|home| home.join(".config/systemd/user"));
        // Where /lib is a link to /usr/lib, as on most machines, it has nothing of its own.
        let lib_is_link = root.join("lib").is_symlink();
        let names = names.iter().filter(|name| !(lib_is_link && name.starts_with("lib/")));
        LoadPath { directories: own.into_iter().chain(names.map(|name| root.join(name))).collect() }
    }

    /// Puts a directory first: the one a unit is being read from.
    pub fn with_first(mut self, directory: PathBuf) -> LoadPath {
        self.directories.retain(|other| *other != directory);
        self.directories.insert(0, directory);
        self
    }

    /// Exactly these directories, as `SYSTEMD_UNIT_PATH` gives them.
    pub fn of(directories: Vec<PathBuf>) -> LoadPath {
        LoadPath { directories }
    }

    /// The directories, the most important first.
    pub fn directories(&self) -> &[PathBuf] {
        &self.directories
    }

    /// The file that a unit is loaded from; an instance may come from its template's.
    pub fn find(&self, name: &UnitName) -> Option<PathBuf> {
        let template = name.template();
        let names = [Some(name), template.as_ref()];
        names.into_iter().flatten().find_map(|name| {
            let candidates = self.directories.iter().map(|directory| directory.join(name.as_str()));
            candidates.into_iter().find(|path| path.symlink_metadata().is_ok())
        })
    }

    /// The drop-ins of a unit, in the order they are read: by file name, wherever they are. A file hides those of the
    /// same name in less important directories, and an empty one hides them without adding anything.
    pub fn drop_ins(&self, name: &UnitName) -> Vec<PathBuf> {
        let mut found: BTreeMap<std::ffi::OsString, PathBuf> = BTreeMap::new();
        for directory in drop_in_directories(name) {
            for path in self.directories.iter().map(|parent| parent.join(&directory)) {
                for file in configuration_files(&path) {
                    let name = file.file_name().unwrap_or_default().to_owned();
                    found.entry(name).or_insert(file);
                }
            }
        }
        let is_mask = |path: &PathBuf| fs::metadata(path).is_ok_and(|data| data.len() == 0);
        found.into_values().filter(|path| !is_mask(path)).collect()
    }
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

fn configuration_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "conf"))
        .collect()
}

/// Reads a regular file of a size that a unit file can have.
pub fn read_limited(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
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
    if bytes.len() as u64 > MAX_FILE_SIZE {
        return Err(io::Error::other("it is larger than 16 MiB, which no unit file is"));
    }
    Ok(bytes)
}
