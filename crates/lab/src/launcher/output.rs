//! Reads what a command prints, with a bound and a deadline.

use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use crate::ready;

/// How much a command may print on each of its streams, in bytes.
pub(super) const LIMIT: usize = 1 << 20;

/// Why the reading came to its end.
pub(super) enum Until {
    /// All that the command printed was read.
    Ended,
    /// The deadline has passed.
    Deadline,
    /// Somebody has seen enough.
    Stopped,
    /// One of the streams has more than [`LIMIT`] bytes.
    TooMuch,
}

/// What a command printed on one stream.
pub(super) struct Stream {
    pipe: PipeReader,
    open: bool,
    pub(super) bytes: Vec<u8>,
}

impl Stream {
    pub(super) fn new(pipe: PipeReader) -> Self {
        Stream { pipe, open: true, bytes: Vec::new() }
    }

    /// Its pipe, or `instead` once that has closed.
    fn waits_for<'a>(&'a self, instead: BorrowedFd<'a>) -> BorrowedFd<'a> {
        if self.open { self.pipe.as_fd() } else { instead }
    }

    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        let length = self.pipe.read(&mut buffer)?;
        self.open = length > 0;
        self.bytes.extend_from_slice(&buffer[..length]);
        Ok(())
    }
}

/// Reads both streams until they close, or until the command has ended, which `reply` tells, and
/// left them to a child. Something to read from `stop` ends it, too.
pub(super) fn collect(
    streams: &mut [Stream; 2],
    reply: &OwnedFd,
    stop: Option<BorrowedFd<'_>>,
    deadline: Instant,
) -> io::Result<Until> {
    loop {
        let reply = reply.as_fd();
        let [out, err] = &*streams;
        let fds = [reply, out.waits_for(reply), err.waits_for(reply), stop.unwrap_or(reply)];
        let [ended, out, err, stopped] = ready::wait(fds, Some(deadline))?;
        if stopped && stop.is_some() {
            return Ok(Until::Stopped);
        }
        // What stands in for another may have become ready after that was looked at: poll(2) looks
        // at one after the other.
        if !(ended || out || err || stopped) {
            return Ok(Until::Deadline);
        }
        let mut read = false;
        for (stream, is_ready) in streams.iter_mut().zip([out, err]) {
            if stream.open && is_ready {
                stream.read()?;
                read = true;
            }
            if stream.bytes.len() > LIMIT {
                return Ok(Until::TooMuch);
            }
        }
        // All that the command itself printed is in the pipes when it ends.
        if ended && !read {
            return Ok(Until::Ended);
        }
    }
}
