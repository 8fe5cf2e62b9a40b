//! Lines that are held back until something serious happens: what led to an error is worth reading,
//! the rest is not.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{About, Sink};
use crate::layer::process_id;
use crate::{Encoding, Level};

/// Keeps lines, and gives them to another sink when there are `capacity` of them, when one of
/// `flush_level` comes, when it is flushed, and at the end of the program.
pub struct MemorySink<S> {
    target: S,
    capacity: usize,
    flush_level: Level,
    held: Mutex<Held>,
}

/// What a process holds back: after a fork, the lines are the parent's, and the child's begin anew.
#[derive(Default)]
struct Held {
    process: u32,
    lines: Vec<(Vec<u8>, About)>,
}

impl<S: Sink> MemorySink<S> {
    /// Holds lines back from `target`. A capacity of 0 holds nothing back.
    pub fn new(target: S, capacity: usize, flush_level: Level) -> MemorySink<S> {
        MemorySink { target, capacity, flush_level, held: Mutex::default() }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.process != process_id() {
            *held = Held { process: process_id(), lines: Vec::new() };
        }
        held
    }

    fn pass_on(&self, held: &mut Held) -> io::Result<()> {
        // Each line has its chance, also after one that failed.
        let mut outcome = Ok(());
        for (line, about) in held.lines.drain(..) {
            outcome = outcome.and(self.target.write_line(&line, about));
        }
        outcome
    }
}

impl<S: Sink> Sink for MemorySink<S> {
    fn write_line(&self, line: &[u8], about: About) -> io::Result<()> {
        let mut held = self.held();
        held.lines.push((line.to_owned(), about));
        if held.lines.len() >= self.capacity || about.level >= self.flush_level {
            return self.pass_on(&mut held);
        }
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        self.pass_on(&mut self.held())?;
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
