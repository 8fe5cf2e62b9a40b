//! A command in a lab, built as with `std::process::Command`.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Output};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::pipe2;

use crate::error::Error;
use crate::protocol::{Account, Reply, Request, pair, receive, send};
use crate::{Lab, etc, pty};

/// Enough for any command of a lesson, on a machine that does much else.
pub const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// How much a command may print on each of its streams, in bytes.
const OUTPUT_LIMIT: usize = 1 << 20;

/// A command to run inside. Arguments and variables that are not UTF-8 lose what is not.
pub struct Command<'lab> {
    lab: &'lab Lab,
    request: Request,
}

impl<'lab> Command<'lab> {
    pub(crate) fn new(lab: &'lab Lab, program: &OsStr) -> Self {
        let request = Request {
            program: text(program),
            args: Vec::new(),
            env: Vec::new(),
            dir: "/".to_owned(),
            user: Account::Root,
            terminal: None,
        };
        let mut command = Command { lab, request };
        command
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin")
            .env("LANG", "C.UTF-8")
            .env("SHELL", "/bin/bash");
        command.env("HOME", "/root").env("USER", "root").env("LOGNAME", "root");
        command
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
        self.request.dir = text(dir.as_ref().as_os_str());
        self
    }

    /// Runs the command as the account `learner`, with a user manager of its own for `systemctl --user`; or as `root`.
    ///
    /// # Errors
    /// [`Error::NoUser`] for any other account, and for `learner` in a lab with one id.
    pub fn user(&mut self, user: &str) -> Result<&mut Self, Error> {
        match user {
            "root" => return Ok(self),
            "learner" if self.lab.mode().has_users() => {}
            _ => {
                return Err(Error::NoUser { user: user.to_owned(), mode: self.lab.mode() });
            }
        }
        let manager = format!("user@{}.service", etc::LEARNER);
        self.lab.command("systemctl").args(["start", &manager]).output(COMMAND_TIMEOUT)?;
        self.request.user = Account::Learner;
        let runtime = format!("/run/user/{}", etc::LEARNER);
        self.env("HOME", "/home/learner").env("USER", user).env("LOGNAME", user);
        Ok(self
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={runtime}/bus"))
            .env("XDG_RUNTIME_DIR", runtime))
    }

    /// Runs the command with the launcher's own streams and waits for it. When both ends are a terminal, the command
    /// gets a terminal of the lab's own.
    ///
    /// # Errors
    /// When it cannot be started, or the lab goes away.
    pub fn status(&mut self) -> Result<ExitStatus, Error> {
        if io::stdin().is_terminal() && io::stdout().is_terminal() {
            self.request.terminal = Some(pty::size());
            self.env("TERM", std::env::var_os("TERM").unwrap_or_else(|| "dumb".into()));
        }
        let reply =
            self.send([io::stdin().as_fd(), io::stdout().as_fd(), io::stderr().as_fd()].map(Some))?;
        self.wait(&reply)
    }

    /// Runs the command with nothing to read, and collects what it prints. Stops it after `timeout`, or when it prints
    /// more than a mebibyte.
    ///
    /// # Errors
    /// [`Error::TimedOut`], [`Error::TooMuchOutput`], and as [`Command::status`].
    pub fn output(&mut self, timeout: Duration) -> Result<Output, Error> {
        let (stdout, their_stdout) = pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
        let (stderr, their_stderr) = pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
        let reply = self.send([None, Some(their_stdout.as_fd()), Some(their_stderr.as_fd())])?;
        drop((their_stdout, their_stderr));
        let mut streams = [Collected::new(stdout), Collected::new(stderr)];
        let finished = self.collect(&mut streams, &reply, Instant::now() + timeout)?;
        let [stdout, stderr] = streams.map(|stream| stream.bytes);
        if !finished {
            let printed = [stdout, stderr].concat();
            return Err(Error::TimedOut {
                program: self.request.program.clone(),
                limit: timeout,
                printed,
            });
        }
        Ok(Output { status: self.wait(&reply)?, stdout, stderr })
    }

