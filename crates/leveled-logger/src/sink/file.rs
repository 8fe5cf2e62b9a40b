//! A file that lines are appended to: one write(2) for each, no lock, and no buffer that could be
//! lost.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::{About, Sink};
use crate::Error;

/// What happens to what is in the file already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileMode {
    /// It stays, and lines follow it.
    #[default]
    Append,
    /// It goes.
    Truncate,
    /// There must be no such file.
    New,
}

impl FromStr for FileMode {
    type Err = Error;

    /// Reads Python's `a`, `w` and `x`.
    fn from_str(text: &str) -> Result<FileMode, Error> {
        // That it is text (t) goes without saying, and to read it too (+) does no harm.
        match &*text.replace(['t', '+'], "") {
            "a" => Ok(FileMode::Append),
            "w" => Ok(FileMode::Truncate),
            "x" => Ok(FileMode::New),
            _ => Err(Error::UnknownFileMode(text.to_owned())),
        }
    }
}

/// Opens a file for lines. In every mode the kernel itself looks for the end at each write
/// (`O_APPEND`), so that two processes never write over each other.
pub(super) fn open(path: &Path, mode: FileMode) -> Result<File, Error> {
    open_raw(path, mode).map_err(|cause| Error::Open { path: path.to_owned(), cause })
}

fn open_raw(path: &Path, mode: FileMode) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true);
    match mode {
        FileMode::New => options.create_new(true),
        FileMode::Append | FileMode::Truncate => options.create(true),
    };
    let file = options.open(path)?;
    // Not for a device or a pipe, where there is nothing to cut.
    if mode == FileMode::Truncate && file.metadata()?.is_file() {
        file.set_len(0)?;
    }
    Ok(file)
}

/// Writes all of it. When a write breaks off in the middle of a line, as on a full disk, the next
/// one begins with a newline: two halves never make one line.
pub(super) fn append(mut file: &File, bytes: &[u8], torn: &AtomicBool) -> io::Result<()> {
    if torn.load(Ordering::Relaxed) {
        file.write_all(b"\n")?;
        torn.store(false, Ordering::Relaxed);
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        match file.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => rest = &rest[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let written = bytes.len() - rest.len();
                torn.store(written > 0 && bytes[written - 1] != b'\n', Ordering::Relaxed);
                return Err(error);
            }
        }
    }
    Ok(())
}

/// How many bytes are written next: the whole lines that fit into the page at `end`, or the one
/// line that crosses it.
///
/// The kernel looks for SIGKILL between two pages of a write, and stops there. A write within one
/// page happens, or does not: so a program that is killed leaves whole lines, except in the short
/// moment in which a line crosses a page.
fn whole_lines(lines: &[u8], end: u64) -> usize {
    const PAGE: u64 = 4096;
    let room = usize::try_from(PAGE - end % PAGE).unwrap_or(0).min(lines.len());
    let is_end = |byte: &u8| *byte == b'\n';
    let within = lines[..room].iter().rposition(is_end);
    let first = || lines.iter().position(is_end);
    within.or_else(first).map_or(lines.len(), |at| at + 1)
}

/// Appends lines to a file. When `write_line` returns, the line is with the kernel: a crash of the
/// program, and even SIGKILL, leaves it there.
#[derive(Debug)]
pub struct FileSink {
    path: PathBuf,
    file: OnceLock<File>,
    /// How it is to be opened. Two threads may both have the first line, and only one may cut what
    /// is there.
    opening: Mutex<FileMode>,
    torn: AtomicBool,
}

impl FileSink {
    /// Opens the file now.
    ///
    /// # Errors
    ///
    /// When it can't be opened, or made. Directories are not made.
    pub fn open(path: impl Into<PathBuf>, mode: FileMode) -> Result<FileSink, Error> {
        let path = path.into();
        let file = OnceLock::from(open(&path, mode)?);
        Ok(FileSink { file, ..FileSink::delayed(path, mode) })
    }

    /// Opens the file when the first line comes; no line, no file.
    pub fn delayed(path: impl Into<PathBuf>, mode: FileMode) -> FileSink {
        FileSink {
            path: path.into(),
            file: OnceLock::new(),
            opening: Mutex::new(mode),
            torn: AtomicBool::new(false),
        }
    }

    fn file(&self) -> io::Result<&File> {
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let mode = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let opened = open_raw(&self.path, *mode)?;
        Ok(self.file.get_or_init(|| opened))
    }
}

impl Sink for FileSink {
    fn write_line(&self, line: &[u8], _: About) -> io::Result<()> {
        append(self.file()?, line, &self.torn)
    }

    fn write_lines(&self, lines: &[u8], _: About) -> io::Result<()> {
        let file = self.file()?;
        let mut end = file.metadata().map_or(0, |meta| meta.len());
        let mut rest = lines;
        while !rest.is_empty() {
            let (page, after) = rest.split_at(whole_lines(rest, end));
            append(file, page, &self.torn)?;
            end += page.len() as u64;
            rest = after;
        }
        Ok(())
    }

    fn has_locks(&self) -> bool {
        // Only to open it.
        self.file.get().is_none()
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}
