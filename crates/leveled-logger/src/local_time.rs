//! Local time, as the C library knows it: it reads `TZ` and /etc/localtime, and writes every letter
//! of strftime(3).
//!
//! chrono would be Rust's way. But a datefmt is a promise: 19 of 61 directives come out otherwise
//! there, `%Z` among them.

use std::ffi::CStr;
use std::mem::MaybeUninit;

/// Which clock on the wall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeZone {
    /// The machine's.
    #[default]
    Local,
    /// Greenwich's.
    Utc,
}

/// A time's parts; `None` for a year that does not fit into 32 bits.
pub(crate) fn parts(second: i64, zone: TimeZone) -> Option<libc::tm> {
    let mut parts = MaybeUninit::<libc::tm>::uninit();
    // SAFETY: both pointers are valid for the call, and what they point to is of the type that is
    // asked for.
    let done = unsafe {
        match zone {
            TimeZone::Local => libc::localtime_r(&second, parts.as_mut_ptr()),
            TimeZone::Utc => libc::gmtime_r(&second, parts.as_mut_ptr()),
        }
    };
    // SAFETY: the call filled it in, for it did not return null.
    (!done.is_null()).then(|| unsafe { parts.assume_init() })
}

/// Writes the time of that second as the pattern says.
pub(crate) fn write(second: i64, zone: TimeZone, pattern: &CStr, line: &mut String) {
    /// Enough for a pattern of a few hundred letters; what is longer comes out empty.
    const ROOM: usize = 4096;
    let Some(parts) = parts(second, zone) else { return };
    let mut buffer = [0_u8; ROOM];
    // SAFETY: the buffer has that many bytes, the pattern ends in a NUL, and the parts come from
    // localtime_r(3).
    let length =
        unsafe { libc::strftime(buffer.as_mut_ptr().cast(), ROOM, pattern.as_ptr(), &parts) };
    line.push_str(&String::from_utf8_lossy(&buffer[..length]));
}
