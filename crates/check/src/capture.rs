//! What a program prints on one of its streams, kept up to a limit.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::ioctl_fionbio;

use crate::patience::{PATIENCE, blink, look_until};

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
        let pipe = File::from(pipe.into());
        // Reading must not wait: whoever looks takes what is there.
        ioctl_fionbio(&pipe, true).expect("a pipe can be read without waiting");
        let stream = Stream { bytes: Vec::new(), pipe: Some(Arc::new(pipe)) };
        let stream = Arc::new(Mutex::new(stream));
        let shared = Arc::clone(&stream);
        let reader = thread::spawn(move || {
            loop {
                let more = lock(&shared).take_in();
                let Some(pipe) = more else { return };
                // Waits for something to read, or for the end.
                let _ = poll(&mut [PollFd::new(&pipe, PollFlags::IN)], None);
            }
        });
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
        look_until(PATIENCE / 10, blink, || self.reader.is_finished().then_some(()));
    }
}

impl Stream {
    /// Reads what is there now, up to the limit, and returns the pipe if more can come from it.
    fn take_in(&mut self) -> Option<Arc<File>> {
        let room = LIMIT - self.bytes.len();
        let read = self.pipe.as_deref()?.take(room as u64).read_to_end(&mut self.bytes);
        if !read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock) {
            self.pipe = None;
        }
        self.pipe.clone()
    }
}

fn lock(stream: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}
