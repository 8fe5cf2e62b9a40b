//! Runs one command inside a lab: joins its cgroup and its namespaces, then forks, so that the command is in the pid namespace too.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, setns};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Gid, Pid, Uid, setgroups, setresgid, setresuid, setsid};

use crate::etc::LEARNER;
use crate::protocol::{Account, Reply, Request, send};
use crate::{Mode, process, pty};

/// The four descriptors that come with a request.
pub(crate) struct Streams {
    pub(crate) stdin: OwnedFd,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
    pub(crate) reply: OwnedFd,
}

impl Streams {
    pub(crate) fn from_fds(fds: Vec<OwnedFd>) -> Option<Self> {
        let [stdin, stdout, stderr, reply]: [OwnedFd; 4] = fds.try_into().ok()?;
        Some(Streams { stdin, stdout, stderr, reply })
    }
}

/// Runs `request` in the lab whose PID 1 is `pid1`, in a process forked for it, and replies when it has ended.
pub(crate) fn run(
    mode: Mode,
    pid1: &OwnedFd,
    cgroup: &Path,
    request: &Request,
    streams: Streams,
) -> i32 {
    let Streams { stdin, stdout, stderr, reply } = streams;
    // systemd keeps its own processes in init.scope, so that the root of the tree stays free. Opened here, from outside.
    let scope = OpenOptions::new().write(true).open(cgroup.join("init.scope/cgroup.procs"));
    let started = enter(mode, pid1).and_then(|()| {
        let scope = scope
            .map_err(|error| io::Error::other(format!("cannot open the lab's cgroup: {error}")))?;
        start(request, [stdin, stdout, stderr], scope, &reply)
    });
    let answer = match started {
        Ok(child) => {
            let answer = wait(child, &reply);
            // systemd-shutdown(8) waits for all processes, and looks again only at the end of a child of its own.
            process::signal(pid1, Signal::SIGCHLD);
            answer
        }
        // A lab that is going down takes no more processes: this one was ended by that, like those that it had.
        Err(error) if !is_about_program(&error) && goes_down(pid1) => None,
        Err(error) => Some(Reply::NotStarted(error.to_string())),
    };
    // The launcher may have lost interest; then nobody is there to be told.
    if let Some(answer) = answer {
        let _ = send(&reply, &answer, &[]);
    }
    0
}

fn is_about_program(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied)
}

/// Whether PID 1 ends now; a moment may pass between its last process and its own end.
fn goes_down(pid1: &OwnedFd) -> bool {
    let mut fds = [PollFd::new(pid1.as_fd(), PollFlags::POLLIN)];
    poll(&mut fds, PollTimeout::from(100u8)).is_ok_and(|ready| ready > 0)
}

/// Moves this process to the lab's namespaces. Its children will be in the lab's pid namespace; it is not itself, and
/// so stays out of the cgroup too, where systemd would see a process without a number.
fn enter(mode: Mode, pid1: &OwnedFd) -> io::Result<()> {
    let mut flags = CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWCGROUP;
    if mode.has_user_namespace() {
        flags |= CloneFlags::CLONE_NEWUSER;
    } else {
        process::drop_host_capabilities();
    }
    setns(pid1, flags)
        .map_err(|errno| io::Error::other(format!("cannot enter the lab's namespaces: {errno}")))?;
    if mode.has_user_namespace() {
        become_user(mode, Uid::from_raw(0), Gid::from_raw(0))
            .map_err(|errno| io::Error::other(format!("cannot become the lab's root: {errno}")))?;
    }
    Ok(())
}

fn become_user(mode: Mode, uid: Uid, gid: Gid) -> nix::Result<()> {
    if mode.has_users() {
        setgroups(&[])?;
    }
    setresgid(gid, gid, gid)?;
    setresuid(uid, uid, uid)
}

fn start(
    request: &Request,
    streams: [OwnedFd; 3],
    mut scope: File,
    reply: &OwnedFd,
) -> io::Result<Child> {
    if !Path::new(&request.dir).is_dir() {
        let missing = format!("there is no folder {}", request.dir);
        return Err(io::Error::new(io::ErrorKind::NotFound, missing));
    }
    let mut command = Command::new(&request.program);
    command
        .args(&request.args)
        .env_clear()
        .envs(request.env.iter().map(|(name, value)| (name, value)));
    let terminal = request.terminal.is_some();
    let [stdin, stdout, stderr] = match request.terminal {
        Some(size) => pty::open(size, reply)?,
        None => streams,
    };
    command.stdin(Stdio::from(stdin)).stdout(Stdio::from(stdout)).stderr(Stdio::from(stderr));
    let (learner, dir) = (request.user == Account::Learner, request.dir.clone());
    let prepare = move || {
        // 0 stands for the process that writes.
        scope.write_all(b"0")?;
        // A session of its own: the command and its children can be ended together, and may get a terminal.
        setsid()?;
        if terminal {
            pty::control_stdin()?;
        }
        if learner {
            // The learner may read the journal; see systemd-journald.service(8).
            setgroups(&[Gid::from_raw(JOURNAL_GROUP), Gid::from_raw(LEARNER)])?;
            setresgid(Gid::from_raw(LEARNER), Gid::from_raw(LEARNER), Gid::from_raw(LEARNER))?;
            setresuid(Uid::from_raw(LEARNER), Uid::from_raw(LEARNER), Uid::from_raw(LEARNER))?;
        }
        std::env::set_current_dir(&dir)
    };
    // SAFETY: this process has one thread, so that nothing can be locked in the child.
    unsafe { command.pre_exec(prepare) };
    command.spawn()
}

/// The group that may read the journal, as `etc.rs` writes it.
const JOURNAL_GROUP: u32 = 101;

/// Waits until the command ends, or until the launcher hangs up: then the command is ended, with its children.
fn wait(mut child: Child, reply: &OwnedFd) -> Option<Reply> {
    let group = Pid::from_raw(child.id() as i32);
    let Ok(ended) = process::pidfd(group) else {
        return Some(Reply::NotStarted("cannot watch it".to_owned()));
    };
    loop {
        let mut fds = [
            PollFd::new(ended.as_fd(), PollFlags::POLLIN),
            PollFd::new(reply.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut fds, PollTimeout::NONE) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return None,
        }
        if fds[0].any() == Some(true) {
            return child.wait().ok().map(|status| Reply::Ended(status.into_raw()));
        }
        if fds[1].any() == Some(true) {
            let _ = killpg(group, Signal::SIGKILL);
            let _ = child.wait();
            return None;
        }
    }
}
