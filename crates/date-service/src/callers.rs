//! Answers callers: one line each, as the daytime protocol of RFC 867 does.
//!
//! One thread for all of them. An answer is shorter than a fresh connection's buffer, so nobody is
//! waited for; and whoever comes in the meantime waits in the socket's queue, which is the
//! kernel's.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use leveled_logger::{debug, warning};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown, SocketFlags, accept_with, recv, send, shutdown};

/// Answers all who call on `sockets`, until `stop` can be read or its other end is closed.
///
/// # Errors
///
/// When nobody can be accepted any more.
pub fn serve(
    sockets: &[OwnedFd],
    stop: BorrowedFd<'_>,
    mut answer: impl FnMut() -> String,
) -> io::Result<()> {
    loop {
        let fds = sockets.iter().map(AsFd::as_fd).chain([stop]);
        let mut fds: Vec<PollFd<'_>> =
            fds.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        match poll(&mut fds, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(errno.into()),
        }
        let has_news = |fd: &PollFd<'_>| !fd.revents().is_empty();
        for (socket, _) in sockets.iter().zip(&fds).filter(|(_, fd)| has_news(fd)) {
            if let Some(caller) = accept(socket)? {
                tell(&caller, &answer());
            }
        }
        // Looked at last: who was accepted is answered. All others stay in the queue, for the
        // service that comes after us.
        if fds.last().is_some_and(has_news) {
            return Ok(());
        }
    }
}

/// `None`: whoever called has left again.
fn accept(socket: &OwnedFd) -> io::Result<Option<OwnedFd>> {
    match accept_with(socket, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK) {
        Ok(caller) => Ok(Some(caller)),
        Err(Errno::AGAIN | Errno::INTR | Errno::CONNABORTED | Errno::PROTO) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

fn tell(caller: &OwnedFd, line: &str) {
    match send(caller, format!("{line}\n").as_bytes(), SendFlags::NOSIGNAL) {
        Ok(sent) if sent > line.len() => debug!("told a caller {line}"),
        Ok(_) => warning!("a caller took only a part of {line}"),
        Err(errno) => debug!("a caller left before it was told {line}: {errno}"),
    }
    let _ = shutdown(caller, Shutdown::Write);
    // What a caller said is thrown away. Left unread, it would make the kernel answer the closing
    // with a reset, and a reset may overtake our line.
    let mut said = [0_u8; 4096];
    let _ = recv(caller, &mut said, RecvFlags::DONTWAIT);
}
