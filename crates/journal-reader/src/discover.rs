//! Where journal files are: `/run/log/journal/MACHINE-ID` until the next boot,
//! `/var/log/journal/MACHINE-ID` for good; systemd-journald.service(8).

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::id128::Id128;
use crate::pattern::{glob_matches, is_glob};

/// The folders of a machine's journals: the volatile one, and the persistent one.
pub const FOLDERS: [&str; 2] = ["/run/log/journal", "/var/log/journal"];

/// What to read.
#[derive(Clone, Debug)]
pub enum Source {
    /// The journal of this machine.
    Local,
    /// All journals on this machine: also those of others, which systemd-journal-remote(8) has
    /// collected.
    Merged,
    /// The files of a folder, and of those of its folders that are named for a machine.
    Directory(PathBuf),
    /// These files; each may be a pattern.
    Files(Vec<PathBuf>),
}

impl Source {
    /// The files, as they are now. A folder within that can't be read goes to `problems`.
    pub(crate) fn files(&self, problems: &mut Vec<Error>) -> Result<Vec<PathBuf>, Error> {
        let mut found = Vec::new();
        match self {
            Source::Local => {
                let machine = machine_id();
                for folder in FOLDERS {
                    let of_machine = |name: &str| name.parse() == Ok(machine);
                    list_machines(Path::new(folder), of_machine, &mut found, problems);
                }
            }
            Source::Merged => {
                for folder in FOLDERS {
                    list_machines(Path::new(folder), is_machine, &mut found, problems);
                }
                let remote = Path::new("/var/log/journal/remote");
                if remote.is_dir() {
                    list_files(remote, &mut found, problems);
                }
            }
            Source::Directory(folder) => {
                fs::read_dir(folder).map_err(|error| Error::io(folder, error))?;
                list_machines(folder, is_machine, &mut found, problems);
            }
            Source::Files(paths) => {
                for path in paths {
                    expand(path, &mut found)?;
                }
            }
        }
        Ok(found)
    }

    /// The folders in which new files may appear.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        let tops: Vec<PathBuf> = match self {
            Source::Local | Source::Merged => FOLDERS.iter().map(PathBuf::from).collect(),
            Source::Directory(folder) => vec![folder.clone()],
            Source::Files(paths) => paths.iter().map(|path| folder_of(path)).collect(),
        };
        let mut folders = tops.clone();
        if !matches!(self, Source::Files(_)) {
            for entry in tops.iter().filter_map(|top| fs::read_dir(top).ok()).flatten().flatten() {
                let name = entry.file_name();
                if name.to_str().is_some_and(|name| is_machine(name) || name == "remote") {
                    folders.push(entry.path());
                }
            }
        }
        folders
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The id of this machine; machine-id(5).
pub fn machine_id() -> Id128 {
    let text = fs::read_to_string("/etc/machine-id").unwrap_or_default();
    text.trim().parse().unwrap_or_default()
}

/// The id of this boot.
pub fn boot_id() -> Id128 {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().parse().unwrap_or_default()
}

fn is_machine(name: &str) -> bool {
    name.parse::<Id128>().is_ok()
}

/// Whether journald gives its files such a name; `~` marks one that was not closed properly.
fn is_journal(name: &str) -> bool {
    name.ends_with(".journal") || name.ends_with(".journal~")
}

fn list_machines(
    folder: &Path,
    wanted: impl Fn(&str) -> bool,
    found: &mut Vec<PathBuf>,
    problems: &mut Vec<Error>,
) {
    // In the folder itself too: that is how -D is used with a copy of some files.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        match name.to_str() {
            Some(name) if is_journal(name) => found.push(entry.path()),
            Some(name) if wanted(name) => list_files(&entry.path(), found, problems),
            _ => {}
        }
    }
}

fn list_files(folder: &Path, found: &mut Vec<PathBuf>, problems: &mut Vec<Error>) {
    match fs::read_dir(folder) {
        Ok(entries) => {
            let is_one = |entry: &fs::DirEntry| entry.file_name().to_str().is_some_and(is_journal);
            found.extend(entries.flatten().filter(is_one).map(|entry| entry.path()));
        }
        Err(error) => problems.push(Error::io(folder, error)),
    }
}

/// Replaces a pattern in the last part of a path by the files that match it.
fn expand(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let pattern = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if !is_glob(pattern) || path.exists() {
        found.push(path.to_owned());
        return Ok(());
    }
    let folder = folder_of(path);
    let entries = fs::read_dir(&folder).map_err(|error| Error::io(&folder, error))?;
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    names.retain(|name| glob_matches(pattern.as_bytes(), name.as_encoded_bytes()));
    if names.is_empty() {
        return Err(Error::unreadable(path, "no file matches the pattern"));
    }
    found.extend(names.iter().map(|name| folder.join(name)));
    Ok(())
}
