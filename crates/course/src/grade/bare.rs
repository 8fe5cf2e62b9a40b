//! Runs a check on the host: one that only reads files, or one for which no lab can run. No sandbox; the verdict says so.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, Uid};

use super::heard::Said;
use super::judge::CHECK_TIMEOUT;

/// How much a check may print on each stream, in bytes.
const OUTPUT_MAX: u64 = 1 << 20;
/// The user that owns nothing; a submission that is checked by root runs as it.
const NOBODY: u32 = 65_534;

/// Runs the check binary, ended with its group when it takes too long.
pub(super) fn run(
    check: &Path,
    args: &[&str],
    env: Vec<(&'static str, String)>,
) -> io::Result<Said> {
    let mut command = Command::new(check);
    command
        .args(args)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .envs(env);
    if Uid::effective().is_root() {
        command.env("SUBMISSION_UID", NOBODY.to_string());
    }
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
    let stdout = stdout.or_else(|_| receiver.recv()).unwrap_or_default();
    let stderr = errors.join().unwrap_or_default();
    Ok(match in_time {
        true => Said::ended(&stdout, &stderr, status),
        false => Said::stopped(
            &stdout,
            &stderr,
            format!("the check was stopped after {CHECK_TIMEOUT:?}"),
        ),
    })
}

fn read(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        let _ = stream.take(OUTPUT_MAX).read_to_end(&mut bytes);
    }
    bytes
}
