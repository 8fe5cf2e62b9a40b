//! How long is waited for what should happen, and how often it is looked at.

use std::env;
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

/// How long a promise may take to come true. Far longer than any right answer needs, also on a busy
/// machine.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// How many times slower than a quiet machine this one is; the course measures it, and says so in
/// the environment.
static PACE: LazyLock<f64> = LazyLock::new(|| {
    let said = env::var("PACE").ok().and_then(|pace| pace.parse::<f64>().ok());
    // Nobody waits forever, whatever stands there.
    said.filter(|pace| pace.is_finite()).unwrap_or(1.0).clamp(1.0, 40.0)
});

/// The time in which this machine does what a quiet one does in `limit`. What is waited for gets
/// it; what must not happen is watched for as long as the check says.
pub fn stretched(limit: Duration) -> Duration {
    let limit = limit.mul_f64(*PACE);
    // In whole tenths: a failure says "within 2.4s", and no nanoseconds.
    let tenths = limit.as_millis().div_ceil(100) as u64;
    if limit < Duration::from_secs(1) { limit } else { Duration::from_millis(tenths * 100) }
}

/// Looks until `look` finds something, and sleeps as `pause` says between two looks. Nothing if that
/// takes longer than `limit` on a quiet machine.
pub(crate) fn look_until<T>(
    limit: Duration,
    pause: fn(Instant) -> Duration,
    mut look: impl FnMut() -> Option<T>,
) -> Option<T> {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if begin.elapsed() > stretched(limit) {
            return None;
        }
        thread::sleep(pause(begin));
    }
}

/// How often a condition is looked at that is waited for in vain.
pub(crate) const POLL: Duration = Duration::from_millis(1);

/// How long to sleep before what has been waited for `since` is looked at again, where a look costs
/// next to nothing: what comes at once is seen at once.
pub(crate) fn blink(since: Instant) -> Duration {
    (since.elapsed() / 4).clamp(POLL / 5, POLL)
}

/// How long to sleep before a condition that has been waited for `since` is looked at again, where
/// a look costs a program or two. It grows with the wait: what comes soon is seen at once, what
/// comes late a little later.
pub(crate) fn nap(since: Instant) -> Duration {
    (since.elapsed() / 4).clamp(POLL * 2, POLL * 25)
}
