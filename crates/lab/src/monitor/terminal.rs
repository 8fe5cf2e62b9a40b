//! Terminals of the lab's own, for commands; see pts(4).

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::protocol::{Reply, send};

/// Opens a terminal of so many rows and columns from inside the lab. Its master goes to the
/// launcher, its other end becomes three streams.
pub(super) fn open((ws_row, ws_col): (u16, u16), reply: &OwnedFd) -> io::Result<[OwnedFd; 3]> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let master = openpt(flags)?;
    unlockpt(&master)?;
    let slave = ioctl_tiocgptpeer(&master, flags)?;
    tcsetwinsize(&master, Winsize { ws_row, ws_col, ws_xpixel: 0, ws_ypixel: 0 })?;
    send(reply, &Reply::Terminal, &[master.as_fd()])?;
    Ok([slave.try_clone()?, slave.try_clone()?, slave])
}

/// Makes standard input the controlling terminal of this session.
pub(super) fn control_stdin() -> io::Result<()> {
    Ok(rustix::process::ioctl_tiocsctty(io::stdin())?)
}
