//! What a program prints on one of its streams, kept up to a limit.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crate::patience::{PATIENCE, POLL, stretched};

/// How much a submission may print on each of its streams, in bytes.
pub(crate) const LIMIT: usize = 1 << 20;

/// The reader of one stream. It closes its end when the limit is reached, and a program that prints
/// on gets SIGPIPE or an error, as with `| head`.
pub(crate) struct Capture {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Capture {
    pub(crate) fn start(stream: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&bytes);
        let reader = thread::spawn(move || read(stream, &shared));
        Capture { bytes, reader }
    }

    /// What was printed so far. What is not UTF-8 shows as `�`.
    pub(crate) fn text(&self) -> String {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Whether there was more than the limit.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).len() >= LIMIT
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

fn read(mut stream: impl Read, bytes: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        let mut bytes = bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let room = LIMIT - bytes.len();
        bytes.extend_from_slice(&buffer[..length.min(room)]);
        if length >= room {
            return;
        }
    }
}
