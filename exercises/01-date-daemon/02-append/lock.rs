//! Whether a lock keeps a line waiting. It is advice: whoever asks for none, goes on writing.

use std::fs::{File, TryLockError};

use check::{Explain, Failure, LogFile, Result, Running, text};

use super::super::shared::wait_for_dates;

/// Fails if the daemon takes a lock, or waits for somebody who has one; see flock(2).
pub(super) fn holds_nobody_up(daemon: &mut Running, file: &LogFile, log: &File) -> Result {
    let got = match log.try_lock() {
        Err(TryLockError::Error(error)) => return Err(error.into()),
        Err(TryLockError::WouldBlock) => "a lock of the daemon's".into(),
        Ok(()) => {
            let lines = file.lines()?.len();
            let came = wait_for_dates(daemon, file, lines + 3);
            log.unlock()?;
            match came {
                Ok(()) => return Ok(()),
                // Any other reason is told by another promise.
                Err(failure) if daemon.has_ended() => return Err(failure.into_later()),
                Err(failure) => text!("{got}, while somebody held a lock", got = failure.got()),
            }
        }
    };
    Err(Failure::new("lines that come when they are due, and no lock on the file", got)
        .say("O_APPEND needs no lock: whoever waits for one waits for everybody who holds it")
        .man("flock(2)")
        .in_function("run"))
}
