//! The unit files below a directory.

use std::io;
use std::path::{Path, PathBuf};

use super::source::Identity;

/// Deeper directories are not looked into, and of more files the rest is left out: a mistyped path
/// may name a whole disk.
const DEPTH_MAX: usize = 16;
const FILES_MAX: usize = 20_000;

/// The unit files and drop-ins of a directory and of those below it, by name. Links are left to
/// the directory they lead to, so that none is read twice and no circle is walked.
pub fn files_in(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    collect(directory, DEPTH_MAX, &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(directory: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in directory.read_dir()? {
        let entry = entry?;
        let path = entry.path();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && depth > 0 {
            // A directory below that can't be read is no reason to keep quiet about the others.
            let _ = collect(&path, depth - 1, found);
        } else if kind.is_file() && Identity::of(&path).is_some() && found.len() < FILES_MAX {
            found.push(path);
        }
    }
    Ok(())
}
