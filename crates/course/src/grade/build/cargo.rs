//! Runs cargo, as long as it makes progress, and reads what it says; see the Cargo book, "External
//! tools".

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use check_report::text;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Deserialize;

use super::progress::Progress;
use crate::error::Error;
use crate::project::Project;

/// How long cargo may say nothing new. A build that goes on is never stopped, however slow the
/// machine is: what a single submission may take, the compiler's own limits say.
const STANDSTILL: Duration = Duration::from_secs(600);
/// What cargo may say about a build, in bytes.
const OUTPUT_MAX: u64 = 64 << 20;

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

/// A line of cargo's.
enum Line {
    ForMachines(Vec<u8>),
    ForPeople(Vec<u8>),
}

/// A build in the directory `dir`, whose messages are of the kind `format`; its other arguments are
/// to be added.
pub(super) fn build(project: &Project, dir: &Path, format: &str) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--keep-going", "--message-format", format])
        .current_dir(dir)
        .env("CARGO_TARGET_DIR", project.root.join("target"));
    command
}

/// Runs `cargo`, and ends it with all its compilers when it stands still.
pub(super) fn run(mut cargo: Command) -> Result<Output, Error> {
    cargo.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = cargo.spawn().map_err(|error| {
        cannot_build(format!("cargo does not start: {error}; is Rust installed? https://rustup.rs"))
    })?;
    let group = Pid::from_raw(child.id().cast_signed());
    let (sender, lines) = mpsc::channel();
    pass_on(child.stdout.take(), sender.clone(), Line::ForMachines);
    pass_on(child.stderr.take(), sender, Line::ForPeople);
    let mut output = Output { messages: Vec::new(), stderr: String::new() };
    let mut progress = Progress::new();
    let ended = loop {
        match lines.recv_timeout(STANDSTILL) {
            Ok(Line::ForMachines(line)) => output.messages.extend(serde_json::from_slice(&line)),
            Ok(Line::ForPeople(line)) => {
                let line = String::from_utf8_lossy(&line);
                progress.hear(&line);
                output.stderr.extend([&line, "\n"]);
            }
            Err(RecvTimeoutError::Disconnected) => break true,
            Err(RecvTimeoutError::Timeout) => break false,
        }
    };
    if !ended {
        // A group that has ended by itself in this moment is as good as killed.
        let _ = killpg(group, Signal::SIGKILL);
    }
    child.wait().map_err(|error| cannot_build(error.to_string()))?;
    if ended {
        return Ok(output);
    }
    let silence = STANDSTILL.as_secs();
    Err(cannot_build(format!("it was stopped: nothing has happened for {silence} s")))
}

/// Reads a stream in a thread of its own, and sends its lines.
fn pass_on(
    stream: Option<impl Read + Send + 'static>,
    sender: Sender<Line>,
    line: fn(Vec<u8>) -> Line,
) {
    let lines = stream.map(|stream| BufReader::new(stream.take(OUTPUT_MAX)).split(b'\n'));
    thread::spawn(move || {
        for text in lines.into_iter().flatten().map_while(Result::ok) {
            if sender.send(line(text)).is_err() {
                // The build was stopped.
                return;
            }
        }
    });
}

/// Cargo failed for a reason that is not the submission's.
pub(super) fn cannot_build(cause: String) -> Error {
    Error::Says(text!("cannot build: {cause}", cause))
}
