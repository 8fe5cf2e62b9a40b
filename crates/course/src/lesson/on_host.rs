//! Runs a command on the learner's own machine: only to build what the lab then runs.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use check_report::text;

use super::answer::Answer;
use crate::chapter::ConsoleCommand;
use crate::error::{Error, said};

/// Seconds; a first build on a slow machine takes minutes.
const TIMEOUT: &str = "900";
/// What a command may print, in bytes.
const OUTPUT_LIMIT: usize = 1 << 20;

/// Runs `command` in the project's `root` and shows what it prints as it comes, in `out`.
pub(super) fn run(
    command: &ConsoleCommand,
    root: &Path,
    out: &mut dyn Write,
) -> Result<Answer, Error> {
    let cannot_run = |cause| {
        let (command, cause) = (&command.command, said(&cause));
        Error::Says(text!("cannot run `{command}`: {cause}", command, cause))
    };
    // One pipe for both streams keeps their order.
    let (mut reader, writer) = io::pipe().map_err(cannot_run)?;
    let mut child = Command::new("timeout")
        .args(["--foreground", TIMEOUT, "bash", "-c", &command.command])
        .current_dir(root)
        // Chapters name programs by this path, wherever else the learner has cargo put them.
        .env("CARGO_TARGET_DIR", root.join("target"))
        .stdin(Stdio::null())
        .stdout(writer.try_clone().map_err(cannot_run)?)
        .stderr(writer)
        .spawn()
        .map_err(cannot_run)?;
    let copied = copy(&mut reader, out);
    // Nobody reads any more, or the command prints without end: then we end it.
    if !matches!(copied, Ok(Some(_))) {
        child.kill().map_err(cannot_run)?;
        drop(reader);
    }
    let status = child.wait().map_err(cannot_run)?;
    match copied? {
        Some(output) => Ok(Answer::new(&output, status)),
        None => Err(cannot_run(io::Error::other("it printed more than 1 MiB"))),
    }
}

/// All that `reader` holds, shown as it comes; none if there is too much.
fn copy(reader: &mut impl Read, out: &mut dyn Write) -> Result<Option<Vec<u8>>, Error> {
    let mut output = Vec::new();
    let mut chunk = [0; 8192];
    while output.len() <= OUTPUT_LIMIT {
        let count = reader.read(&mut chunk).map_err(Error::input)?;
        if count == 0 {
            return Ok(Some(output));
        }
        output.extend_from_slice(&chunk[..count]);
        out.write_all(&chunk[..count]).and_then(|()| out.flush()).map_err(Error::Output)?;
    }
    Ok(None)
}
