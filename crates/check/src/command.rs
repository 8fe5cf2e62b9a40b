//! A command of the system's that the check runs for itself, with a limit on its time.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::process::{ChildStdout, Command, Output, Stdio};
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};

/// Runs `command`, and returns what it has printed and how it has ended. None if it was there still
/// at the `deadline`, and was killed.
///
/// timeout(1) can do that too. It is a second program to start for each question, and a check asks
/// hundreds.
pub(crate) fn output_by(command: &mut Command, deadline: Instant) -> io::Result<Option<Output>> {
    // A file in memory takes what is said without anybody who reads meanwhile.
    let mut said = File::from(memfd_create("stderr", MFdFlags::MFD_CLOEXEC)?);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(said.try_clone()?);
    let mut child = command.spawn()?;
    let printed = child.stdout.take().map(|pipe| read_by(pipe, deadline)).transpose();
    if !matches!(printed, Ok(Some(Some(_)))) {
        // If it has ended in this very moment, that is too late as well.
        let _ = child.kill();
    }
    // Whoever closes the standard output is about to end.
    let status = child.wait()?;
    let Some(stdout) = printed?.flatten() else { return Ok(None) };
    let mut stderr = Vec::new();
    said.rewind()?;
    said.read_to_end(&mut stderr)?;
    Ok(Some(Output { status, stdout, stderr }))
}

/// All that comes; None if more could come after the `deadline`.
fn read_by(mut pipe: ChildStdout, deadline: Instant) -> io::Result<Option<Vec<u8>>> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let mut fds = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
        }
        match pipe.read(&mut buffer)? {
            0 => return Ok(Some(bytes)),
            length => bytes.extend_from_slice(&buffer[..length]),
        }
    }
}
