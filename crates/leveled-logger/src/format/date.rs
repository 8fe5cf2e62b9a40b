//! The time in a line. strftime(3) itself writes it, once a second; the milliseconds are put behind
//! it on each line.

use std::cell::RefCell;
use std::ffi::CString;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::local_time::{self, TimeZone};
use crate::{Error, Record};

/// Python's, when no datefmt is given; the milliseconds follow.
const DEFAULT: &str = "%Y-%m-%d %H:%M:%S";

/// How `asctime` is written.
#[derive(Clone, Debug)]
pub(crate) struct DateFormat {
    pattern: CString,
    has_msecs: bool,
    /// Which of the formats of this program it is, to find it in a thread's cache.
    number: u64,
}

/// What a thread wrote last: for which format, for which second, and what it was.
struct Written {
    number: u64,
    second: i64,
    text: String,
}

/// So many formats are remembered by a thread; a program has one or two.
const CACHED: usize = 4;

thread_local! {
    static CACHE: RefCell<Vec<Written>> = const { RefCell::new(Vec::new()) };
}

impl DateFormat {
    pub(crate) fn new(datefmt: Option<&str>) -> Result<DateFormat, Error> {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        // An empty datefmt is none, as in Python.
        let given = datefmt.filter(|datefmt| !datefmt.is_empty());
        let pattern = CString::new(given.unwrap_or(DEFAULT));
        let pattern = pattern.map_err(|_| Error::BadDateFormat(given.unwrap_or("").to_owned()))?;
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        Ok(DateFormat { pattern, has_msecs: given.is_none(), number })
    }

    pub(crate) fn write(&self, record: &Record<'_>, line: &mut String) {
        let second = record.created_ns.div_euclid(1_000_000_000);
        // At the very end of a thread its cache is gone already, and a `Display` that logs finds it
        // in use.
        let done = CACHE.try_with(|cache| match cache.try_borrow_mut() {
            Ok(mut cache) => self.write_cached(&mut cache, second, line),
            Err(_) => local_time::write(second, TimeZone::Local, &self.pattern, line),
        });
        if done.is_err() {
            local_time::write(second, TimeZone::Local, &self.pattern, line);
        }
        if self.has_msecs {
            write_msecs(record.msecs, line);
        }
    }

    fn write_cached(&self, cache: &mut Vec<Written>, second: i64, line: &mut String) {
        let found = cache.iter().position(|written| written.number == self.number);
        let at = found.unwrap_or_else(|| {
            cache.truncate(CACHED - 1);
            cache.insert(0, Written { number: self.number, second: i64::MIN, text: String::new() });
            0
        });
        let written = &mut cache[at];
        if written.second != second {
            written.text.clear();
            local_time::write(second, TimeZone::Local, &self.pattern, &mut written.text);
            written.second = second;
        }
        line.push_str(&written.text);
    }
}

/// `,007`: three digits, cut and not rounded, so that there is never a `,1000`.
fn write_msecs(msecs: f64, line: &mut String) {
    let msecs = msecs as u32;
    if msecs > 999 {
        let _ = write!(line, ",{msecs}");
        return;
    }
    let digit = |value: u32| char::from(b'0' + (value % 10) as u8);
    line.push(',');
    line.push(digit(msecs / 100));
    line.push(digit(msecs / 10));
    line.push(digit(msecs));
}
