//! What a program prints on one of its streams, kept up to a limit.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::io::ioctl_fionread;

use crate::patience::{PATIENCE, blink, stretched};

/// How much a submission may print on each of its streams, in bytes.
pub(crate) const LIMIT: usize = 1 << 20;

/// The reader of one stream. It closes its end when the limit is reached, and a program that prints
/// on gets SIGPIPE or an error, as with `| head`.
pub(crate) struct Capture {
    stream: Arc<Mutex<Stream>>,
    reader: JoinHandle<()>,
}

/// What was read so far, and the pipe that the rest will come from; none after the end.
struct Stream {
    bytes: Vec<u8>,
    pipe: Option<Arc<File>>,
}

impl Capture {
    pub(crate) fn start(pipe: impl Into<OwnedFd>) -> Self {
        let pipe = Arc::new(File::from(pipe.into()));
        let stream = Stream { bytes: Vec::new(), pipe: Some(Arc::clone(&pipe)) };
        let stream = Arc::new(Mutex::new(stream));
        let shared = Arc::clone(&stream);
        let reader = thread::spawn(move || read(&pipe, &shared));
        Capture { stream, reader }
    }

    /// All that was printed so far: also what is in the pipe still, since a check may have seen
    /// already what the program did after that. What is not UTF-8 shows as `�`.
    pub(crate) fn text(&self) -> String {
        let mut stream = lock(&self.stream);
        stream.take_in();
        String::from_utf8_lossy(&stream.bytes).into_owned()
    }

    /// Whether there was more than the limit.
    pub(crate) fn is_full(&self) -> bool {
        lock(&self.stream).bytes.len() >= LIMIT
    }

    /// Waits until all is read that an ended program has printed. A child that holds the stream
    /// open is not waited for.
    pub(crate) fn finish(&self) {
        let begin = Instant::now();
        let deadline = begin + stretched(PATIENCE / 10);
        while !self.reader.is_finished() && Instant::now() < deadline {
            thread::sleep(blink(begin));
        }
    }
}

impl Stream {
    /// Reads what is there now, up to the limit, without waiting for more.
    fn take_in(&mut self) {
        let mut buffer = [0; 16 * 1024];
        while let (Some(pipe), room @ 1..) = (self.pipe.as_deref(), LIMIT - self.bytes.len()) {
            if ioctl_fionread(pipe).unwrap_or(0) == 0 {
                return;
            }
            let mut pipe = pipe;
            let Ok(length @ 1..) = pipe.read(&mut buffer) else { return };
            self.bytes.extend_from_slice(&buffer[..length.min(room)]);
        }
    }
}

/// Reads until the end, whenever something comes.
fn read(pipe: &File, stream: &Mutex<Stream>) {
    loop {
        let has_ended = wait(pipe);
        let mut stream = lock(stream);
        stream.take_in();
        if has_ended || stream.bytes.len() >= LIMIT {
            stream.pipe = None;
            return;
        }
    }
}

fn lock(stream: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for something to read, or for the end: whether nobody can write any more; see poll(2).
fn wait(pipe: &File) -> bool {
    let mut fds = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
    // Interrupted by a signal, it has seen nothing.
    let _ = poll(&mut fds, PollTimeout::NONE);
    fds[0].revents().is_some_and(|seen| !seen.difference(PollFlags::POLLIN).is_empty())
}
