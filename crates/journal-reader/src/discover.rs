//! Where journal files are: `/run/log/journal/MACHINE-ID` until the next boot,
//! `/var/log/journal/MACHINE-ID` for good; systemd-journald.service(8).

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::id128::Id128;
use crate::pattern::{glob_matches, is_glob};

/// The directories of a machine's journals: the volatile one, and the persistent one.
pub const DIRECTORIES: [&str; 2] = ["/run/log/journal", "/var/log/journal"];

/// What to read.
///
/// ```no_run
/// use journal_reader::{Journal, Source};
///
/// let journal = Journal::open(Source::Directory("/mnt/var/log/journal".into()))?;
/// println!("{} entries", journal.count());
/// # Ok::<(), journal_reader::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Source {
    /// The journal of this machine.
    Local,
    /// All journals on this machine: also those of others, which systemd-journal-remote(8) has
    /// collected.
    Merged,
    /// The files of a directory, and of those of its directories that are named for a machine.
    Directory(PathBuf),
    /// These files; each may be a pattern.
    Files(Vec<PathBuf>),
}

impl Source {
    /// The files, as they are now. A directory within that can't be read goes to `problems`.
    pub(crate) fn files(&self, problems: &mut Vec<Error>) -> Result<Vec<PathBuf>, Error> {
        let mut found = Vec::new();
        match self {
            Source::Local => {
                let machine = machine_id();
                for directory in DIRECTORIES {
                    let of_machine = |name: &str| name.parse() == Ok(machine);
                    list_machines(Path::new(directory), of_machine, &mut found, problems);
                }
            }
            Source::Merged => {
                for directory in DIRECTORIES {
                    list_machines(Path::new(directory), is_machine, &mut found, problems);
                }
                let remote = Path::new("/var/log/journal/remote");
                if remote.is_dir() {
                    list_files(remote, &mut found, problems);
                }
            }
            Source::Directory(directory) => {
                fs::read_dir(directory).map_err(|error| Error::io(directory, error))?;
                list_machines(directory, is_machine, &mut found, problems);
            }
            Source::Files(paths) => {
                for path in paths {
                    expand(path, &mut found)?;
                }
            }
        }
        Ok(found)
    }

    /// The directories in which new files may appear.
    pub(crate) fn directories(&self) -> Vec<PathBuf> {
        let tops: Vec<PathBuf> = match self {
            Source::Local | Source::Merged => DIRECTORIES.iter().map(PathBuf::from).collect(),
            Source::Directory(directory) => vec![directory.clone()],
            Source::Files(paths) => paths.iter().map(|path| directory_of(path)).collect(),
        };
        let mut directories = tops.clone();
        if !matches!(self, Source::Files(_)) {
            for entry in tops.iter().filter_map(|top| fs::read_dir(top).ok()).flatten().flatten() {
                let name = entry.file_name();
                if name.to_str().is_some_and(|name| is_machine(name) || name == "remote") {
                    directories.push(entry.path());
                }
            }
        }
        directories
    }
}

fn directory_of(path: &Path) -> PathBuf {
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
    directory: &Path,
    wanted: impl Fn(&str) -> bool,
    found: &mut Vec<PathBuf>,
    problems: &mut Vec<Error>,
) {
    // In the directory itself too: that is how -D is used with a copy of some files.
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        match name.to_str() {
            Some(name) if is_journal(name) => found.push(entry.path()),
            Some(name) if wanted(name) => list_files(&entry.path(), found, problems),
            _ => {}
        }
    }
}

fn list_files(directory: &Path, found: &mut Vec<PathBuf>, problems: &mut Vec<Error>) {
    match fs::read_dir(directory) {
        Ok(entries) => {
            let is_one = |entry: &fs::DirEntry| entry.file_name().to_str().is_some_and(is_journal);
            found.extend(entries.flatten().filter(is_one).map(|entry| entry.path()));
        }
        Err(error) => problems.push(Error::io(directory, error)),
    }
}

/// Replaces a pattern in the last part of a path by the files that match it.
fn expand(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let pattern = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if !is_glob(pattern) || path.exists() {
        found.push(path.to_owned());
        return Ok(());
    }
    let directory = directory_of(path);
    let entries = fs::read_dir(&directory).map_err(|error| Error::io(&directory, error))?;
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    names.retain(|name| glob_matches(pattern.as_bytes(), name.as_encoded_bytes()));
    if names.is_empty() {
        return Err(Error::unreadable(path, "no file matches the pattern"));
    }
    found.extend(names.iter().map(|name| directory.join(name)));
    Ok(())
}
