//! Runs cargo, within a time, and reads what it says; see the Cargo book, "External tools".

use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Deserialize;

use super::compiler;
use super::sandbox::Sandbox;
use crate::error::Error;
use crate::project::Project;

/// How long a build may take: the first one compiles the dependencies too.
const FIRST_TIMEOUT: Duration = Duration::from_secs(300);
/// And how much longer for each submission, on a machine that does much else.
const MORE_TIMEOUT: Duration = Duration::from_secs(10);
/// A build that takes longer than this shows how it goes on.
const SILENCE: Duration = Duration::from_secs(1);
/// What cargo may say about a build, in bytes.
const OUTPUT_MAX: u64 = 64 << 20;

/// What is to be built, and where.
pub(super) struct Build<'a> {
    pub(super) project: &'a Project,
    pub(super) dir: &'a Path,
    pub(super) args: &'a [&'a str],
    /// How many submissions are built, with the compiler under limits.
    pub(super) submissions: u32,
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
    /// Runs cargo, and ends it with all its compilers when it takes too long.
    pub(super) fn run(&self) -> Result<Output, Error> {
        match self.sandbox {
            Some(sandbox) => sandbox.serve(|| self.run_cargo()),
            None => self.run_cargo(),
        }
    }

    fn run_cargo(&self) -> Result<Output, Error> {
        let failed = |cause: String| Error::Cargo { cause };
        let mut child = self.command().spawn().map_err(|error| {
            failed(format!("cargo does not start: {error}; is Rust installed? https://rustup.rs"))
        })?;
        let group = Pid::from_raw(child.id().cast_signed());
        let stdout = beside(child.stdout.take(), |stream| {
            let mut bytes = Vec::new();
            // What was read before an error counts.
            let _ = stream.read_to_end(&mut bytes);
            messages(&bytes)
        });
        let stderr = beside(child.stderr.take(), progress);
        let limit = FIRST_TIMEOUT + MORE_TIMEOUT * self.submissions;
        let messages = stdout.recv_timeout(limit);
        if messages.is_err() {
            // A group that has ended by itself in this moment is as good as killed.
            let _ = killpg(group, Signal::SIGKILL);
        }
        child.wait().map_err(|error| failed(error.to_string()))?;
        let messages =
            messages.map_err(|_| failed(format!("it was stopped after {} s", limit.as_secs())))?;
        Ok(Output { messages, stderr: stderr.recv().unwrap_or_default() })
    }

    fn command(&self) -> Command {
        let format = match self.color {
            true => "json-diagnostic-rendered-ansi",
            false => "json",
        };
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
        if self.submissions > 0 {
            compiler::wrap(&mut command, self.sandbox.map(Sandbox::name));
        }
        command
    }
}

/// Reads a stream in a thread of its own.
fn beside<T: Send + 'static>(
    stream: Option<impl Read + Send + 'static>,
    read: fn(&mut dyn Read) -> T,
) -> mpsc::Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        if let Some(stream) = stream {
            // Nobody waits any more when the build was stopped.
            let _ = sender.send(read(&mut stream.take(OUTPUT_MAX)));
        }
    });
    receiver
}

fn messages(stdout: &[u8]) -> Vec<Message> {
    stdout
        .split(|&byte| byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

/// Reads what cargo tells people, and shows it to somebody who would otherwise look at nothing for
/// long.
fn progress(stderr: &mut dyn Read) -> String {
    let (begin, watched) = (Instant::now(), io::stderr().is_terminal());
    let mut text = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        let is_news = line.trim_start().starts_with("Compiling") && begin.elapsed() > SILENCE
            || line.trim_start().starts_with("Blocking");
        if watched && is_news {
            // A terminal that has gone away stops no build.
            let _ = writeln!(io::stderr(), "{line}");
        }
        text += &line;
        text.push('\n');
    }
    text
}
