//! What is in a directory; of one that can't be read, nothing.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The names of what is in it.
pub(super) fn names_in(directory: &Path) -> impl Iterator<Item = OsString> + use<> {
    fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.file_name())
}

/// The same as paths.
pub(super) fn paths_in(directory: &Path) -> impl Iterator<Item = PathBuf> {
    names_in(directory).map(|name| directory.join(name))
}

/// The drop-ins in a directory such as `x.service.d`, by name.
pub fn drop_ins_in(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = paths_in(directory).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "conf"));
    files.sort();
    files
}
