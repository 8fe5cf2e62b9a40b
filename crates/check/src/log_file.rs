//! A file that the submission writes lines to. The submission owns its directory and may have put
//! anything there, so links are not followed, and what is not a regular file is not read.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use check_report::{Text, text};

use crate::failure::{Explain, Failure, Result};
use crate::{limits, submission};

/// The path of a file, and what a check does with it.
///
/// ```no_run
/// use check::{Directory, Result, program};
///
/// fn keeps_what_was_there() -> Result {
///     let log = Directory::new()?.file("dates.log");
///     log.append("from before\n")?;
///     program()?.arg(log.path()).output()?;
///     assert!(log.text()?.starts_with("from before\n"));
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct LogFile {
    path: PathBuf,
}

impl LogFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        LogFile { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its name, without the directory.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Whether something has this name.
    pub fn exists(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok()
    }

    /// How long it is, in bytes; nothing if it does not exist.
    pub fn size(&self) -> u64 {
        fs::symlink_metadata(&self.path).map_or(0, |file| file.len())
    }

    /// What is in it; nothing if it does not exist. What is not UTF-8 shows as `�`.
    ///
    /// # Errors
    /// When it cannot be read, or is not a regular file.
    pub fn text(&self) -> Result<String> {
        let mut bytes = Vec::new();
        match self.open(OpenOptions::new().read(true)) {
            Ok(file) => file.take(limits::FILE_SIZE).read_to_end(&mut bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(error) => {
                return Err(self.missing(&error).say(
                    "a regular file belongs there; a link or a pipe in its place is not followed",
                ));
            }
        };
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Its whole lines: what follows the last newline is not counted.
    ///
    /// # Errors
    /// As [`LogFile::text`].
    pub fn lines(&self) -> Result<Vec<String>> {
        let text = self.text()?;
        let whole = text.rfind('\n').map_or("", |last| &text[..=last]);
        Ok(whole.split_terminator('\n').map(str::to_owned).collect())
    }

    /// Adds `text` at the end, as somebody else would who writes to the same file. A new file is
    /// the submission's.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&self, text: &str) -> Result {
        Ok(self.open_to_append()?.write_all(text.as_bytes())?)
    }

    /// Makes it so large that a submission can write only `bytes` more to it: write(2) writes a
    /// piece then, and says how much that was.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn leave_room(&self, bytes: u64) -> Result {
        // It has a hole, and takes no room on the disk.
        Ok(self.open_to_append()?.set_len(limits::FILE_SIZE.saturating_sub(bytes))?)
    }

    /// Gives the file another name in its directory, as logrotate(8) does, and returns it under
    /// that name.
    ///
    /// # Errors
    /// When it does not exist.
    pub fn rename_to(&self, name: impl AsRef<OsStr>) -> Result<LogFile> {
        let path = self.path.with_file_name(name.as_ref());
        fs::rename(&self.path, &path).map_err(|error| self.missing(&error))?;
        Ok(LogFile { path })
    }

    /// Puts a FIFO there, which the submission can open for writing only when somebody reads; see
    /// fifo(7).
    ///
    /// # Errors
    /// When there is something already.
    pub fn make_fifo(&self) -> Result {
        mkfifo(&self.path, Mode::S_IRUSR | Mode::S_IWUSR)?;
        Ok(submission::give(&self.path)?)
    }

    /// Opens the FIFO for reading, without waiting for a writer.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn read_fifo(&self) -> Result<File> {
        let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
        Ok(OpenOptions::new().read(true).custom_flags(flags).open(&self.path)?)
    }

    fn missing(&self, error: &io::Error) -> Failure {
        Failure::new(text!("a file {name}", name = self.name()), Text::verbatim(error))
    }

    fn open_to_append(&self) -> io::Result<File> {
        let file = self.open(OpenOptions::new().append(true).create(true))?;
        submission::give(&self.path)?;
        Ok(file)
    }

    fn open(&self, options: &mut OpenOptions) -> io::Result<File> {
        let file = options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(&self.path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(format!("{} is no regular file any more", self.name())));
        }
        Ok(file)
    }
}
