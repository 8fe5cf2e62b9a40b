//! A command in a lab, built as with `std::process::Command`.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Output};
use std::time::{Duration, Instant};

use super::link::Link;
use super::output::{self, Stream, Until};
use super::relay;
use crate::cure;
use crate::error::Error;
use crate::protocol::{Account, Position, Reply, Request, pair, receive, send};

/// Enough for any command of a lesson, on an emulated machine that does much else: a daemon-reload
/// took more than 30 s there. Who doesn't want to wait for one that hangs presses Ctrl-C.
pub const COMMAND_TIMEOUT: Duration = Duration::from_secs(180);

/// A command to run inside. In arguments and variables that are not UTF-8, what is not is replaced.
///
/// ```no_run
/// # let lab = lab::Lab::boot(&lab::Options::default())?;
/// let mut command = lab.command("journalctl");
/// let answer = command.args(["--unit", "dbus"]).current_dir("/tmp").output(lab::COMMAND_TIMEOUT)?;
/// assert!(answer.status.success());
/// # Ok::<(), lab::Error>(())
/// ```
pub struct Command<'lab> {
    link: &'lab Link,
    request: Request,
}

/// What every command has in its environment; nothing of the launcher's is passed on by itself.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"),
    ("LANG", "C.UTF-8"),
    ("SHELL", "/bin/bash"),
    ("HOME", "/root"),
    ("USER", "root"),
    ("LOGNAME", "root"),
];

