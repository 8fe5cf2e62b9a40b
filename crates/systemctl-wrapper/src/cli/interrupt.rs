//! Ctrl-C while a job is waited for: the waiting ends, the job does not, and that has to be said.

use std::sync::{Mutex, PoisonError};

use nix::sys::signal::{SigSet, Signal, raise};

use super::output::remark;

/// What is being waited for; empty while nothing is.
static WAITING: Mutex<String> = Mutex::new(String::new());

/// Takes SIGINT in a thread of its own from now on.
///
/// This comes before the first connection: the signal is blocked in this thread and those that it
/// makes, and a thread that was there before would take it, and end the program without a word.
///
/// Who is started with the signal ignored, as by nohup(1) or with `&` in a script, is not meant by
/// it.
pub(crate) fn take() {
    if is_ignored(Signal::SIGINT) {
        return;
    }
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    if signals.thread_block().is_err() {
        return;
    }
    std::thread::spawn(move || {
        if signals.wait().is_err() {
            return;
        }
        let units = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        if !units.is_empty() {
            remark!("\nno longer waiting; the job goes on: {units}");
            remark!("  list-jobs shows it, cancel ends it");
        }
        // The end that a shell expects of a program that was interrupted.
        let _ = signals.thread_unblock();
        let _ = raise(Signal::SIGINT);
    });
}

/// Whether the process was started so that the signal means nothing to it; proc(5), `SigIgn`.
fn is_ignored(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal as i32 - 1) & 1 == 1
}

/// Says what is being waited for from now on; nothing when there is nothing.
pub(crate) fn waiting_for(units: &[String]) {
    let names = super::output::plain(&units.join(", ")).into_owned();
    *WAITING.lock().unwrap_or_else(PoisonError::into_inner) = names;
}
