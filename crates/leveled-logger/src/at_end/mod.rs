//! The last words: what is held back is written when the program ends, however it ends, and a
//! fork(2) does not write it twice.

mod fork;
mod signals;

use std::sync::{Arc, Mutex, Once, PoisonError, Weak};

use crate::batch;
use crate::sink::Sink;

pub(crate) use fork::{Gate, gate};
pub(crate) use signals::{block_signals, count_hangups};

/// The sinks that may hold something back.
static SINKS: Mutex<Vec<Weak<dyn Sink>>> = Mutex::new(Vec::new());

/// Returns when all that was said so far is with the kernel, or is known to be lost. Python's
/// `logging.shutdown`, without the end.
pub fn flush() {
    batch::flush_all();
    let sinks: Vec<_> = sinks().iter().filter_map(Weak::upgrade).collect();
    for sink in sinks {
        let _gate = sink.has_locks().then(gate);
        // A sink that can't write counts what it lost; and whoever is at the end can't do more.
        let _ = sink.flush();
    }
}

fn sinks() -> std::sync::MutexGuard<'static, Vec<Weak<dyn Sink>>> {
    SINKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// This sink is flushed at the end, if it still exists.
pub(crate) fn flush_at_end(sink: &Arc<dyn Sink>) {
    at_exit();
    fork::watch();
    let mut sinks = sinks();
    sinks.retain(|sink| sink.strong_count() > 0);
    sinks.push(Arc::downgrade(sink));
}

/// From the first batch on, everything that can end the program is watched.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        at_exit();
        signals::watch_fatal();
    });
}

/// exit(3) calls us: after `main` returned, after it panicked, and from `std::process::exit`.
fn at_exit() {
    extern "C" fn last_words() {
        // A panic must not pass through the C library.
        let _ = std::panic::catch_unwind(flush);
    }
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the function takes nothing, and it is there as long as the program.
        unsafe { libc::atexit(last_words) };
    });
}
