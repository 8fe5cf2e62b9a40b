//! Reads a text file of the course, with a bound on its size, and copies those of a directory.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use serde::Serialize;

use crate::error::{Error, said};

/// The largest chapter, and the largest file that one may include: 1 MiB.
const LIMIT: u64 = 1 << 20;

/// The text of `path`; the message of an error calls it `name`.
pub(crate) fn read_text(path: &Path, name: &Path) -> Result<String, Error> {
    read_bounded(path).map_err(|cause| Error::cannot_read(name, &cause))
}

fn read_bounded(path: &Path) -> Result<String, String> {
    // A pipe that nobody writes to must not hold us up: without this, even opening it waits.
    let file = File::options()
        .read(true)
        .custom_flags(OFlag::O_NONBLOCK.bits())
        .open(path)
        .map_err(|cause| said(&cause))?;
    // Opening a directory succeeds, and reading a pipe or a device might never end.
    if !file.metadata().map_err(|cause| said(&cause))?.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|cause| said(&cause))?;
    if bytes.len() as u64 > LIMIT {
        return Err("it is larger than 1 MiB".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        format!("it is not UTF-8 from byte {} on", error.utf8_error().valid_up_to())
    })
}

/// Copies a directory of our own: regular files and directories, nothing else.
pub(crate) fn copy_tree(
    from: &Path,
    to: &Path,
    change: &dyn Fn(Vec<u8>) -> Vec<u8>,
) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target, change)?;
        } else {
            write_if_changed(&target, &change(fs::read(entry.path())?))?;
        }
    }
    Ok(())
}

/// Leaves a file alone that has the right content: its time tells cargo whether to compile.
pub(crate) fn write_if_changed(path: &Path, content: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    fs::write(path, content)
}

/// The text with `line` in the place of its first line that begins with `start`.
pub(crate) fn with_line(text: &str, start: &str, line: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if let Some(found) = lines.iter_mut().find(|line| line.starts_with(start)) {
        *found = line;
    }
    lines.join("\n") + "\n"
}

/// Writes `value` as JSON to the file `beside` and renames that to `path`: a reader sees the old
/// text or the new one, never a part of one.
pub(crate) fn write_json(path: &Path, beside: &Path, value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
    // One that is there was left by a course that was stopped, or is a link; neither is written to.
    let _ = fs::remove_file(beside);
    let write = || {
        let mut file = File::create_new(beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(beside, path)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(beside);
    })
}

/// The first of `names` that nothing has.
pub(crate) fn free_name(names: impl Fn(u32) -> PathBuf) -> PathBuf {
    let taken = |path: &PathBuf| path.symlink_metadata().is_ok();
    let mut number = 1;
    while taken(&names(number)) {
        number += 1;
    }
    names(number)
}

/// A short number for some content, by which a change is noticed.
///
/// It is FNV-1a, which gives the same number on every machine and in every version. std's hasher
/// does not promise that.
pub(crate) fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
