//! The file that the dates are appended to, whole lines only.
//!
//! A line is one `write(2)` with O_APPEND, so two daemons on one file never mix their lines. What
//! is left are the cases in which a write ends halfway: a disk that fills up in the middle of a
//! line, and the remains of such a line that another program left behind.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};
use nix::libc;

use crate::Error;
use crate::daemon::Output;

/// An open file of dates.
///
/// ```no_run
/// use date_daemon::DatesFile;
/// use date_daemon::daemon::Output;
///
/// let mut file = DatesFile::open("dates.log".into())?;
/// file.append("2026-03-01 09:05:07\n")?;
/// # Ok::<(), date_daemon::Error>(())
/// ```
pub struct DatesFile {
    path: PathBuf,
    file: File,
    /// Whether the end of the file has been looked at since it was opened.
    end_known: bool,
    /// Whether the last line was cut short by a full disk.
    cut_short: bool,
}

impl DatesFile {
    /// Opens `path` for appending; makes the file, but no directory.
    ///
    /// Fails if the file can be neither opened nor made, or is something else than a regular file.
    pub fn open(path: PathBuf) -> Result<Self, Error> {
        match open_regular(&path) {
            Ok(Some(file)) => Ok(Self { path, file, end_known: false, cut_short: false }),
            Ok(None) => Err(Error::NotAFile { path }),
            Err(error) => Err(cannot_open(path, &error)),
        }
    }

    /// A file that was removed, alone or with its directory, is still open, and takes lines that
    /// nobody will ever read.
    ///
    /// A renamed file is left alone: whoever rotates logs renames first and sends SIGHUP then, and
    /// the lines in between belong to the old file.
    fn is_removed(&self) -> bool {
        self.file.metadata().map_or(true, |meta| meta.nlink() == 0)
    }

    fn append_whole(&mut self, line: &str) -> io::Result<()> {
        if self.end_known || ends_with_newline(&self.file)? {
            self.write_whole(line)?;
        } else {
            // Somebody's half line: end it, so that ours is not glued to it.
            self.write_whole(&format!("\n{line}"))?;
        }
        self.end_known = true;
        Ok(())
    }

    /// Writes `text`, or leaves the file as it was.
    fn write_whole(&mut self, text: &str) -> io::Result<()> {
        if self.cut_short {
            self.reserve(text.len())?;
        }
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            // Only a full disk cuts such a short write; the second write completes it, or says what
            // is wrong.
            match self.file.write(rest) {
                Ok(count) if count > 0 => rest = &rest[count..],
                result => {
                    self.cut_short = rest.len() < text.len();
                    self.take_back(text.len() - rest.len())?;
                    return Err(result.err().unwrap_or(io::ErrorKind::WriteZero.into()));
                }
            }
        }
        self.cut_short = false;
        Ok(())
    }

    /// Asks for room behind the end of the file, without writing: else each try on a full disk
    /// would show the readers of the file half a line, and then take it back. See fallocate(2).
    fn reserve(&self, bytes: usize) -> io::Result<()> {
        let end = self.file.metadata()?.len();
        let flags = FallocateFlags::FALLOC_FL_KEEP_SIZE;
        match fallocate(&self.file, flags, end as i64, bytes as i64) {
            // Not every file system can tell beforehand.
            Err(Errno::EOPNOTSUPP) => Ok(()),
            result => Ok(result?),
        }
    }

    /// Cuts off the last `count` bytes, unless somebody has written behind them.
    fn take_back(&mut self, count: usize) -> io::Result<()> {
        let end = self.file.stream_position()?;
        if count > 0 && self.file.metadata()?.len() == end {
            self.file.set_len(end - count as u64)?;
        }
        Ok(())
    }
}

impl Output for DatesFile {
    type Error = Error;

    fn append(&mut self, line: &str) -> Result<(), Error> {
        if self.is_removed() {
            self.reopen()?;
        }
        // Held while a line is written, so that another daemon on this file does not write behind a
        // half line that is about to be taken back.
        let locked = lock_for_a_moment(&self.file);
        let result = self.append_whole(line);
        if locked {
            // Cannot fail on a lock that is ours; and closing the file would end it.
            let _ = self.file.unlock();
        }
        result.map_err(|error| Error::Append { path: self.path.clone(), cause: errno(&error) })
    }

    /// Opens the path again, and only then closes the old file: when that fails, the old one goes
    /// on.
    fn reopen(&mut self) -> Result<(), Error> {
        *self = Self::open(self.path.clone())?;
        Ok(())
    }
}

/// `None`: something else than a regular file is in its place.
fn open_regular(path: &Path) -> io::Result<Option<File>> {
    // Asked before opening: the mere opening of a device can do something, as with watchdog(4).
    if fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return Ok(None);
    }
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        // If a pipe or a terminal came there in the meantime, neither wait for it nor be ruled by
        // it.
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)?;
    Ok(file.metadata()?.is_file().then_some(file))
}

/// Looks at once why a file is not there: later, when the message is printed, the disk may be
/// another.
fn cannot_open(path: PathBuf, error: &io::Error) -> Error {
    match (path.parent(), errno(error)) {
        (Some(directory), Errno::ENOENT) if !directory.exists() => {
            Error::NoDirectory { directory: directory.to_owned(), path }
        }
        (_, cause) => Error::Open { path, cause },
    }
}

/// What the kernel said. The standard library's own errors have no number: for a file, all of them
/// mean that the kernel did not do what it was asked to.
fn errno(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}

fn ends_with_newline(file: &File) -> io::Result<bool> {
    let Some(last) = file.metadata()?.len().checked_sub(1) else {
        return Ok(true);
    };
    let mut byte = [0];
    file.read_exact_at(&mut byte, last)?;
    Ok(byte == *b"\n")
}

/// Takes the file's lock, see flock(2), or gives up after some 10 ms.
///
/// There is no waiting with a time-out for this lock, and no waiting without end in a daemon:
/// whoever may read the file may also hold the lock for ever. Without it all is well too, but for
/// the one case described in `append`.
fn lock_for_a_moment(file: &File) -> bool {
    for _ in 0..100 {
        match file.try_lock() {
            Ok(()) => return true,
            Err(fs::TryLockError::WouldBlock) => thread::sleep(Duration::from_micros(50)),
            // A file system without locks.
            Err(fs::TryLockError::Error(_)) => return false,
        }
    }
    false
}