impl<'lab> Command<'lab> {
    pub(super) fn new(link: &'lab Link, program: &OsStr) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let request = Request {
            program: text(program),
            args: Vec::new(),
            env: ENVIRONMENT.into_iter().map(owned).collect(),
            directory: "/".to_owned(),
            user: Account::Root,
            position: Position::Inside,
            terminal: None,
        };
        Command { link, request }
    }

    pub(super) fn outside(mut self) -> Self {
        self.request.position = Position::Outside;
        // Anybody in the lab may write to /usr/local. And systemctl(1) must go by way of D-Bus:
        // version 257 and newer do so only when they are told to.
        self.env("PATH", "/usr/sbin:/usr/bin").env("SYSTEMCTL_FORCE_BUS", "1");
        self
    }

    /// Adds an argument.
    pub fn arg(&mut self, arg: impl AsRef<OsStr>) -> &mut Self {
        self.request.args.push(text(arg.as_ref()));
        self
    }

    /// Adds arguments.
    pub fn args(&mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> &mut Self {
        self.request.args.extend(args.into_iter().map(|arg| text(arg.as_ref())));
        self
    }

    /// Sets an environment variable. Nothing of the launcher's environment is passed on by itself.
    pub fn env(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Self {
        self.request.env.retain(|(other, _)| other != name);
        self.request.env.push((name.to_owned(), text(value.as_ref())));
        self
    }

    /// Sets the working directory, as seen inside.
    pub fn current_dir(&mut self, dir: impl AsRef<Path>) -> &mut Self {
        self.request.directory = text(dir.as_ref().as_os_str());
        self
    }

    /// Runs the command as the account `learner`, with a user manager of its own for `systemctl
    /// --user`; or as `root`.
    ///
    /// # Errors
    /// [`Error::NoUser`] for any other account, and for `learner` in a lab with one id.
    pub fn user(&mut self, user: &str) -> Result<&mut Self, Error> {
        match user {
            "root" => return Ok(self),
            "learner" if self.link.mode.has_users() => {}
            _ => return Err(Error::NoUser { user: user.to_owned(), mode: self.link.mode }),
        }
        let manager = format!("user@{}.service", Account::LEARNER_ID);
        let mut start = Command::new(self.link, OsStr::new("systemctl"));
        start.args(["start", &manager]).output(COMMAND_TIMEOUT)?;
        self.request.user = Account::Learner;
        let runtime = format!("/run/user/{}", Account::LEARNER_ID);
        self.env("HOME", "/home/learner").env("USER", user).env("LOGNAME", user);
        Ok(self
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={runtime}/bus"))
            .env("XDG_RUNTIME_DIR", runtime))
    }

    /// Runs the command with the launcher's own streams and waits for it. When both ends are a
    /// terminal, the command gets a terminal of the lab's own.
    ///
    /// # Errors
    /// [`Error::Spawn`] when it cannot be started, [`Error::Gone`] when the lab is gone.
    pub fn status(&mut self) -> Result<ExitStatus, Error> {
        if io::stdin().is_terminal() && io::stdout().is_terminal() {
            let size = relay::size();
            self.request.terminal = Some((size.ws_row, size.ws_col));
            self.env("TERM", std::env::var_os("TERM").unwrap_or_else(|| "dumb".into()));
        }
        let reply =
            self.send([io::stdin().as_fd(), io::stdout().as_fd(), io::stderr().as_fd()].map(Some))?;
        self.wait(&reply)
    }

    /// Runs the command with nothing to read, and collects what it prints. Stops it after
    /// `timeout`, or when it prints more than a mebibyte.
    ///
    /// # Errors
    /// [`Error::TimedOut`], [`Error::TooMuchOutput`], and as [`Command::status`].
    pub fn output(&mut self, timeout: Duration) -> Result<Output, Error> {
        self.output_unless(timeout, None)
    }

    /// As [`Command::output`], and stopped also when there is something to read from `stop`: by
    /// somebody who has seen enough.
    ///
    /// # Errors
    /// [`Error::Stopped`], and as [`Command::output`].
    pub fn output_unless(
        &mut self,
        timeout: Duration,
        stop: Option<BorrowedFd<'_>>,
    ) -> Result<Output, Error> {
        let (stdout, their_stdout) = io::pipe()?;
        let (stderr, their_stderr) = io::pipe()?;
        let reply = self.send([None, Some(their_stdout.as_fd()), Some(their_stderr.as_fd())])?;
        drop((their_stdout, their_stderr));
        let mut streams = [Stream::new(stdout), Stream::new(stderr)];
        let until = output::collect(&mut streams, &reply, stop, Instant::now() + timeout)?;
        let [stdout, stderr] = streams.map(|stream| stream.bytes);
        let program = self.request.program.clone();
        match until {
            Until::Ended => Ok(Output { status: self.wait(&reply)?, stdout, stderr }),
            Until::Stopped => Err(Error::Stopped { program, printed: [stdout, stderr].concat() }),
            Until::TooMuch => Err(Error::TooMuchOutput { program, limit: output::LIMIT }),
            Until::Deadline => {
                let printed = [stdout, stderr].concat();
                Err(Error::TimedOut { program, limit: timeout, printed })
            }
        }
    }

    /// Hands the request and its streams to the monitor; `None` stands for `/dev/null`. Returns the
    /// socket for the reply.
    fn send(&self, streams: [Option<BorrowedFd<'_>>; 3]) -> Result<OwnedFd, Error> {
        if let Some(end) = self.link.end() {
            return Err(Error::Gone(end));
        }
        let null = File::open("/dev/null")?;
        let [stdin, stdout, stderr] = streams.map(|stream| stream.unwrap_or(null.as_fd()));
        let (reply, theirs) = pair()?;
        send(&self.link.socket, &self.request, &[stdin, stdout, stderr, theirs.as_fd()])
            .map_err(|error| self.not_started(error.to_string(), error.raw_os_error()))?;
        Ok(reply)
    }

    /// Waits for the end of the command. A terminal is served until then.
    fn wait(&self, reply: &OwnedFd) -> Result<ExitStatus, Error> {
        loop {
            let Some((answer, mut fds)) = receive::<Reply>(reply)? else {
                // The process that ran the command was ended with the lab: by a reboot, for
                // instance.
                return Ok(ExitStatus::from_raw(libc::SIGKILL));
            };
            match (answer, fds.pop()) {
                (Reply::Ended(status), _) => return Ok(ExitStatus::from_raw(status)),
                (Reply::NotStarted { cause, errno }, _) => {
                    return Err(self.not_started(cause, errno));
                }
                (Reply::Terminal, Some(master)) => relay::relay(master, reply)?,
                (Reply::Terminal, None) => {}
            }
        }
    }

    fn not_started(&self, mut cause: String, errno: Option<i32>) -> Error {
        let program = self.request.program.clone();
        // A directory of the host has the same path inside.
        let path = Path::new(&self.request.directory).join(&program);
        if errno == Some(libc::EACCES)
            && let Some(cure) = cure::noexec(&path)
        {
            cause = format!("{cause}: {cure}");
        }
        Error::Spawn { program, cause, errno }
    }
}

fn text(word: &OsStr) -> String {
    word.to_string_lossy().into_owned()
}
