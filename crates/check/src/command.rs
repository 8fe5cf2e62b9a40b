//! A command of the system's that the check runs for itself, with a limit on its time.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::retry_on_intr;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// Runs `command`, and returns what it has printed and how it has ended. None if it was there still
/// at the `deadline`, and was killed.
///
/// timeout(1) can do that too. It is a second program to start for each question, and a check asks
/// hundreds.
pub(crate) fn output_by(command: &mut Command, deadline: Instant) -> io::Result<Option<Output>> {
    // Files in memory take what is said without anybody who reads meanwhile.
    let memory = |name| memfd_create(name, MemfdFlags::CLOEXEC).map(File::from);
    let (stdout, stderr) = (memory("stdout")?, memory("stderr")?);
    command.stdin(Stdio::null()).stdout(stdout.try_clone()?).stderr(stderr.try_clone()?);
    let mut child = command.spawn()?;
    let has_ended = ends_by(&child, deadline);
    if !matches!(has_ended, Ok(true)) {
        // If it has ended in this very moment, that is too late as well.
        let _ = child.kill();
    }
    let status = child.wait()?;
    if !has_ended? {
        return Ok(None);
    }
    Ok(Some(Output { status, stdout: content(stdout)?, stderr: content(stderr)? }))
}

/// Waits for the end, or for the `deadline`: whether it has ended. See pidfd_open(2).
fn ends_by(child: &Child, deadline: Instant) -> io::Result<bool> {
    let process = pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    let left = Timespec::try_from(deadline.saturating_duration_since(Instant::now())).ok();
    let mut fds = [PollFd::new(&process, PollFlags::IN)];
    Ok(retry_on_intr(|| poll(&mut fds, left.as_ref()))? > 0)
}

fn content(mut file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}
