//! Waiting for new entries: inotify(7) tells when a file of the journal grows, comes or goes.
//! Nothing is read, and nothing wakes up, until then.

use std::collections::HashSet;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

use crate::error::Error;
use crate::journal::Journal;

/// A watch on the directories of a journal.
pub struct Watch {
    inotify: Inotify,
    directories: HashSet<PathBuf>,
}

impl Journal {
    /// Begins to watch. What is written from now on ends the next [`Watch::wait`].
    ///
    /// # Errors
    /// [`Error::Io`] if the user has no inotify instance left.
    pub fn watch(&self) -> Result<Watch, Error> {
        let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK);
        let inotify = inotify.map_err(|errno| not_watched(PathBuf::from("inotify"), errno))?;
        let mut watch = Watch { inotify, directories: HashSet::new() };
        watch.add_directories(self)?;
        Ok(watch)
    }
}

fn not_watched(path: PathBuf, errno: Errno) -> Error {
    Error::Io { path, cause: io::Error::from(errno) }
}

impl Watch {
    fn add_directories(&mut self, journal: &Journal) -> Result<(), Error> {
        let wanted = AddWatchFlags::IN_MODIFY
            | AddWatchFlags::IN_CREATE
            | AddWatchFlags::IN_MOVED_TO
            | AddWatchFlags::IN_DELETE
            | AddWatchFlags::IN_ONLYDIR;
        for directory in journal.source().directories() {
            if self.directories.contains(&directory) {
                continue;
            }
            match self.inotify.add_watch(&directory, wanted) {
                Ok(_) => {
                    self.directories.insert(directory);
                }
                // /var/log/journal need not exist.
                Err(Errno::ENOENT | Errno::ENOTDIR | Errno::EACCES) => {}
                Err(errno) => return Err(not_watched(directory, errno)),
            }
        }
        Ok(())
    }

    /// Waits until there may be new entries, and lets the journal see them. `is_over` is asked when
    /// the output may have been closed; if it says so, `false` is returned.
    ///
    /// # Errors
    /// [`Error::Io`] if waiting fails, or the directories can't be read any more.
    pub fn wait(
        &mut self,
        journal: &mut Journal,
        is_over: impl Fn() -> bool,
    ) -> Result<bool, Error> {
        loop {
            // Something may have been written between the last look and now.
            if journal.refresh()? {
                self.add_directories(journal)?;
                return Ok(true);
            }
            let stdout = io::stdout();
            let mut watched = [
                PollFd::new(self.inotify.as_fd(), PollFlags::POLLIN),
                // No events are asked for: poll(2) reports a closed pipe or a hung-up terminal all
                // the same.
                PollFd::new(stdout.as_fd(), PollFlags::empty()),
            ];
            match poll(&mut watched, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(errno) => return Err(not_watched(PathBuf::from("inotify"), errno)),
            }
            if is_over() {
                return Ok(false);
            }
            // What they say does not matter: all files are looked at.
            while self.inotify.read_events().is_ok_and(|events| !events.is_empty()) {}
            self.add_directories(journal)?;
        }
    }
}
