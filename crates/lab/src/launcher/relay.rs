//! Carries bytes between the launcher's terminal and a command's, which is the lab's own; see
//! pts(4).

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::termios::{
    OptionalActions, Termios, Winsize, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize,
};

/// The size of the terminal on standard output, or that of a classic one where there is none.
pub(super) fn size() -> Winsize {
    let classic = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    tcgetwinsize(io::stdout()).unwrap_or(classic)
}

/// The launcher's terminal in raw mode, given back as it was when this is dropped.
struct Raw(Termios);

impl Raw {
    fn enter() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Raw(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Drain, &self.0);
    }
}

/// Serves the terminal behind `master`, until `reply` has something to say.
pub(super) fn relay(master: OwnedFd, reply: &OwnedFd) -> io::Result<()> {
    let _raw = Raw::enter()?;
    // A program that does not read what is typed must not keep us from showing what it prints.
    fcntl(&master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    let mut master = File::from(master);
    let mut keyboard = Keyboard { open: true, typed: Vec::new() };
    let mut shown = size();
    loop {
        let [shows, types, ended] = wait(&master, reply, &keyboard)?;
        if shown != size() {
            shown = size();
            // A terminal that has closed meanwhile needs no size.
            let _ = tcsetwinsize(&master, shown);
        }
        if shows && !show(&mut master)? {
            return Ok(());
        }
        if types {
            keyboard.read()?;
        }
        keyboard.pass_on(&mut master)?;
        // What the command printed last comes before the news of its end.
        if ended && !shows {
            return Ok(());
        }
    }
}

/// Waits until the lab's terminal shows something, somebody types, or the command has ended, and
/// says which.
fn wait(master: &File, reply: &OwnedFd, keyboard: &Keyboard) -> io::Result<[bool; 3]> {
    let stdin = io::stdin();
    let nothing_to_pass_on = keyboard.typed.is_empty();
    let wanted =
        if nothing_to_pass_on { PollFlags::POLLIN } else { PollFlags::POLLIN | PollFlags::POLLOUT };
    let mut fds =
        vec![PollFd::new(master.as_fd(), wanted), PollFd::new(reply.as_fd(), PollFlags::POLLIN)];
    if keyboard.open && nothing_to_pass_on {
        fds.push(PollFd::new(stdin.as_fd(), PollFlags::POLLIN));
    }
    // The time-out is for the window's size, whose change we see only by looking.
    match poll(&mut fds, PollTimeout::from(200u8)) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(errno) => return Err(errno.into()),
    }
    let ready = |index: usize| {
        fds.get(index)
            .and_then(PollFd::revents)
            .is_some_and(|events| !events.difference(PollFlags::POLLOUT).is_empty())
    };
    Ok([ready(0), ready(2), ready(1)])
}

/// Shows what the lab's terminal has to show. False at its end: a terminal whose other side has
/// closed answers EIO.
fn show(master: &mut File) -> io::Result<bool> {
    let mut buffer = [0; 4096];
    match master.read(&mut buffer) {
        Ok(0) => Ok(false),
        Ok(length) => {
            let mut out = io::stdout();
            out.write_all(&buffer[..length])?;
            out.flush()?;
            Ok(true)
        }
        Err(error) if error.raw_os_error() == Some(libc::EIO) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(true),
        Err(error) => Err(error),
    }
}

/// What is typed at the launcher's terminal. No more is read while the lab's has not taken all of
/// it.
struct Keyboard {
    open: bool,
    typed: Vec<u8>,
}

impl Keyboard {
    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        // Not through `io::stdin()`, whose buffer could hold back a part.
        match nix::unistd::read(io::stdin(), &mut buffer) {
            Ok(0) | Err(Errno::EIO) => self.open = false,
            Ok(length) => self.typed.extend_from_slice(&buffer[..length]),
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            Err(errno) => return Err(errno.into()),
        }
        Ok(())
    }

    fn pass_on(&mut self, master: &mut File) -> io::Result<()> {
        if self.typed.is_empty() {
            return Ok(());
        }
        match master.write(&self.typed) {
            Ok(length) => drop(self.typed.drain(..length)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // Nobody is left to read it.
            Err(error) if error.raw_os_error() == Some(libc::EIO) => self.typed.clear(),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
