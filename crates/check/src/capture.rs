//! What a program prints on one of its streams, kept up to a limit.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crate::patience::{PATIENCE, POLL, stretched};

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
    pipe: Option<File>,
}

impl Capture {
    pub(crate) fn start(pipe: impl Into<OwnedFd>) -> Self {
        let pipe = File::from(pipe.into());
        let descriptor = pipe.as_raw_fd();
        let stream = Arc::new(Mutex::new(Stream { bytes: Vec::new(), pipe: Some(pipe) }));
        let shared = Arc::clone(&stream);
        let reader = thread::spawn(move || read(descriptor, &shared));
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
        let deadline = Instant::now() + stretched(PATIENCE / 10);
        while !self.reader.is_finished() && Instant::now() < deadline {
            thread::sleep(POLL);
        }
    }
}

impl Stream {
    /// Reads what is there now, up to the limit, without waiting for more.
    fn take_in(&mut self) {
        let mut buffer = [0; 16 * 1024];
        while let (Some(pipe), room @ 1..) = (&mut self.pipe, LIMIT - self.bytes.len()) {
            if waiting(pipe.as_raw_fd()) == 0 {
                return;
            }
            let Ok(length @ 1..) = pipe.read(&mut buffer) else { return };
            self.bytes.extend_from_slice(&buffer[..length.min(room)]);
        }
    }
}

/// Reads until the end, whenever something comes.
fn read(descriptor: RawFd, stream: &Mutex<Stream>) {
    loop {
        let has_ended = wait(descriptor);
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
fn wait(descriptor: RawFd) -> bool {
    let mut poll = libc::pollfd { fd: descriptor, events: libc::POLLIN, revents: 0 };
    // SAFETY: it is one structure, and the call writes to nothing else.
    unsafe { libc::poll(&raw mut poll, 1, -1) };
    poll.revents & !libc::POLLIN != 0
}

/// How many bytes can be read at once; see FIONREAD(2const).
fn waiting(descriptor: RawFd) -> libc::c_int {
    let mut count: libc::c_int = 0;
    // SAFETY: the call writes one int.
    unsafe { libc::ioctl(descriptor, libc::FIONREAD, &raw mut count) };
    count
}
