//! A program on a terminal, and somebody who types there and watches.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::stat::Mode;

use super::{PATIENCE, eventually};

/// A terminal with a program on it.
pub(crate) struct Terminal {
    /// None once it was closed.
    master: Option<File>,
    /// The program.
    pub(crate) child: Child,
    /// All that it has shown.
    pub(crate) seen: String,
    /// The end of what was waited for in it.
    waited_for: usize,
}

impl Terminal {
    /// Starts `command` as the leader of a session on a new terminal of `rows` and `columns`.
    pub(crate) fn start(mut command: Command, rows: u16, columns: u16) -> Self {
        // Nobody else may inherit the master, or the terminal would not close with it.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags).expect("the machine has terminals");
        grantpt(&master).expect("it is ours");
        unlockpt(&master).expect("it is ours");
        let name = ptsname_r(&master).expect("it has a name");
        set_size(&master, rows, columns);
        let slave = || {
            Stdio::from(nix::fcntl::open(name.as_str(), flags, Mode::empty()).expect("it opens"))
        };
        command.stdin(slave()).stdout(slave()).stderr(slave());
        super::hear_signals(&mut command);
        // SAFETY: both calls may be made after a fork.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                libc::ioctl(0, libc::TIOCSCTTY, 0);
                Ok(())
            });
        }
        let child = command.spawn().expect("the program runs");
        Terminal {
            master: Some(File::from(OwnedFd::from(master))),
            child,
            seen: String::new(),
            waited_for: 0,
        }
    }

    /// Types `text`.
    pub(crate) fn type_in(&mut self, text: &str) {
        self.master
            .as_mut()
            .expect("it is open")
            .write_all(text.as_bytes())
            .expect("it takes what is typed");
    }

    /// Waits until `text` was shown, after what an earlier call has waited for.
    #[track_caller]
    pub(crate) fn expect(&mut self, text: &str) {
        if !self.shows(text) {
            let (before, fresh) = self.seen.split_at(self.waited_for);
            panic!("{text:?} was never shown; this was: {before}{fresh:?}")
        }
    }

    /// Whether `text` is shown, before the program ends or nothing comes for long.
    pub(crate) fn shows(&mut self, text: &str) -> bool {
        loop {
            if let Some(index) = self.seen[self.waited_for..].find(text) {
                self.waited_for += index + text.len();
                return true;
            }
            let Some(more) = self.read() else { return false };
            self.seen += &more;
        }
    }

    /// Reads until the program has closed the terminal, and returns how the program ended.
    #[track_caller]
    pub(crate) fn finish(&mut self) -> ExitStatus {
        while let Some(more) = self.read() {
            self.seen += &more;
        }
        let mut ended = None;
        let ends = eventually(|| {
            ended = self.child.try_wait().expect("it can be asked");
            ended.is_some()
        });
        if !ends {
            let _ = self.child.kill();
        }
        ended.unwrap_or_else(|| panic!("it did not end; this was shown: {}", self.seen))
    }

    /// Changes the size of the window.
    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        set_size(self.master.as_ref().expect("it is open"), rows, columns);
    }

    /// Closes the window.
    pub(crate) fn close(&mut self) {
        self.master = None;
    }

    /// The master, for those who need the descriptor itself.
    pub(crate) fn descriptor(&self) -> OwnedFd {
        self.master
            .as_ref()
            .expect("it is open")
            .as_fd()
            .try_clone_to_owned()
            .expect("a descriptor is free")
    }

    /// What is shown next; none when nothing more will come, or nothing does for long.
    fn read(&mut self) -> Option<String> {
        let master = self.master.as_mut()?;
        let mut fds = [PollFd::new(master.as_fd(), PollFlags::POLLIN)];
        let begin = Instant::now();
        let limit = PollTimeout::try_from(PATIENCE).expect("it fits");
        if poll(&mut fds, limit).ok()? == 0 || begin.elapsed() > PATIENCE {
            return None;
        }
        let mut buffer = [0; 65_536];
        match master.read(&mut buffer) {
            Ok(0) => None,
            Ok(length) => Some(String::from_utf8_lossy(&buffer[..length]).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Some(String::new()),
            Err(_) => None,
        }
    }
}

fn set_size(terminal: &impl AsRawFd, rows: u16, columns: u16) {
    let size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCSWINSZ reads a winsize.
    let result = unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSWINSZ, &raw const size) };
    assert_eq!(result, 0, "the size of a window can be set");
}
