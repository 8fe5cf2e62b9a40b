//! What has changed on disk since the manager read a unit.
//!
//! The manager compares the times of the files that it knows, so it misses the first drop-in: it
//! never knew the directory. Here the directories are looked at as well. The manager does not keep
//! the old text; what it holds of it are properties, and those are compared with the lines on disk.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{LoadState, Scope, Unit, Value};

/// No unit file is longer, in bytes; a longer one is not compared.
const FILE_MAX: u64 = 1 << 20;

/// The difference between a unit on disk and in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Files that are there and were not read.
    pub new_files: Vec<PathBuf>,
    /// Files that were read and are gone.
    pub gone_files: Vec<PathBuf>,
    /// The manager says itself that a file is newer.
    pub newer: bool,
    /// Settings that differ, as far as both sides can be read.
    pub settings: Vec<Setting>,
}

/// A setting whose value on disk is not the one in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, without `=`.
    pub name: String,
    /// What the manager works with.
    pub loaded: String,
    /// What a reload would make of it.
    pub on_disk: String,
}

impl Drift {
    /// Looks at the disk. `None` if the unit is what its files say, or has no file.
    pub fn of(unit: &Unit, scope: &Scope) -> Option<Drift> {
        let fragment = Path::new(&unit.fragment);
        if unit.fragment.is_empty() || matches!(scope, Scope::Host(_)) {
            return None;
        }
        // Of a masked unit the manager reads no drop-ins, and takes each for a newer one, for good.
        let is_mask = |data: fs::Metadata| !data.is_file() || data.len() == 0;
        if unit.load == LoadState::Masked && fs::metadata(fragment).is_ok_and(is_mask) {
            return None;
        }
        let known: Vec<PathBuf> = unit.drop_ins.iter().map(PathBuf::from).collect();
        let there = drop_ins(unit, fragment, scope);
        let mut drift = Drift { newer: unit.needs_reload, ..Drift::default() };
        drift.new_files = there.iter().filter(|path| !known.contains(path)).cloned().collect();
        drift.gone_files =
            known.iter().filter(|path| fs::symlink_metadata(path).is_err()).cloned().collect();
        if !drift.newer && drift.new_files.is_empty() && drift.gone_files.is_empty() {
            return None;
        }
        let files = std::iter::once(fragment.to_owned()).chain(merged(known, there));
        drift.settings = differences(unit, &settings(files));
        Some(drift)
    }
}

/// The drop-ins on disk, of the unit and of its template, in the directories that people write to
/// and in that of the unit's file. Of two with one name, the manager reads the one found first.
fn drop_ins(unit: &Unit, fragment: &Path, scope: &Scope) -> Vec<PathBuf> {
    let own: &[&str] = match scope {
        Scope::User => &["/etc/systemd/user", "/run/systemd/user"],
        _ => &["/etc/systemd/system", "/run/systemd/system"],
    };
    let directories = own.iter().map(Path::new).chain(fragment.parent());
    let template = unit
        .id
        .split_once('@')
        .and_then(|(stem, rest)| rest.rsplit_once('.').map(|(_, kind)| format!("{stem}@.{kind}")));
    let names = std::iter::once(unit.id.clone()).chain(template);
    let mut by_name = BTreeMap::new();
    for directory in names.flat_map(|name| {
        directories.clone().map(move |directory| directory.join(format!("{name}.d")))
    }) {
        let files = fs::read_dir(directory).into_iter().flatten().flatten();
        for path in files.map(|file| file.path()) {
            if path.extension().is_some_and(|end| end == "conf") {
                by_name.entry(path.file_name().map(OsStr::to_owned)).or_insert(path);
            }
        }
    }
    by_name.into_values().collect()
}

fn merged(known: Vec<PathBuf>, there: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = known.into_iter().chain(there).collect();
    all.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    all.dedup();
    all
}

/// The assignments of all files, the last of each name; continued lines and lists are left out.
fn settings(files: impl Iterator<Item = PathBuf>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for file in files {
        let is_short = fs::metadata(&file).is_ok_and(|data| data.len() <= FILE_MAX);
        let Some(text) = is_short.then(|| fs::read_to_string(&file).ok()).flatten() else {
            continue;
        };
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';', '[']));
        for (name, value) in lines.filter_map(|line| line.split_once('=')) {
            let (name, value) = (name.trim(), value.trim());
            all.retain(|(known, _)| known != name);
            if !value.ends_with('\\') {
                all.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    all
}

/// Only settings whose property has the same name, and a value that looks the same in both places.
fn differences(unit: &Unit, settings: &[(String, String)]) -> Vec<Setting> {
    let compare = |(name, on_disk): &(String, String)| {
        let loaded = match unit.properties.get(name)? {
            Value::Text(text) if truth(on_disk).is_none() => text.clone(),
            Value::Bool(loaded) if truth(on_disk)? != *loaded => {
                (if *loaded { "yes" } else { "no" }).to_owned()
            }
            Value::Number(loaded) if number(on_disk)? != i128::from(*loaded) => loaded.to_string(),
            Value::Signed(loaded) if number(on_disk)? != i128::from(*loaded) => loaded.to_string(),
            Value::Rows(rows) if name.starts_with("Exec") => {
                let words = rows.last()?.items().get(1)?.items();
                words.iter().filter_map(Value::as_text).collect::<Vec<_>>().join(" ")
            }
            _ => return None,
        };
        let is_same = loaded == *on_disk || on_disk.contains(['%', '"', '\'', '$', '\\']);
        (!is_same).then(|| Setting { name: name.clone(), loaded, on_disk: on_disk.clone() })
    };
    settings.iter().filter_map(compare).collect()
}

/// Booleans have many spellings; systemd.syntax(7).
fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "yes" | "y" | "true" | "t" | "on" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}

/// A decimal number, and not 1G, 5min or 0644, which a property has as another number.
fn number(text: &str) -> Option<i128> {
    let is_octal = text.len() > 1 && text.starts_with('0');
    text.parse().ok().filter(|_| !is_octal)
}
