//! A ring of words with one thread that puts lines in and one at a time that takes them out. There
//! is no lock: each side owns a position, and reads the other's.
//!
//! The words are atomics, so that this needs no unsafe code. On the processors that we know, a
//! relaxed store of a word is an ordinary store; a line of 80 bytes is ten of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Words in a ring: 512 KiB, some six thousand lines.
const WORDS: usize = 64 << 10;
const BYTES: usize = size_of::<u64>();
/// Length and time stand in front of each line.
const HEAD: usize = 2;

/// One position, alone in its cache line: the two sides shall not disturb each other.
#[repr(align(128))]
#[derive(Debug, Default)]
struct Position(AtomicUsize);

/// Both positions count words from the beginning, and only grow.
#[derive(Debug)]
pub(super) struct Ring {
    words: Box<[AtomicU64; WORDS]>,
    written: Position,
    read: Position,
    /// Until where the one who takes out goes this time.
    marked: AtomicUsize,
    is_closed: AtomicBool,
}

impl Ring {
    pub(super) fn new() -> Ring {
        let words: Box<[AtomicU64]> = (0..WORDS).map(|_| AtomicU64::new(0)).collect();
        Ring {
            words: words.try_into().expect("that many were made"),
            written: Position::default(),
            read: Position::default(),
            marked: AtomicUsize::new(0),
            is_closed: AtomicBool::new(false),
        }
    }

    /// Whether a line of that length fits into an empty ring.
    pub(super) fn can_hold(length: usize) -> bool {
        HEAD + length.div_ceil(BYTES) <= WORDS
    }

    fn word(&self, at: usize) -> &AtomicU64 {
        &self.words[at % WORDS]
    }

    /// So many words from there on. A line may go on at the ring's beginning: then it has two
    /// parts.
    #[inline]
    fn places(&self, at: usize, count: usize) -> (&[AtomicU64], &[AtomicU64]) {
        let (back, front) = self.words.split_at(at % WORDS);
        let first = count.min(front.len());
        (&front[..first], &back[..count - first])
    }

    /// Whether the thread ended and all its lines were taken.
    pub(super) fn is_done(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
            && self.read.0.load(Ordering::Relaxed) == self.written.0.load(Ordering::Acquire)
    }

    /// What is here now is taken out; what comes later has to wait.
    pub(super) fn mark(&self) {
        self.marked.store(self.written.0.load(Ordering::Acquire), Ordering::Relaxed);
    }

    /// The time of the next line.
    pub(super) fn next_time(&self) -> Option<i64> {
        let read = self.read.0.load(Ordering::Relaxed);
        let is_empty = read == self.marked.load(Ordering::Relaxed);
        (!is_empty).then(|| self.word(read + 1).load(Ordering::Relaxed).cast_signed())
    }

    /// Takes the next line out. There must be one.
    pub(super) fn take_into(&self, block: &mut Vec<u8>) {
        let read = self.read.0.load(Ordering::Relaxed);
        let length = usize::try_from(self.word(read).load(Ordering::Relaxed)).unwrap_or(0);
        let (first, count) = (read + HEAD, length.div_ceil(BYTES));
        let begin = block.len();
        block.resize(begin + count * BYTES, 0);
        let (front, back) = self.places(first, count);
        for (bytes, word) in
            block[begin..].as_chunks_mut().0.iter_mut().zip(front.iter().chain(back))
        {
            *bytes = word.load(Ordering::Relaxed).to_ne_bytes();
        }
        // The last word may be longer than the line.
        block.truncate(begin + length);
        // Only now may the other side use the place again.
        self.read.0.store(first + count, Ordering::Release);
    }

    /// Throws away what is here.
    pub(super) fn forget(&self) {
        self.read.0.store(self.written.0.load(Ordering::Acquire), Ordering::Release);
        self.mark();
    }
}

/// The end that puts lines in. When the thread ends, the ring is closed.
#[derive(Debug)]
pub(super) struct Writer {
    ring: Arc<Ring>,
    written: usize,
    /// How far the other side was when last looked at; it is looked at only when that matters.
    read: usize,
    /// No look at it before so much is written.
    next_look: usize,
}

impl Writer {
    pub(super) fn new(ring: Arc<Ring>) -> Writer {
        Writer { ring, written: 0, read: 0, next_look: 0 }
    }

    /// Puts a line in; `false` when there is no room now.
    #[inline]
    pub(super) fn push(&mut self, line: &[u8], time: i64) -> bool {
        let end = self.written + HEAD + line.len().div_ceil(BYTES);
        if end - self.read > WORDS {
            self.read = self.ring.read.0.load(Ordering::Acquire);
            if end - self.read > WORDS {
                return false;
            }
        }
        self.put(self.written, line.len() as u64);
        self.put(self.written + 1, time.cast_unsigned());
        let (words, rest) = line.as_chunks::<BYTES>();
        let (front, back) = self.ring.places(self.written + HEAD, words.len());
        let (first, second) = words.split_at(front.len());
        store(front, first);
        store(back, second);
        if !rest.is_empty() {
            let mut last = [0; BYTES];
            last[..rest.len()].copy_from_slice(rest);
            self.put(end - 1, u64::from_ne_bytes(last));
        }
        self.written = end;
        // This makes the line visible.
        self.ring.written.0.store(end, Ordering::Release);
        true
    }

    /// Whether it is time that somebody takes lines out. Looks at the other side only when it seems
    /// so, and not at each line even then: while the other side works, each look takes the position
    /// out of its hands.
    #[inline]
    pub(super) fn is_half_full(&mut self) -> bool {
        if self.written < self.next_look {
            return false;
        }
        self.read = self.ring.read.0.load(Ordering::Acquire);
        self.next_look = (self.read + WORDS / 2).max(self.written + WORDS / 16);
        self.written - self.read > WORDS / 2
    }

    fn put(&self, at: usize, word: u64) {
        self.ring.word(at).store(word, Ordering::Relaxed);
    }
}

#[inline]
fn store(places: &[AtomicU64], words: &[[u8; BYTES]]) {
    for (place, word) in places.iter().zip(words) {
        place.store(u64::from_ne_bytes(*word), Ordering::Relaxed);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.ring.is_closed.store(true, Ordering::Release);
    }
}
