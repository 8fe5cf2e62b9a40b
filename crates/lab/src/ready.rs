//! Waiting for descriptors, with a deadline; see poll(2).

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Waits until one of `fds` can be read or has closed, and says which. All are false when
/// `deadline` has passed; without one, this waits forever.
pub(crate) fn wait<const N: usize>(
    fds: [BorrowedFd<'_>; N],
    deadline: Option<Instant>,
) -> io::Result<[bool; N]> {
    let mut fds = fds.map(|fd| PollFd::new(fd, PollFlags::POLLIN));
    loop {
        match poll(&mut fds, left_until(deadline)) {
            Ok(_) => return Ok(fds.map(|fd| fd.any() == Some(true))),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

fn left_until(deadline: Option<Instant>) -> PollTimeout {
    let Some(deadline) = deadline else { return PollTimeout::NONE };
    let left = deadline.saturating_duration_since(Instant::now());
    // poll(2) counts whole milliseconds: one that has begun is waited for, or the last of them
    // would be spent in a busy loop.
    let rounded = left + std::time::Duration::from_micros(999);
    PollTimeout::try_from(rounded).unwrap_or(PollTimeout::MAX)
}