    /// Hands the request and its streams to the monitor; nothing stands for `/dev/null`. Returns the socket for the reply.
    fn send(&self, streams: [Option<std::os::fd::BorrowedFd>; 3]) -> Result<OwnedFd, Error> {
        if let Some(why) = self.lab.gone() {
            return Err(Error::Gone(why));
        }
        let null = File::open("/dev/null")?;
        let [stdin, stdout, stderr] = streams.map(|stream| stream.unwrap_or(null.as_fd()));
        let (reply, theirs) = pair()?;
        send(self.lab.control(), &self.request, &[stdin, stdout, stderr, theirs.as_fd()])
            .map_err(|error| self.not_started(error.to_string()))?;
        Ok(reply)
    }

    /// Waits for the end of the command. A terminal is served until then.
    fn wait(&self, reply: &OwnedFd) -> Result<ExitStatus, Error> {
        loop {
            let (answer, mut fds) = match receive::<Reply>(reply) {
                Ok(Some(answer)) => answer,
                // Whoever ran the command was ended with the lab: by a reboot, for instance.
                Ok(None) => return Ok(ExitStatus::from_raw(nix::libc::SIGKILL)),
                Err(error) => return Err(error.into()),
            };
            match (answer, fds.pop()) {
                (Reply::Ended(status), _) => return Ok(ExitStatus::from_raw(status)),
                (Reply::NotStarted(cause), _) => return Err(self.not_started(cause)),
                (Reply::Terminal, Some(master)) => pty::relay(master, reply)?,
                (Reply::Terminal, None) => {}
            }
        }
    }

    /// Reads both streams until they close, or until the command has ended and left them to a child. False after `deadline`.
    fn collect(
        &self,
        streams: &mut [Collected; 2],
        reply: &OwnedFd,
        deadline: Instant,
    ) -> Result<bool, Error> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let mut fds: Vec<PollFd> = vec![PollFd::new(reply.as_fd(), PollFlags::POLLIN)];
            let open: Vec<usize> = (0..2).filter(|&index| streams[index].pipe.is_some()).collect();
            fds.extend(
                open.iter()
                    .filter_map(|&index| streams[index].pipe.as_ref())
                    .map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)),
            );
            match poll(&mut fds, PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)) {
                Ok(0) => return Ok(false),
                Ok(_) | Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
            let ready: Vec<bool> = fds.iter().map(|fd| fd.any() == Some(true)).collect();
            let mut read = false;
            for (&index, _) in open.iter().zip(&ready[1..]).filter(|(_, ready)| **ready) {
                read = true;
                streams[index].read()?;
                if streams[index].bytes.len() > OUTPUT_LIMIT {
                    return Err(Error::TooMuchOutput {
                        program: self.request.program.clone(),
                        limit: OUTPUT_LIMIT,
                    });
                }
            }
            // All that the command itself printed is in the pipes when it ends.
            if ready[0] && !read {
                return Ok(true);
            }
        }
    }

    fn not_started(&self, cause: String) -> Error {
        Error::Spawn { program: self.request.program.clone(), cause }
    }
}

/// One stream of a command: the pipe until it closes, and what came through it.
struct Collected {
    pipe: Option<File>,
    bytes: Vec<u8>,
}

impl Collected {
    fn new(pipe: OwnedFd) -> Self {
        Collected { pipe: Some(File::from(pipe)), bytes: Vec::new() }
    }

    fn read(&mut self) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else {
            return Ok(());
        };
        let mut buffer = [0; 16 * 1024];
        match pipe.read(&mut buffer)? {
            0 => self.pipe = None,
            length => self.bytes.extend_from_slice(&buffer[..length]),
        }
        Ok(())
    }
}

fn text(word: &OsStr) -> String {
    word.to_string_lossy().into_owned()
}
