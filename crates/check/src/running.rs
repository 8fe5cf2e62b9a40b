//! The submission while it runs: signals to it, waiting for what it should do, and its end.

use std::os::unix::process::ExitStatusExt;
use std::panic::Location;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

use check_report::{Text, text};

use crate::capture::{self, Capture};
use crate::failure::{Explain, Failure, Result};
use crate::log_file::LogFile;
use crate::patience::{PATIENCE, blink, look_until, stretched};
use crate::report;

/// How much of a file a failure shows, in characters.
const EXCERPT: usize = 120;

/// A running submission. Dropping it ends the program and all that it has started.
///
/// ```no_run
/// use check::{PATIENCE, Result, Signal, program};
///
/// fn ends_when_it_is_asked() -> Result {
///     let mut daemon = program()?.start()?;
///     daemon.signal(Signal::SIGTERM)?;
///     assert!(daemon.end(PATIENCE)?.status.success());
///     Ok(())
/// }
/// ```
pub struct Running {
    child: Child,
    stdout: Capture,
    stderr: Capture,
    ended: Option<ExitStatus>,
}

/// How a submission ended, and what it printed.
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it printed on standard output.
    pub stdout: String,
    /// What it printed on standard error.
    pub stderr: String,
}

impl Running {
    pub(crate) fn new(mut child: Child) -> Self {
        let stdout = Capture::start(child.stdout.take().expect("it is piped"));
        let stderr = Capture::start(child.stderr.take().expect("it is piped"));
        Running { child, stdout, stderr, ended: None }
    }

    /// The number of its process.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// Sends `signal` to it; to nobody if it has ended.
    ///
    /// # Errors
    /// When the signal may not be sent.
    pub fn signal(&mut self, signal: Signal) -> Result {
        if self.has_ended() { Ok(()) } else { Ok(kill(self.pid(), signal)?) }
    }

    /// Waits until `condition` returns something. Its error ends the waiting too.
    ///
    /// # Errors
    /// When the program ends first, prints too much, or does not come there in time.
    #[track_caller]
    pub fn wait_until<T>(
        &mut self,
        what: impl Into<Text>,
        mut condition: impl FnMut(&mut Self) -> Result<Option<T>>,
    ) -> Result<T> {
        let what = what.into();
        report::at(text!("waiting for {what}", what), Location::caller());
        let found = look_until(PATIENCE, blink, || {
            let has_ended = self.has_ended();
            match condition(self) {
                Ok(None) if self.floods() => Some(Err(self.flood(what.clone()))),
                Ok(None) if has_ended => {
                    let expected = text!("{what}, from a program that runs on", what);
                    Some(Err(Failure::new(expected, self.describe_end())))
                }
                found => found.transpose(),
            }
        });
        found.unwrap_or_else(|| {
            let limit = Text::quoted(stretched(PATIENCE));
            let got = text!("nothing of the kind; {end}", end = self.describe_end());
            Err(Failure::new(text!("{what} within {limit}", what, limit), got))
        })
    }

    /// Waits until there are `count` whole lines in `file`, and returns all that are there.
    ///
    /// # Errors
    /// As [`Running::wait_until`], and says what is in the file.
    #[track_caller]
    pub fn wait_for_lines(&mut self, file: &LogFile, count: usize) -> Result<Vec<String>> {
        let name = file.name();
        let what = match count {
            1 => text!("a line in {name}", name),
            _ => text!("{count} lines in {name}", count, name),
        };
        let found =
            self.wait_until(what, |_| Ok(Some(file.lines()?).filter(|lines| lines.len() >= count)));
        found.or_else(|failure| {
            if self.floods() {
                return Err(failure);
            }
            let content = match file.text()? {
                text if !text.is_empty() => {
                    let begin: String = text.chars().take(EXCERPT).collect();
                    text!("{name} begins with {begin}", name, begin = Text::quoted(&begin))
                }
                _ if file.exists() => text!("{name} is empty", name),
                _ => text!("there is no {name}", name),
            };
            let end = self.describe_end();
            Err(failure.explain(|failure| failure.set_got(text!("{content}; {end}", content, end))))
        })
    }

    /// Waits at most `limit` for the program to end by itself.
    ///
    /// # Errors
    /// When it still runs then, or prints too much.
    #[track_caller]
    pub fn end(mut self, limit: Duration) -> Result<Ended> {
        report::at("waiting for your program to end".into(), Location::caller());
        look_until(limit, blink, || (self.has_ended() || self.floods()).then_some(()));
        match self.ended {
            _ if self.floods() => Err(self.flood("a program that ends".into())),
            Some(status) => Ok(Ended { status, stdout: self.printed(), stderr: self.said() }),
            None => {
                let limit = Text::quoted(stretched(limit));
                let expected = text!("a program that ends within {limit}", limit);
                Err(Failure::new(expected, self.describe_end()))
            }
        }
    }

    /// What it has said on standard error so far.
    pub fn said(&self) -> String {
        self.stderr.text()
    }

    /// What it has printed on standard output so far.
    pub fn printed(&self) -> String {
        self.stdout.text()
    }

    /// Whether the program has ended. What it has started ends with it.
    pub fn has_ended(&mut self) -> bool {
        let peek = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        if self.ended.is_none()
            && !matches!(waitid(Id::Pid(self.pid()), peek), Ok(WaitStatus::StillAlive))
        {
            self.finish();
        }
        self.ended.is_some()
    }

    /// Ends the whole group while the number of its leader is still taken, and only then lets go of
    /// the number.
    fn finish(&mut self) {
        if self.ended.is_none() {
            let _ = killpg(self.pid(), Signal::SIGKILL);
            // If somebody else has waited for it, nobody knows how it ended: not well, as far as a
            // check is concerned.
            let unknown = ExitStatus::from_raw(libc::SIGKILL);
            self.ended = Some(self.child.wait().unwrap_or(unknown));
            self.stdout.finish();
            self.stderr.finish();
        }
    }

    fn floods(&self) -> bool {
        self.stdout.is_full() || self.stderr.is_full()
    }

    fn flood(&mut self, what: Text) -> Failure {
        self.finish();
        let got =
            text!("more than {limit} MiB of output; it was stopped", limit = capture::LIMIT >> 20);
        Failure::new(what, got)
            .say("print only what is asked for: a service's output fills its host's journal")
    }

    /// Whether it still runs, how it ended, and the last that it said on standard error.
    fn describe_end(&mut self) -> Text {
        self.has_ended();
        let state = match self.ended {
            Some(status) => text!("the program has ended ({status})", status),
            None => "the program still runs".into(),
        };
        match self.said().trim() {
            "" => state,
            said => text!("{state}; it said: {said}", state, said),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.finish();
    }
}
