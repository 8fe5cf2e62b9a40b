//! The time as one submission has it: a wall clock that a check sets, and an hour that passes in a
//! moment.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use nix::time::{ClockId, clock_gettime};

use crate::directory::Directory;
use crate::failure::Result;

/// What `build.rs` made of `preload.rs`.
const PRELOAD: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/clock.so"));

/// Where the numbers are in the page, in bytes; see `Page` in `preload.rs`.
const AHEAD: u64 = 0;
const SPEED: u64 = 8;
const SINCE: u64 = 16;
const SKIPPED: u64 = 24;
const ASKED: u64 = 32;

/// A clock for one submission. It begins as the machine's own.
///
/// It is seen through libc: by all that Rust's standard library does about time, except time-outs
/// of sockets and pipes. Nobody else sees it.
///
/// ```no_run
/// use std::time::{Duration, SystemTime};
/// use check::{Clock, Directory, Result, program};
///
/// fn goes_on_when_the_clock_is_set_back() -> Result {
///     let (clock, directory) = (Clock::new()?, Directory::new()?);
///     let log = directory.file("dates.log");
///     let [preload, page] = clock.env();
///     let program = program()?.arg(log.path()).env(preload.0, preload.1).env(page.0, page.1);
///     let mut running = program.start()?;
///     clock.set(SystemTime::now() - Duration::from_secs(3600))?;
///     running.wait_for_lines(&log, 2).map(drop)
/// }
/// ```
pub struct Clock {
    directory: Directory,
    page: File,
}

impl Clock {
    /// Makes a clock that goes as the machine's.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn new() -> Result<Self> {
        let directory = Directory::private()?;
        fs::write(directory.path().join("clock.so"), PRELOAD)?;
        let page = File::create_new(directory.path().join("page"))?;
        page.set_len(ASKED + 8)?;
        // The submission counts in it, and has another account than this.
        page.set_permissions(Permissions::from_mode(0o666))?;
        Ok(Clock { directory, page })
    }

    /// Sets the wall clock, as `date --set` does: it shows `time` now, and goes on from there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set(&self, time: SystemTime) -> Result {
        let ahead = match time.duration_since(SystemTime::now()) {
            Ok(ahead) => nanos(ahead),
            Err(behind) => -nanos(behind.duration()),
        };
        self.write(AHEAD, ahead)
    }

    /// From now on, time passes `times` as fast: all clocks, sleeps and time-outs. A sleep that has
    /// begun is not shortened.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn hurry(&self, times: u32) -> Result {
        let now = clock_gettime(ClockId::CLOCK_MONOTONIC)?;
        self.write(SINCE, nanos(now.into()))?;
        self.write(SPEED, times.into())
    }

    /// At one stroke, `time` has passed in all, on all clocks, since the program began. A sleep that
    /// has begun is not shortened.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn skip(&self, time: Duration) -> Result {
        self.write(SKIPPED, nanos(time))
    }

    /// How often the program has asked for the time so far.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn asked(&self) -> Result<u64> {
        let mut number = [0; 8];
        self.page.read_exact_at(&mut number, ASKED)?;
        Ok(u64::from_ne_bytes(number))
    }

    /// The environment variables of a program that goes by this clock.
    pub fn env(&self) -> [(&'static str, PathBuf); 2] {
        [
            ("LD_PRELOAD", self.directory.path().join("clock.so")),
            ("CHECK_CLOCK", self.directory.path().join("page")),
        ]
    }

    fn write(&self, at: u64, value: i64) -> Result {
        Ok(self.page.write_all_at(&value.to_ne_bytes(), at)?)
    }
}

fn nanos(duration: Duration) -> i64 {
    duration.as_nanos().try_into().unwrap_or(i64::MAX)
}
