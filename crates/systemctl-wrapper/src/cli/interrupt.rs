//! Ctrl-C while a job is waited for: the waiting ends, the job does not, and that has to be said.

use std::sync::{Mutex, PoisonError};

use nix::sys::signal::{SigSet, Signal, raise};

/// What is being waited for; empty while nothing is.
static WAITING: Mutex<String> = Mutex::new(String::new());

/// Takes SIGINT in a thread of its own from now on.
///
/// This comes before the first connection: the signal is blocked in this thread and those that it
/// makes, and a thread that was there before would take it, and end the program without a word.
pub(crate) fn take() {
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
            eprintln!("\nno longer waiting; the job goes on: {units}");
            eprintln!("  list-jobs shows it, cancel ends it");
        }
        // The end that a shell expects of a program that was interrupted.
        let _ = signals.thread_unblock();
        let _ = raise(Signal::SIGINT);
    });
}

/// Says what is being waited for from now on; nothing when there is nothing.
pub(crate) fn waiting_for(units: &[String]) {
    let names = super::output::plain(&units.join(", ")).into_owned();
    *WAITING.lock().unwrap_or_else(PoisonError::into_inner) = names;
}
