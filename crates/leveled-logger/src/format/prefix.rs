//! What stands before the message: time, level, names. It is the same for all lines that a thread
//! says to a logger within a millisecond, so it is written once and then copied.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Attribute, Formatter, Piece};
use crate::{FormatError, Level, Record};

/// Which of the formats of this program it is, to find it in a thread's cache, and how many of its
/// pieces are the prefix.
#[derive(Clone, Debug)]
pub(super) struct Prefix {
    number: u64,
    pub(super) pieces: usize,
}

/// A prefix, and all that went into it.
struct Written {
    number: u64,
    created_ms: i64,
    msecs: f64,
    level: Level,
    level_name: String,
    name: String,
    thread_name: String,
    thread: u64,
    process: u32,
    text: String,
}

/// So many prefixes are remembered by a thread: a few levels, said to a few loggers.
const CACHED: usize = 8;

thread_local! {
    static CACHE: RefCell<Vec<Written>> = const { RefCell::new(Vec::new()) };
}

impl Prefix {
    pub(super) fn new(pieces: &[Piece]) -> Prefix {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        let end = pieces.iter().position(|piece| !is_steady(piece));
        let pieces = end.unwrap_or(pieces.len());
        // Looking up a single piece is no quicker than writing it.
        let pieces = if pieces > 1 { pieces } else { 0 };
        Prefix { number: NUMBERS.fetch_add(1, Ordering::Relaxed), pieces }
    }

    /// Writes the prefix. Returns `false`, and writes nothing, where there is no cache: at the very
    /// end of a thread, and for a `Display` that logs while the cache is in use.
    #[inline]
    pub(super) fn write(
        &self,
        formatter: &Formatter,
        record: &Record<'_>,
        line: &mut String,
    ) -> Result<bool, FormatError> {
        if self.pieces == 0 {
            return Ok(false);
        }
        let done = CACHE.try_with(|cache| {
            let Ok(mut cache) = cache.try_borrow_mut() else { return Ok(false) };
            let known = cache.iter().position(|written| written.is_for(self.number, record));
            let at = known.unwrap_or_else(|| self.remember(&mut cache, record));
            let written = &mut cache[at];
            if !written.is_now(record) {
                self.renew(written, formatter, record)?;
            }
            line.push_str(&written.text);
            Ok(true)
        });
        done.unwrap_or(Ok(false))
    }

    #[cold]
    fn remember(&self, cache: &mut Vec<Written>, record: &Record<'_>) -> usize {
        if cache.len() == CACHED {
            cache.clear();
        }
        cache.push(Written {
            number: self.number,
            // No record is of this time, so the text is written next.
            created_ms: i64::MIN,
            msecs: 0.0,
            level: record.level,
            level_name: record.level_name.to_string(),
            name: record.name.to_owned(),
            thread_name: record.thread_name.to_owned(),
            thread: record.thread,
            process: record.process,
            text: String::new(),
        });
        cache.len() - 1
    }

    #[cold]
    fn renew(
        &self,
        written: &mut Written,
        formatter: &Formatter,
        record: &Record<'_>,
    ) -> Result<(), FormatError> {
        written.created_ms = i64::MIN;
        written.text.clear();
        let pieces = &formatter.pieces[..self.pieces];
        formatter.write(pieces, record, formatter.escapes, &mut written.text)?;
        (written.created_ms, written.msecs) = (milliseconds(record), record.msecs);
        Ok(())
    }
}

impl Written {
    #[inline]
    fn is_for(&self, number: u64, record: &Record<'_>) -> bool {
        self.number == number
            && self.level == record.level
            && self.thread == record.thread
            && self.process == record.process
            && self.name == record.name
            && self.level_name == record.level_name
            && self.thread_name == record.thread_name
    }

    #[inline]
    fn is_now(&self, record: &Record<'_>) -> bool {
        self.created_ms == milliseconds(record) && self.msecs == record.msecs
    }
}

fn milliseconds(record: &Record<'_>) -> i64 {
    record.created_ns.div_euclid(1_000_000)
}

/// Whether a piece is the same for all lines of a thread, a logger, a level and a millisecond.
fn is_steady(piece: &Piece) -> bool {
    match piece {
        Piece::Literal(_) => true,
        Piece::Field { attribute, .. } => matches!(
            attribute,
            Attribute::AscTime
                | Attribute::LevelName
                | Attribute::LevelNo
                | Attribute::Name
                | Attribute::ThreadName
                | Attribute::Thread
                | Attribute::Process
        ),
    }
}
