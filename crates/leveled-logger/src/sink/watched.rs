//! A file that somebody else may move away: logrotate(8) does. It is opened anew when its name
//! leads elsewhere.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::file::{FileMode, append, open};
use super::{About, Sink};
use crate::{Error, at_end};

/// Grows with every SIGHUP, once somebody asked for that.
pub(crate) static HANGUPS: AtomicU32 = AtomicU32::new(0);

/// From now on, SIGHUP makes every [`WatchedSink`] open its file anew at the next line; it no
/// longer ends the program.
///
/// A watched file also looks for itself at each line. The signal is for file systems where that
/// tells nothing new.
pub fn reopen_on_hangup() {
    at_end::count_hangups();
}

/// Appends to a file, and follows its name: when the file was moved or removed, a new one is made.
///
/// When that fails, the lines go on into the old file, and none is lost.
#[derive(Debug)]
pub struct WatchedSink {
    path: PathBuf,
    open: Mutex<Open>,
    torn: AtomicBool,
}

#[derive(Debug)]
struct Open {
    file: File,
    device: u64,
    inode: u64,
    hangups: u32,
}

impl WatchedSink {
    /// Opens the file now, to append.
    ///
    /// # Errors
    ///
    /// When it can't be opened, or made.
    pub fn open(path: impl Into<PathBuf>) -> Result<WatchedSink, Error> {
        let path = path.into();
        let opened = Open::new(open(&path, FileMode::Append)?);
        let opened = opened.map_err(|cause| Error::Open { path: path.clone(), cause })?;
        Ok(WatchedSink { path, open: Mutex::new(opened), torn: AtomicBool::new(false) })
    }

    fn follow(&self, open_now: &mut Open) {
        let hangups = HANGUPS.load(Ordering::Relaxed);
        let is_there = std::fs::metadata(&self.path)
            .is_ok_and(|meta| (meta.dev(), meta.ino()) == (open_now.device, open_now.inode));
        if is_there && hangups == open_now.hangups {
            return;
        }
        // The new one first: the old one is given up only when there is another.
        let opened = open(&self.path, FileMode::Append).ok().and_then(|file| Open::new(file).ok());
        if let Some(opened) = opened {
            *open_now = opened;
            self.torn.store(false, Ordering::Relaxed);
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut open_now = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.follow(&mut open_now);
        append(&open_now.file, bytes, &self.torn)
    }
}

impl Open {
    fn new(file: File) -> io::Result<Open> {
        let meta = file.metadata()?;
        let hangups = HANGUPS.load(Ordering::Relaxed);
        Ok(Open { file, device: meta.dev(), inode: meta.ino(), hangups })
    }
}

impl Sink for WatchedSink {
    fn write_line(&self, line: &[u8], _: About) -> io::Result<()> {
        self.write(line)
    }

    fn write_lines(&self, lines: &[u8], _: About) -> io::Result<()> {
        self.write(lines)
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}
