//! A file that does not grow beyond a size: when it is full it becomes `x.log.1`, and that one
//! `x.log.2`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

use super::file::{FileMode, append, open};
use super::{About, Sink};
use crate::Error;

/// Rotates by size. For one process: two that rotate the same file would each move the other's
/// away.
#[derive(Debug)]
pub struct RotatingSink {
    path: PathBuf,
    max_bytes: u64,
    backups: u32,
    open: Mutex<(File, u64)>,
    torn: AtomicBool,
}

impl RotatingSink {
    /// Appends to the file until the next line would make it `max_bytes` long or longer. `backups`
    /// older files are kept; with 0 of either, nothing is ever rotated. That is Python's rule,
    /// and it means that nothing is thrown away unless you said how much to keep.
    ///
    /// # Errors
    ///
    /// When the file can't be opened, or made.
    pub fn open(
        path: impl Into<PathBuf>,
        max_bytes: u64,
        backups: u32,
    ) -> Result<RotatingSink, Error> {
        let path = path.into();
        let opened = Mutex::new(open_sized(&path)?);
        Ok(RotatingSink { path, max_bytes, backups, open: opened, torn: AtomicBool::new(false) })
    }

    /// Moves all files on by one, and begins a new one.
    fn rotate(&self, open: &mut (File, u64)) -> io::Result<()> {
        for number in (1..self.backups).rev() {
            rename_if_there(&numbered(&self.path, number), &numbered(&self.path, number + 1))?;
        }
        rename_if_there(&self.path, &numbered(&self.path, 1))?;
        *open = open_sized(&self.path).map_err(io::Error::other)?;
        Ok(())
    }
}

fn open_sized(path: &Path) -> Result<(File, u64), Error> {
    let file = open(path, FileMode::Append)?;
    let length = file.metadata().map(|meta| meta.len());
    let length = length.map_err(|cause| Error::Open { path: path.to_owned(), cause })?;
    Ok((file, length))
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    PathBuf::from(name)
}

/// rename(2) replaces what has the new name in one step: at no moment is a file missing, or a line.
pub(super) fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// How long a line counts. Python counts characters, and so do we, that the two agree on when to
/// rotate.
fn characters(line: &[u8]) -> u64 {
    line.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64
}

impl Sink for RotatingSink {
    fn write_line(&self, line: &[u8], _: About) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let rotates = self.max_bytes > 0 && self.backups > 0;
        let mut trouble = None;
        if rotates && open.1 + characters(line) >= self.max_bytes {
            // A directory that became read-only is no reason to lose the line too.
            trouble = self.rotate(&mut open).err();
        }
        append(&open.0, line, &self.torn)?;
        open.1 += line.len() as u64;
        match trouble {
            Some(error) => {
                crate::report::once(&self.path, &error);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}
