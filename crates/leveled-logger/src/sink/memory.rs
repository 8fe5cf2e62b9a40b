//! Lines that are held back until something serious happens: what led to an error is worth reading,
//! the rest is not.

use std::io;
use std::sync::{Mutex, PoisonError};

use super::{About, Sink};
use crate::{Encoding, Level};

/// Keeps lines, and gives them to another sink when there are `capacity` of them, when one of
/// `flush_level` comes, when it is flushed, and at the end of the program.
pub struct MemorySink<S> {
    target: S,
    capacity: usize,
    flush_level: Level,
    held: Mutex<Vec<(Vec<u8>, About)>>,
}

impl<S: Sink> MemorySink<S> {
    /// Holds lines back from `target`. A capacity of 0 holds nothing back.
    pub fn new(target: S, capacity: usize, flush_level: Level) -> MemorySink<S> {
        MemorySink { target, capacity, flush_level, held: Mutex::new(Vec::new()) }
    }

    fn pass_on(&self, held: &mut Vec<(Vec<u8>, About)>) -> io::Result<()> {
        // Each line has its chance, also after one that failed.
        let mut outcome = Ok(());
        for (line, about) in held.drain(..) {
            outcome = outcome.and(self.target.write_line(&line, about));
        }
        outcome
    }
}

impl<S: Sink> Sink for MemorySink<S> {
    fn write_line(&self, line: &[u8], about: About) -> io::Result<()> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.push((line.to_owned(), about));
        if held.len() >= self.capacity || about.level >= self.flush_level {
            return self.pass_on(&mut held);
        }
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        self.pass_on(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))?;
        self.target.flush()
    }

    fn lost(&self) -> u64 {
        self.target.lost()
    }

    fn encoding(&self) -> Encoding {
        self.target.encoding()
    }

    fn place(&self) -> String {
        self.target.place()
    }
}
