//! Where the time of a record comes from. A program never needs this; a test that replays a day
//! does.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use nix::time::{ClockId, clock_gettime};

static OTHER: OnceLock<fn() -> SystemTime> = OnceLock::new();
static BEGIN: OnceLock<i64> = OnceLock::new();

/// Takes the time from there instead of from the system's clock, from now on and once for all.
///
/// Returns `false` when the clock was set before.
pub fn set_clock(clock: fn() -> SystemTime) -> bool {
    OTHER.set(clock).is_ok()
}

/// Nanoseconds since 1970, from one reading, so that seconds and milliseconds always belong
/// together.
pub(crate) fn now_ns() -> i64 {
    match OTHER.get() {
        Some(clock) => nanoseconds(clock()),
        // The same clock as SystemTime's, without the detour through a duration.
        None => clock_gettime(ClockId::CLOCK_REALTIME).map_or(0, |now| {
            now.tv_sec().saturating_mul(1_000_000_000).saturating_add(now.tv_nsec())
        }),
    }
}

fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    }
}

/// Milliseconds since the program began to log.
pub(crate) fn relative_ms(now_ns: i64) -> f64 {
    let begin = *BEGIN.get_or_init(|| now_ns);
    (now_ns - begin) as f64 / 1e6
}
