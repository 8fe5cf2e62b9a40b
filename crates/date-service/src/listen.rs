//! The sockets that systemd opened for us: sd_listen_fds(3), in full in one file.
//!
//! Descriptors from 3 on, as many as `$LISTEN_FDS` says, meant for the process that `$LISTEN_PID`
//! names. systemd has them open too, and that is the point: callers come and wait there, also
//! while no service runs.

use std::os::fd::{FromRawFd, OwnedFd};

use rustix::net::sockopt::socket_acceptconn;

use crate::Error;

/// The first descriptor that is passed; 0, 1 and 2 are the standard streams.
const FIRST: i32 = 3;
/// More sockets than any unit has.
const MAX: i32 = 100;

/// Takes the sockets.
///
/// To be called once, before anything else opens a file; a second call would own the same ones.
///
/// # Errors
///
/// When there is none, or one of them does not listen.
pub fn sockets_from_env() -> Result<Vec<OwnedFd>, Error> {
    let number = |name: &str| std::env::var(name).ok()?.parse::<i32>().ok();
    // A shell between systemd and us would pass the variables on, though they are not for us.
    let is_for_us =
        number("LISTEN_PID").and_then(|pid| u32::try_from(pid).ok()) == Some(std::process::id());
    let count = number("LISTEN_FDS").filter(|count| is_for_us && (1..=MAX).contains(count));
    let descriptors = FIRST..FIRST + count.ok_or(Error::NoSocket)?;
    let sockets = descriptors.map(|descriptor| {
        // SAFETY: systemd has opened it for this very process, as LISTEN_PID says, and nothing
        // else here knows of it.
        let socket = unsafe { OwnedFd::from_raw_fd(descriptor) };
        match socket_acceptconn(&socket) {
            Ok(true) => Ok(socket),
            _ => {
                // Whatever it is, it is not ours to close.
                std::mem::forget(socket);
                Err(Error::NotListening(descriptor))
            }
        }
    });
    sockets.collect()
}
