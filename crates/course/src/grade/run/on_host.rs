//! Runs a check on the host: one that only reads files, or one for which no lab can run. There is
//! no sandbox, and the verdict says so.

use std::fs::{self, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, Uid};

use super::Run;
use super::transcript::{CHECK_TIMEOUT, Transcript};

/// How much a check may print on each stream, in bytes.
const OUTPUT_MAX: u64 = 1 << 20;
/// The user that owns nothing; a submission that is checked by root runs as it.
const NOBODY: u32 = 65_534;

/// How often we look for processes that are left.
const SWEEPS_MAX: usize = 1000;

impl Run<'_> {
    /// Runs the check binary, ended with its group when it takes too long.
    pub(super) fn on_host(&self, args: &[&str]) -> io::Result<Transcript> {
        let mut command = Command::new(&self.layout.check);
        command.args(args).env_clear().envs(self.env());
        if Uid::effective().is_root() && has_nobody() {
            command.env("SUBMISSION_UID", NOBODY.to_string());
        }
        // What the submission started and let go of becomes ours when its parent ends, and is
        // found; see PR_SET_CHILD_SUBREAPER(2const). One check at a time, so that it is clear whose
        // it is.
        static TURN: Mutex<()> = Mutex::new(());
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        // Another account must reach what the check writes there, so it can't be in the project.
        let scratch = tempfile::Builder::new()
            .prefix("course-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir()?;
        command.env("TMPDIR", scratch.path());
        set_child_subreaper(true)?;
        let before = children();
        let mut child = command
            .current_dir("/tmp")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (sender, receiver) = mpsc::channel();
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let errors = thread::spawn(move || read(stderr));
        thread::spawn(move || sender.send(read(stdout)));
        let group = Pid::from_raw(child.id() as i32);
        let stdout = receiver.recv_timeout(CHECK_TIMEOUT);
        let in_time = stdout.is_ok();
        if !in_time {
            // What the check started ends with it.
            let _ = killpg(group, Signal::SIGKILL);
        }
        let status = child.wait()?;
        sweep(&before);
        let stdout = stdout.or_else(|_| receiver.recv()).unwrap_or_default();
        let stderr = errors.join().unwrap_or_default();
        Ok(if in_time {
            Transcript::ended(&stdout, &stderr, status)
        } else {
            Transcript::timed_out(&stdout, &stderr, CHECK_TIMEOUT)
        })
    }
}

/// Whether there is a user [`NOBODY`] to become. In a container with one user id there is only
/// root; see user_namespaces(7).
fn has_nobody() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.lines().any(|line| {
        let mut numbers = line.split_whitespace().map(|number| number.parse::<u32>());
        match (numbers.next(), numbers.nth(1)) {
            (Some(Ok(first)), Some(Ok(count))) => first <= NOBODY && NOBODY - first < count,
            _ => false,
        }
    })
}

/// Ends all children that we have now and had not before, and those that become ours by that.
fn sweep(before: &[Pid]) {
    // A fork bomb has a limit of its own, so this comes to an end; if not, we do.
    for _ in 0..SWEEPS_MAX {
        let left: Vec<Pid> = children().into_iter().filter(|pid| !before.contains(pid)).collect();
        if left.is_empty() {
            return;
        }
        // All at once: what is killed one by one has time to fork.
        for &pid in &left {
            let _ = kill(pid, Signal::SIGSTOP);
        }
        for pid in left {
            if kill(pid, Signal::SIGKILL).is_ok() {
                let _ = waitpid(pid, None);
            }
        }
    }
}

/// Our child processes, except those that run our own program: the monitors of labs.
fn children() -> Vec<Pid> {
    let own = fs::read_link("/proc/self/exe").ok();
    let parent = format!("PPid:\t{}\n", std::process::id());
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter(|process| {
            let status = fs::read_to_string(process.path().join("status")).unwrap_or_default();
            status.contains(&parent) && fs::read_link(process.path().join("exe")).ok() != own
        })
        .filter_map(|process| process.file_name().to_str()?.parse().ok())
        .map(Pid::from_raw)
        .collect()
}

fn read(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        let _ = stream.take(OUTPUT_MAX).read_to_end(&mut bytes);
    }
    bytes
}
