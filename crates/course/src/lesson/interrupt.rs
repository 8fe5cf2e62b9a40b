//! Ctrl-C while a command of a lesson runs: it ends the command, not the lesson.

use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Takes Ctrl-C as long as it lives, as something to read; see signalfd(2). A command on the
/// learner's own machine gets it too, from the terminal.
pub(crate) struct Interrupt {
    fd: SignalFd,
}

impl Interrupt {
    /// None where the kernel has no descriptor left: then Ctrl-C ends the lesson.
    pub(super) fn listen() -> Option<Self> {
        let mask = only_sigint();
        mask.thread_block().ok()?;
        let fd = SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK);
        if fd.is_err() {
            mask.thread_unblock().ok()?;
        }
        Some(Interrupt { fd: fd.ok()? })
    }

    /// Whether it was pressed since the last look.
    pub(super) fn was_pressed(&self) -> bool {
        matches!(self.fd.read_signal(), Ok(Some(_)))
    }
}

impl AsFd for Interrupt {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        // A Ctrl-C that nobody has read would end the lesson as soon as it is let through.
        while self.was_pressed() {}
        let _ = only_sigint().thread_unblock();
    }
}

fn only_sigint() -> SigSet {
    let mut mask = SigSet::empty();
    mask.add(Signal::SIGINT);
    mask
}
