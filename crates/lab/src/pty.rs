//! Terminals of the lab's own, and the launcher's relay to them; see pts(4).

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};

use crate::protocol::{Reply, send};

/// Opens a terminal from inside the lab. Its master goes to the launcher, its other end becomes three streams.
pub(crate) fn open((rows, columns): (u16, u16), reply: &OwnedFd) -> io::Result<[OwnedFd; 3]> {
    let master = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NOCTTY | libc::O_CLOEXEC)
        .open("/dev/ptmx")?;
    let unlocked: libc::c_int = 0;
    // SAFETY: TIOCSPTLCK reads an int, TIOCGPTPEER takes flags and returns a descriptor that is ours alone.
    let slave = unsafe {
        check(libc::ioctl(
            master.as_raw_fd(),
            libc::TIOCSPTLCK,
            &raw const unlocked,
        ))?;
        OwnedFd::from_raw_fd(check(libc::ioctl(
            master.as_raw_fd(),
            libc::TIOCGPTPEER,
            libc::O_RDWR | libc::O_NOCTTY,
        ))?)
    };
    resize(&master, (rows, columns));
    send(reply, &Reply::Terminal, &[master.as_fd()])?;
    Ok([slave.try_clone()?, slave.try_clone()?, slave])
}

/// Makes standard input the controlling terminal of this session.
pub(crate) fn control_stdin() -> io::Result<()> {
    // SAFETY: TIOCSCTTY takes a number.
    check(unsafe { libc::ioctl(0, libc::TIOCSCTTY, 0) }).map(drop)
}

/// The rows and columns of the terminal on standard output.
pub(crate) fn size() -> (u16, u16) {
    let mut size = libc::winsize {
        ws_row: 24,
        ws_col: 80,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: TIOCGWINSZ fills in a winsize. Where it fails, the size of a classic terminal stays.
    unsafe { libc::ioctl(1, libc::TIOCGWINSZ, &raw mut size) };
    (size.ws_row, size.ws_col)
}

fn resize(terminal: &impl AsFd, (rows, columns): (u16, u16)) {
    let size = libc::winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: TIOCSWINSZ reads a winsize.
    unsafe {
        libc::ioctl(
            terminal.as_fd().as_raw_fd(),
            libc::TIOCSWINSZ,
            &raw const size,
        )
    };
}

fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    Ok(Errno::result(result)?)
}

/// The launcher's terminal in raw mode, given back as it was when this is dropped.
struct Raw(Termios);

impl Raw {
    fn enter() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        cfmakeraw(&mut raw);
        tcsetattr(io::stdin(), SetArg::TCSANOW, &raw)?;
        Ok(Raw(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, &self.0);
    }
}

/// Carries bytes between the launcher's terminal and the lab's, until `reply` has something to say.
pub(crate) fn relay(master: OwnedFd, reply: &OwnedFd) -> io::Result<()> {
    let _raw = Raw::enter()?;
    let mut master = File::from(master);
    let mut shown = size();
    let mut typing = true;
    loop {
        let stdin = io::stdin();
        let mut fds = vec![
            PollFd::new(master.as_fd(), PollFlags::POLLIN),
            PollFd::new(reply.as_fd(), PollFlags::POLLIN),
        ];
        if typing {
            fds.push(PollFd::new(stdin.as_fd(), PollFlags::POLLIN));
        }
        // The time-out is for the window's size, whose change we see only by looking.
        match poll(&mut fds, PollTimeout::from(200u8)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let ready: Vec<bool> = fds.iter().map(|fd| fd.any() == Some(true)).collect();
        if shown != size() {
            shown = size();
            resize(&master, shown);
        }
        if ready[0] && !carry(&mut master, &mut io::stdout())? {
            return Ok(());
        }
        if typing && ready[2] {
            typing = carry(
                &mut File::from(stdin.as_fd().try_clone_to_owned()?),
                &mut master,
            )?;
        }
        // What the command printed last comes before the news of its end.
        if ready[1] && !ready[0] {
            return Ok(());
        }
    }
}

/// Moves what can be read now. False at the end: a terminal whose other side has closed answers EIO.
fn carry(from: &mut impl Read, to: &mut impl Write) -> io::Result<bool> {
    let mut buffer = [0; 4096];
    match from.read(&mut buffer) {
        Ok(0) => Ok(false),
        Ok(length) => {
            to.write_all(&buffer[..length])?;
            to.flush()?;
            Ok(true)
        }
        Err(error) if error.raw_os_error() == Some(libc::EIO) => Ok(false),
        Err(error) => Err(error),
    }
}
