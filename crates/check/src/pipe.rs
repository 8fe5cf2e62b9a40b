//! A FIFO in the place of a file, nearly full: what does not fit in one piece has to wait, and a
//! piece of it that fits can be seen. See pipe(7), "Pipe capacity" and `PIPE_BUF`.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;

use nix::fcntl::{FcntlArg, fcntl};
use rustix::io::ioctl_fionread;

use crate::failure::Result;
use crate::log_file::LogFile;

/// No byte of any text.
const FILLING: u8 = 0;

/// Both ends of the FIFO, so that nobody who opens it waits.
///
/// ```no_run
/// use check::{Directory, Pipe, Result};
///
/// fn a_line_is_one_write() -> Result<bool> {
///     let mut pipe = Pipe::new(&Directory::new()?.file("dates.log"))?;
///     pipe.fill(10)?;
///     // A line of more than ten bytes fits in no part, if it is written in one piece.
///     pipe.is_empty()
/// }
/// ```
pub struct Pipe {
    file: File,
    size: usize,
    filled: usize,
}

impl Pipe {
    /// Puts a FIFO at the place of `file`, as small as the kernel makes one.
    ///
    /// # Errors
    /// When there is something already.
    pub fn new(file: &LogFile) -> Result<Self> {
        file.make_fifo()?;
        Pipe::open(file)
    }

    /// Opens the FIFO that is there.
    pub(crate) fn open(file: &LogFile) -> Result<Self> {
        let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
        let both =
            OpenOptions::new().read(true).write(true).custom_flags(flags).open(file.path())?;
        // The kernel rounds up to a page.
        let size = fcntl(&both, FcntlArg::F_SETPIPE_SZ(1))?;
        Ok(Pipe { file: both, size: size.cast_unsigned() as usize, filled: 0 })
    }

    /// Fills the empty pipe, until there is room for `room` more bytes.
    ///
    /// # Errors
    /// When it is not empty.
    pub fn fill(&mut self, room: usize) -> Result {
        self.filled = self.size.saturating_sub(room);
        Ok(self.file.write_all(&vec![FILLING; self.filled])?)
    }

    /// How many bytes are in it, without those that it was filled with.
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn len(&self) -> Result<usize> {
        let bytes = ioctl_fionread(&self.file).map_err(io::Error::from)?;
        Ok((bytes as usize).saturating_sub(self.filled))
    }

    /// Whether nothing is in it but what it was filled with.
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Takes out all that is in it, without what it was filled with.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn drain(&mut self) -> Result<String> {
        let mut bytes = Vec::new();
        self.filled = 0;
        // Nobody has closed it: it says so when there is nothing in it just now.
        if let Err(error) = self.file.read_to_end(&mut bytes)
            && error.kind() != ErrorKind::WouldBlock
        {
            return Err(error.into());
        }
        bytes.retain(|&byte| byte != FILLING);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
