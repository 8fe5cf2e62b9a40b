//! Builds submissions: all that are graded at once in one workspace, with one call of cargo.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Deserialize;

use super::submission::{Submission, write_if_changed};
use crate::error::Error;
use crate::project::Project;

/// The first build compiles the dependencies too. A submission can make the compiler itself run for ever.
const BUILD_TIMEOUT: Duration = Duration::from_secs(300);
/// What cargo may say about a build, in bytes.
const MESSAGES_MAX: u64 = 64 << 20;

/// What the compiler made of a package.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// The program, if there is one.
    pub program: Option<PathBuf>,
    /// Errors and warnings, as rustc prints them.
    pub messages: String,
    /// How many of them are warnings.
    pub warnings: usize,
}

/// Builds `submissions` in the folder `staging`. Each gets an entry by its name.
pub fn compile(
    project: &Project,
    staging: &Path,
    submissions: &[&Submission],
    color: bool,
) -> Result<HashMap<String, Built>, Error> {
    // Exercises without a program need no compiler.
    if submissions.is_empty() {
        return Ok(HashMap::new());
    }
    lay_workspace(project, staging, submissions).map_err(|error| Error::read(staging, error))?;
    let output = cargo(
        staging,
        &["build", "--workspace", "--keep-going"],
        project,
        color,
    )?;
    let mut built: HashMap<String, Built> = submissions
        .iter()
        .map(|submission| (submission.name.clone(), Built::default()))
        .collect();
    for message in messages(&output.stdout) {
        if let Some(built) = built.get_mut(&message.target.name) {
            built.take(message);
        }
    }
    // Cargo's own trouble, such as a dependency that cannot be fetched, is nobody's compile error.
    let silent = built
        .values()
        .all(|built| built.program.is_none() && built.messages.is_empty());
    if silent && !submissions.is_empty() {
        return Err(Error::Cargo {
            cause: last_words(&output.stderr),
        });
    }
    Ok(built)
}

/// Builds the check binary, once, and returns its path.
pub fn check_binary(project: &Project) -> Result<PathBuf, Error> {
    let output = cargo(
        &project.root,
        &["build", "--package", "check", "--test", "checks"],
        project,
        false,
    )?;
    messages(&output.stdout)
        .into_iter()
        .filter(|message| message.target.name == "checks")
        .find_map(|message| message.executable)
        .ok_or_else(|| Error::Cargo {
            cause: last_words(&output.stderr),
        })
}

/// Writes a workspace with the submissions as its members.
fn lay_workspace(project: &Project, staging: &Path, submissions: &[&Submission]) -> io::Result<()> {
    for submission in submissions {
        submission.lay(&staging.join(&submission.name))?;
    }
    let members: Vec<&str> = submissions
        .iter()
        .map(|submission| submission.name.as_str())
        .collect();
    let manifest = fs::read_to_string(project.exercises_dir().join("Cargo.toml"))?;
    write_if_changed(
        &staging.join("Cargo.toml"),
        with_members(&manifest, &members).as_bytes(),
    )?;
    if !staging.join("Cargo.lock").exists() {
        fs::copy(
            project.exercises_dir().join("Cargo.lock"),
            staging.join("Cargo.lock"),
        )?;
    }
    Ok(())
}

/// The exercises' workspace with other members.
pub(crate) fn with_members(manifest: &str, members: &[&str]) -> String {
    let mut lines: Vec<String> = manifest.lines().map(str::to_owned).collect();
    if let Some(line) = lines.iter_mut().find(|line| line.starts_with("members = ")) {
        *line = format!("members = {members:?}");
    }
    lines.join("\n") + "\n"
}

struct Said {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// Runs cargo, and ends it with all its compilers when it takes too long.
fn cargo(dir: &Path, args: &[&str], project: &Project, color: bool) -> Result<Said, Error> {
    let format = if color {
        "json-diagnostic-rendered-ansi"
    } else {
        "json"
    };
    let failed = |cause: String| Error::Cargo { cause };
    let mut child = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(args)
        .args(["--message-format", format])
        .current_dir(dir)
        .env("CARGO_TARGET_DIR", project.root.join("target"))
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("cannot run cargo: {error}; is Rust installed?")))?;
    let group = Pid::from_raw(child.id() as i32);
    let (stdout, stderr) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let said = stdout.recv_timeout(BUILD_TIMEOUT).ok();
    if said.is_none() {
        let _ = killpg(group, Signal::SIGKILL);
    }
    let _ = child.wait();
    match said {
        Some(stdout) => Ok(Said {
            stdout,
            stderr: stderr.recv().unwrap_or_default(),
        }),
        None => Err(failed(format!(
            "the build was stopped after {} s",
            BUILD_TIMEOUT.as_secs()
        ))),
    }
}

/// Reads a stream to its end beside the other one.
fn collect(stream: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            let _ = stream.take(MESSAGES_MAX).read_to_end(&mut bytes);
        }
        // Nobody waits any more when the build was stopped.
        let _ = sender.send(bytes);
    });
    receiver
}

/// One line of `--message-format=json`; see the Cargo book, "External tools".
#[derive(Deserialize)]
struct Message {
    target: Target,
    message: Option<Diagnostic>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    rendered: String,
    level: String,
}

fn messages(stdout: &[u8]) -> Vec<Message> {
    stdout
        .split(|&byte| byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

impl Built {
    fn take(&mut self, message: Message) {
        if let Some(diagnostic) = message.message {
            self.messages += &diagnostic.rendered;
            self.warnings += usize::from(diagnostic.level == "warning");
        }
        self.program = message.executable.or(self.program.take());
    }
}

/// The end of what cargo said, which is where the reason is.
fn last_words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = text
        .lines()
        .rev()
        .filter(|line| !line.trim().is_empty())
        .take(6)
        .collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("; ")
}
