//! The keys of a watch: each one at once, without Enter.

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use nix::unistd::{Pid, read};

/// What the terminal sends for Ctrl-C, and for Ctrl-D.
const CTRL_C: u8 = 3;
pub(super) const CTRL_D: u8 = 4;
/// What it sends for Ctrl-Z.
pub(super) const CTRL_Z: u8 = 26;
/// What an arrow becomes: what Emacs and the shell have for it.
pub(super) const UP: u8 = 16;
pub(super) const DOWN: u8 = 14;

/// How often the learner's files, and the size of the window, are looked at. The files are few, so
/// a look costs less than to be told of changes by inotify(7), and it works on a file system that
/// tells of none.
const POLL: Duration = Duration::from_millis(20);

/// The terminal set to give each key at once; as it was when this is dropped.
pub(super) struct Keys {
    pressed: Receiver<u8>,
    /// Keeps the channel open where there is no terminal.
    _sender: Sender<u8>,
    /// How the terminal was before; none if there is none.
    before: Option<Termios>,
    /// Whoever has it may read the terminal.
    turn: Arc<Mutex<()>>,
}

impl Keys {
    pub(super) fn listen() -> Self {
        let (sender, pressed) = mpsc::channel();
        let (stdin, turn) = (io::stdin(), Arc::default());
        let before = stdin.is_terminal().then(|| tcgetattr(&stdin).ok()).flatten();
        let keys = Keys { pressed, _sender: sender.clone(), before, turn };
        if let Some(before) = keys.before.clone() {
            keys.one_by_one();
            let turn = Arc::clone(&keys.turn);
            thread::spawn(move || pass_on(&sender, &turn, &before));
        }
        keys
    }

    /// The key that was pressed within a moment, if one was.
    pub(super) fn next(&self) -> Option<u8> {
        match self.pressed.recv_timeout(POLL) {
            Ok(key) => Some(key),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(CTRL_D),
        }
    }

    /// Stops the program, as Ctrl-Z does elsewhere, until the shell lets it go on. The whole
    /// process group stops: just(1), if that has started us, would go on alone.
    pub(super) fn suspend(&self) {
        self.aside(|| {
            let _ = kill(Pid::from_raw(0), Signal::SIGTSTP);
        });
    }

    /// The next key, whenever it comes.
    pub(super) fn wait(&self) -> u8 {
        self.pressed.recv().unwrap_or(CTRL_D)
    }

    /// Gives the terminal to `work`, as it was before: to a lesson, a shell, an editor.
    pub(super) fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.restore();
        let done = work();
        self.one_by_one();
        drop(turn);
        done
    }

    fn one_by_one(&self) {
        if let Some(mut single) = self.before.clone() {
            single.local_flags -= LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG;
            set(&single);
        }
    }

    fn restore(&self) {
        self.before.iter().for_each(set);
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.restore();
    }
}

/// A terminal that has gone away needs it no more.
fn set(terminal: &Termios) {
    let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, terminal);
}

/// Reads keys while it is their turn, until the terminal closes or nobody listens.
fn pass_on(sender: &Sender<u8>, turn: &Mutex<()>, before: &Termios) {
    // A Ctrl-C of a lesson is for the thread that walks it.
    let _ = SigSet::all().thread_block();
    let mut buffer = [0; 64];
    loop {
        if !is_readable(PollTimeout::from(100u8)) {
            continue;
        }
        let turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        // It may have been read by somebody else while we waited for our turn.
        if !is_readable(PollTimeout::ZERO) {
            continue;
        }
        let length = match read(io::stdin(), &mut buffer) {
            Ok(length) => length,
            Err(Errno::EINTR | Errno::EAGAIN) => continue,
            Err(_) => 0,
        };
        drop(turn);
        for key in keys(&buffer[..length]) {
            if key == CTRL_C {
                // At once, also in the middle of a check. The terminal must show again what is
                // typed.
                set(before);
                std::process::exit(130);
            }
            if sender.send(key).is_err() {
                return;
            }
        }
        if length == 0 {
            // The terminal is closed.
            let _ = sender.send(CTRL_D);
            return;
        }
    }
}

fn is_readable(limit: PollTimeout) -> bool {
    let stdin = io::stdin();
    let mut fds = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
    poll(&mut fds, limit).is_ok_and(|ready| ready > 0)
}

/// The keys in what the terminal has sent. An arrow is one key; other escape sequences are
/// dropped.
fn keys(sent: &[u8]) -> Vec<u8> {
    match sent {
        [0x1b, b'[' | b'O', b'A', ..] => vec![UP],
        [0x1b, b'[' | b'O', b'B', ..] => vec![DOWN],
        [0x1b, _, ..] => Vec::new(),
        keys => keys.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::{DOWN, UP, keys};

    #[test]
    fn an_arrow_is_one_key_and_a_strange_sequence_none() {
        assert_eq!(keys(b"\x1b[A"), [UP]);
        assert_eq!(keys(b"\x1bOB"), [DOWN]);
        assert!(keys(b"\x1b[15~").is_empty());
        assert_eq!(keys(b"\x1b"), [0x1b]);
        assert_eq!(keys(b"hh"), *b"hh");
    }
}
