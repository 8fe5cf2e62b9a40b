//! Runs cargo, as long as it makes progress, and reads what it says; see the Cargo book, "External
//! tools".

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use check_report::text;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Deserialize;

use super::compiler;
use super::progress::progress;
use super::sandbox::Sandbox;
use crate::error::Error;
use crate::project::Project;

/// How long cargo may say nothing new. A build that goes on is never stopped, however slow the
/// machine is: what a single submission may take, the compiler's own limits say.
const STANDSTILL: Duration = Duration::from_secs(600);
/// What cargo may say about a build, in bytes.
const OUTPUT_MAX: u64 = 64 << 20;

/// What is to be built, and where.
pub(super) struct Build<'a> {
    pub(super) project: &'a Project,
    pub(super) dir: &'a Path,
    pub(super) args: &'a [&'a str],
    /// Whether submissions are built, with the compiler under limits.
    pub(super) submissions: bool,
    /// Where the compiler runs then, if not on the host.
    pub(super) sandbox: Option<&'a Sandbox>,
    pub(super) color: bool,
}

/// What cargo told machines, and what it told people.
pub(super) struct Output {
    pub(super) messages: Vec<Message>,
    pub(super) stderr: String,
}

/// One line of `--message-format=json`.
#[derive(Deserialize)]
pub(super) struct Message {
    pub(super) target: Target,
    pub(super) message: Option<Diagnostic>,
    pub(super) executable: Option<PathBuf>,
}

/// What a message is about.
#[derive(Deserialize)]
pub(super) struct Target {
    pub(super) name: String,
}

/// An error or a warning of the compiler.
#[derive(Deserialize)]
pub(super) struct Diagnostic {
    pub(super) rendered: String,
}

impl Build<'_> {
    /// Runs cargo, and ends it with all its compilers when it stands still.
    pub(super) fn run(&self) -> Result<Output, Error> {
        match self.sandbox {
            Some(sandbox) => sandbox.serve(|| self.run_cargo()),
            None => self.run_cargo(),
        }
    }

    fn run_cargo(&self) -> Result<Output, Error> {
        let mut child = self.command().spawn().map_err(|error| {
            cannot_build(format!(
                "cargo does not start: {error}; is Rust installed? https://rustup.rs"
            ))
        })?;
        let group = Pid::from_raw(child.id().cast_signed());
        let heard = Arc::new(AtomicU64::new(0));
        let stdout = beside(child.stdout.take(), &heard, |stream| {
            let mut bytes = Vec::new();
            // What was read before an error counts.
            let _ = stream.read_to_end(&mut bytes);
            messages(&bytes)
        });
        let stderr = beside(child.stderr.take(), &heard, progress);
        let messages = until_standstill(&stdout, &heard);
        if messages.is_none() {
            // A group that has ended by itself in this moment is as good as killed.
            let _ = killpg(group, Signal::SIGKILL);
        }
        child.wait().map_err(|error| cannot_build(error.to_string()))?;
        let messages = messages.ok_or_else(|| {
            let silence = STANDSTILL.as_secs();
            cannot_build(format!("it was stopped: nothing has happened for {silence} s"))
        })?;
        Ok(Output { messages, stderr: stderr.recv().unwrap_or_default() })
    }

    fn command(&self) -> Command {
        let format = if self.color { "json-diagnostic-rendered-ansi" } else { "json" };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(self.args)
            .args(["--message-format", format])
            .current_dir(self.dir)
            .env("CARGO_TARGET_DIR", self.project.root.join("target"))
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if self.submissions {
            compiler::wrap(&mut command, self.sandbox.map(Sandbox::name));
        }
        command
    }
}

/// Waits for what is read beside; nothing if no byte has come for [`STANDSTILL`].
fn until_standstill<T>(receiver: &mpsc::Receiver<T>, heard: &AtomicU64) -> Option<T> {
    loop {
        let before = heard.load(Ordering::Relaxed);
        match receiver.recv_timeout(STANDSTILL) {
            Ok(value) => return Some(value),
            Err(RecvTimeoutError::Timeout) if heard.load(Ordering::Relaxed) > before => {}
            Err(_) => return None,
        }
    }
}

/// Reads a stream in a thread of its own, and counts in `heard` what came.
fn beside<T: Send + 'static>(
    stream: Option<impl Read + Send + 'static>,
    heard: &Arc<AtomicU64>,
    read: fn(&mut dyn Read) -> T,
) -> mpsc::Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    let heard = Arc::clone(heard);
    thread::spawn(move || {
        if let Some(stream) = stream {
            let mut stream = Counted { stream: stream.take(OUTPUT_MAX), heard };
            // Nobody waits any more when the build was stopped.
            let _ = sender.send(read(&mut stream));
        }
    });
    receiver
}

/// A stream whose bytes are counted: as long as they come, the build goes on.
struct Counted<R> {
    stream: R,
    heard: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.heard.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

fn messages(stdout: &[u8]) -> Vec<Message> {
    stdout
        .split(|&byte| byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

/// Cargo failed for a reason that is not the submission's.
pub(super) fn cannot_build(cause: String) -> Error {
    Error::Says(text!("cannot build: {cause}", cause))
}
