//! Runs one command inside a lab: joins its namespaces and forks, so that the command is in the pid
//! namespace too. Or runs one outside, with the lab's files before it.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Gid, Pid, setsid};

use super::terminal;
use crate::protocol::{Account, Plan, Position, Reply, Request, send};
use crate::seccomp::{self, Writes};
use crate::{process, ready};

/// What comes with a request: standard input, output and error, and the socket for the reply.
pub(super) type Streams = [OwnedFd; 4];

/// The boot that commands run in.
pub(super) struct Boot<'a> {
    pub(super) plan: &'a Plan,
    pub(super) pid1: &'a OwnedFd,
    /// The mount namespace for commands outside.
    pub(super) mounts: &'a OwnedFd,
    /// The directory of the lab's root cgroup.
    pub(super) cgroup: &'a Path,
}

/// Runs `request` in the lab, or outside, in a process forked for it, and replies when it has
/// ended.
pub(super) fn run(boot: &Boot<'_>, request: &Request, streams: Streams) -> i32 {
    let [stdin, stdout, stderr, reply] = streams;
    let started = enter(boot, request.position)
        .and_then(|scope| start(request, [stdin, stdout, stderr], scope, &reply));
    let answer = match started {
        Ok(child) => {
            let answer = wait(child, &reply);
            // systemd-shutdown(8) waits for all processes, and looks again only at the end of a
            // child of its own.
            let _ = rustix::process::pidfd_send_signal(boot.pid1, rustix::process::Signal::CHILD);
            answer
        }
        // A lab that goes down takes no more processes. This command was ended by that, like those
        // that ran already.
        Err(error) if !is_about_program(&error) && goes_down(boot.pid1) => None,
        Err(error) => {
            Some(Reply::NotStarted { cause: error.to_string(), errno: error.raw_os_error() })
        }
    };
    // The launcher may have lost interest; then nobody is there to be told.
    if let Some(answer) = answer {
        let _ = send(&reply, &answer, &[]);
    }
    0
}

fn naming(what: &str, error: impl Into<io::Error>) -> io::Error {
    io::Error::other(format!("{what}: {}", error.into()))
}

fn is_about_program(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied)
}

/// Whether PID 1 ends now; a moment may pass between its last process and its own end.
fn goes_down(pid1: &OwnedFd) -> bool {
    let deadline = Instant::now() + Duration::from_millis(100);
    ready::wait([pid1.as_fd()], Some(deadline)).is_ok_and(|[ended]| ended)
}

/// Moves this process to the namespaces where `position` is. Its children will be in the pid
/// namespace there; it is not itself, and so stays out of the cgroup too, where systemd would see a
/// process without a number. Returns the file by which a child joins the lab's cgroup, if it is to.
fn enter(boot: &Boot<'_>, position: Position) -> io::Result<Option<File>> {
    let mut flags = CloneFlags::CLONE_NEWUTS | CloneFlags::CLONE_NEWIPC | CloneFlags::CLONE_NEWNET;
    if boot.plan.mode.has_user_namespace() {
        flags |= CloneFlags::CLONE_NEWUSER;
    } else {
        process::drop_host_capabilities();
    }
    let mut scope = None;
    let entered = match position {
        Position::Inside => {
            // systemd keeps its own processes in init.scope, so that the root of the tree stays
            // free. Opened from outside.
            let procs = boot.cgroup.join("init.scope/cgroup.procs");
            let procs = OpenOptions::new().write(true).open(procs);
            scope = Some(procs.map_err(|error| naming("cannot open the lab's cgroup", error))?);
            flags |=
                CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWCGROUP;
            setns(boot.pid1, flags)
        }
        Position::Outside => setns(boot.pid1, flags)
            .and_then(|()| setns(boot.mounts, CloneFlags::CLONE_NEWNS))
            // What is started here ends with the first process of the new pid namespace, which is
            // the command.
            .and_then(|()| unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWPID)),
    };
    entered.map_err(|errno| naming("cannot enter the lab's namespaces", errno))?;
    if boot.plan.mode.has_user_namespace() {
        process::become_lab_root(boot.plan.mode)
            .map_err(|errno| naming("cannot become the lab's root", errno))?;
    }
    seccomp::close(Writes::of(boot.plan))
        .map_err(|error| naming("cannot filter system calls", error))?;
    if position == Position::Outside {
        close_private_socket();
    }
    Ok(scope)
}

/// Makes systemctl(1) ask systemd by way of D-Bus. On its private socket, systemd turns away those
/// whose process id it cannot see, and systemctl those that it cannot see.
fn close_private_socket() {
    let (null, socket) = (Some("/dev/null"), "/run/systemd/private");
    // A boot that has no such socket needs no other file over it.
    let _ = mount(null, socket, None::<&str>, MsFlags::MS_BIND, None::<&str>);
}

/// A `/proc` for the pid namespace of a command outside.
fn own_proc() -> nix::Result<()> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), "/proc", Some("proc"), flags, None::<&str>)
}

fn start(
    request: &Request,
    streams: [OwnedFd; 3],
    mut scope: Option<File>,
    reply: &OwnedFd,
) -> io::Result<Child> {
    if !Path::new(&request.directory).is_dir() {
        let missing = format!("there is no directory {}", request.directory);
        return Err(io::Error::new(ErrorKind::NotFound, missing));
    }
    let [stdin, stdout, stderr] = match request.terminal {
        Some(size) => terminal::open(size, reply)?,
        None => streams,
    };
    let mut command = Command::new(&request.program);
    command
        .args(&request.args)
        .env_clear()
        .envs(request.env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::from(stdin))
        .stdout(Stdio::from(stdout))
        .stderr(Stdio::from(stderr));
    let on_terminal = request.terminal.is_some();
    let (learner, directory) = (request.user == Account::Learner, request.directory.clone());
    let prepare = move || {
        match &mut scope {
            // 0 stands for the process that writes.
            Some(scope) => scope.write_all(b"0")?,
            None => own_proc()?,
        }
        // A session of its own: the command and its children can be ended together, and may get a
        // terminal.
        setsid()?;
        if on_terminal {
            terminal::control_stdin()?;
        }
        if learner {
            let groups = [Account::JOURNAL_GROUP, Account::LEARNER_ID].map(Gid::from_raw);
            process::become_user(Account::LEARNER_ID, Some(&groups))?;
        }
        std::env::set_current_dir(&directory)
    };
    // SAFETY: this process has one thread, so that nothing can be locked in the child.
    unsafe { command.pre_exec(prepare) };
    command.spawn()
}

/// Waits until the command ends, or until the launcher hangs up: then the command is ended, with
/// its children.
fn wait(mut child: Child, reply: &OwnedFd) -> Option<Reply> {
    let group = Pid::from_raw(child.id() as i32);
    let ended = process::pidfd(group).ok()?;
    let [has_ended, hung_up] = ready::wait([ended.as_fd(), reply.as_fd()], None).ok()?;
    if hung_up && !has_ended {
        let _ = killpg(group, Signal::SIGKILL);
    }
    let status = child.wait().ok()?;
    has_ended.then(|| Reply::Ended(status.into_raw()))
}
