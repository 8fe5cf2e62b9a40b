//! Builds submissions: all that are graded at once in one workspace, with one call of cargo.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::cargo::{Build, Message};
use super::compiler;
use super::submission::{Submission, write_if_changed};
use crate::error::Error;
use crate::project::Project;

/// How much of what the compiler says is kept, in bytes. Nobody reads on after the first hundred errors.
const MESSAGES_MAX: usize = 32 << 10;

/// What the compiler made of a package.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// The program, if there is one.
    pub program: Option<PathBuf>,
    /// Errors and warnings, as rustc prints them.
    pub messages: String,
    /// How many of them are warnings.
    pub warnings: usize,
    /// A file that is none of the submission's, and that the compiler was made to read.
    pub reads: Option<PathBuf>,
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
    let said = Build {
        project,
        dir: staging,
        args: &["build", "--workspace", "--keep-going"],
        limited: true,
        color,
    }
    .run()?;
    let mut built: HashMap<String, Built> =
        submissions.iter().map(|submission| (submission.name.clone(), Built::default())).collect();
    for message in said.messages {
        if let Some(built) = built.get_mut(&message.target.name) {
            built.take(message, staging);
        }
    }
    for (name, built) in &mut built {
        built.conclude(name, staging, &said.stderr);
    }
    // Cargo's own trouble, such as a dependency that cannot be fetched, is nobody's compile error.
    let silent = built.values().all(|built| built.program.is_none() && built.messages.is_empty());
    if silent && !submissions.is_empty() {
        return Err(Error::Cargo { cause: last_words(&said.stderr) });
    }
    Ok(built)
}

/// Builds the check binary, once, and returns its path.
pub fn check_binary(project: &Project) -> Result<PathBuf, Error> {
    let said = Build {
        project,
        dir: &project.root,
        args: &["build", "--package", "checks", "--test", "checks"],
        limited: false,
        color: false,
    }
    .run()?;
    said.messages
        .into_iter()
        .filter(|message| message.target.name == "checks")
        .find_map(|message| message.executable)
        .ok_or_else(|| Error::Cargo { cause: last_words(&said.stderr) })
}

/// Writes a workspace with the submissions as its members.
fn lay_workspace(project: &Project, staging: &Path, submissions: &[&Submission]) -> io::Result<()> {
    for submission in submissions {
        submission.lay(&staging.join(&submission.name))?;
    }
    let members: Vec<&str> =
        submissions.iter().map(|submission| submission.name.as_str()).collect();
    let manifest = fs::read_to_string(project.exercises_dir().join("Cargo.toml"))?;
    write_if_changed(&staging.join("Cargo.toml"), with_members(&manifest, &members).as_bytes())?;
    if !staging.join("Cargo.lock").exists() {
        fs::copy(project.exercises_dir().join("Cargo.lock"), staging.join("Cargo.lock"))?;
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

impl Built {
    fn take(&mut self, message: Message, staging: &Path) {
        let name = message.target.name;
        if let Some(diagnostic) = message.message {
            let primary = diagnostic.spans.iter().filter(|span| span.is_primary);
            let mut foreign = primary
                .map(|span| staging.join(&span.file_name))
                .filter(|file| !is_within(file, &staging.join(&name)));
            self.reads = self.reads.take().or(foreign.next());
            self.warnings += usize::from(diagnostic.level == "warning");
            self.add(&diagnostic.rendered);
        }
        self.program = message.executable.or(self.program.take());
    }

    fn add(&mut self, text: &str) {
        let more = "(the compiler says more)\n";
        if self.messages.len() + text.len() <= MESSAGES_MAX {
            self.messages += text;
        } else if !self.messages.ends_with(more) {
            self.messages += more;
        }
    }

    /// Looks at what came of a build: which files went into the program, or why there is none.
    fn conclude(&mut self, name: &str, staging: &Path, stderr: &str) {
        if let Some(program) = &self.program {
            self.reads =
                sources(program).into_iter().find(|file| !is_within(file, &staging.join(name)));
        } else if let Some(signal) = signal_of(name, stderr) {
            self.add(&(compiler::why_stopped(signal) + "\n"));
        }
    }
}

/// Whether `file` is in `folder`, by its path alone; one that leads up again may be anywhere.
fn is_within(file: &Path, folder: &Path) -> bool {
    let leads_up = file.components().any(|part| part == Component::ParentDir);
    file.starts_with(folder) && !leads_up
}

/// The files that `program` was made of, as the compiler has written them down beside it: `include_str!` and the like
/// are in that list too. See "dep-info files" in the Cargo book.
fn sources(program: &Path) -> Vec<PathBuf> {
    let list = fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let files = list.split_once(": ").map_or("", |(_, files)| files);
    // A space in a name has a backslash before it.
    let files = files.trim_end().replace("\\ ", "\0");
    files
        .split(' ')
        .filter(|file| !file.is_empty())
        .map(|file| file.replace('\0', " ").into())
        .collect()
}

/// The signal that ended the compiler of `name`, from cargo's `(signal: 24, SIGXCPU: …)`.
fn signal_of(name: &str, stderr: &str) -> Option<i32> {
    let (_, after) = stderr.split_once(&format!("could not compile `{name}`"))?;
    let (_, after) = after.split_once("(signal: ")?;
    let digits = after.split(|char: char| !char.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// The end of what cargo said, which is where the reason is.
fn last_words(stderr: &str) -> String {
    let lines: Vec<&str> =
        stderr.lines().rev().filter(|line| !line.trim().is_empty()).take(6).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("; ")
}
