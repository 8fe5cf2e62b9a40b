//! Lines that are due but not yet in the file: one for a moment, many while the disk is full.

use std::collections::VecDeque;

/// Half a day of five-second ticks. At 256 bytes a line at most, a bound of 2.5 MB on what an
/// outage can cost.
const MAX_LINES: usize = 10_000;

/// A bounded queue of lines. When it is full the oldest line is dropped, and counted.
#[derive(Default)]
pub(crate) struct Waiting {
    lines: VecDeque<String>,
    /// Lines dropped since the queue was last empty.
    pub(crate) dropped: u64,
}

impl Waiting {
    pub(crate) fn push(&mut self, line: String) {
        if self.lines.len() == MAX_LINES {
            self.lines.pop_front();
            self.dropped += 1;
        }
        self.lines.push_back(line);
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Hands each line to `write`, oldest first; what `write` refuses stays, and so do those behind
    /// it.
    pub(crate) fn drain<E>(
        &mut self,
        mut write: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(line) = self.lines.front() {
            write(line)?;
            self.lines.pop_front();
        }
        Ok(())
    }
}
