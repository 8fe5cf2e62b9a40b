//! Builds submissions: all that are graded at once in one workspace, with one call of cargo.

mod cargo;
mod compiler;
mod progress;
mod sandbox;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use check_report::text;

pub use compiler::compile_if_asked;
pub(crate) use sandbox::Sandbox;

use self::cargo::{Message, cannot_build};
use super::submission::Submission;
use super::verdict::Refusal;
use crate::error::Error;
use crate::project::Project;

/// Lesson 2's tool: its package, and its program.
const LINTER: &str = "unit-writer";
/// How much of what the compiler says is kept, in bytes. Nobody reads on after the first hundred
/// errors.
const MESSAGES_MAX: usize = 32 << 10;

/// A program that was built from a submission.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// The compiler's warnings, as it prints them.
    pub(super) warnings: String,
}

/// What came of a submission's build: the program, if it is to have one, or why there is none.
pub(super) type Built = Result<Option<Program>, Refusal>;

/// Builds `submissions` in the directory `staging`, and returns what came of each.
pub(super) fn build(
    project: &Project,
    staging: &Path,
    submissions: &[Submission],
    sandbox: Option<&Sandbox>,
    color: bool,
) -> Result<Vec<Built>, Error> {
    let programs = submissions.iter().filter(|submission| submission.exercise.is_rust());
    let mut packages: BTreeMap<&str, Package<'_>> =
        programs.map(|submission| (&*submission.name, Package::of(submission))).collect();
    if !packages.is_empty() {
        lay_out(project, staging, &packages).map_err(|error| Error::read(staging, error))?;
        let format = if color { "json-diagnostic-rendered-ansi" } else { "json" };
        let mut cargo = cargo::build(project, staging, format);
        compiler::wrap(cargo.arg("--workspace"), sandbox.map(|sandbox| sandbox.name.as_str()));
        let output = match sandbox {
            Some(sandbox) => sandbox.serve(|| cargo::run(cargo)),
            None => cargo::run(cargo),
        }?;
        for message in output.messages {
            if let Some(package) = packages.get_mut(&*message.target.name) {
                package.take(message);
            }
        }
        // Cargo's own trouble, such as a dependency that cannot be fetched, is nobody's compile
        // error.
        let nothing = |it: &Package<'_>| it.program.is_none() && it.messages.is_empty();
        if packages.values().all(nothing) {
            return Err(cannot_build(last_words(&output.stderr)));
        }
    }
    let built = |submission: &Submission| {
        packages.get(&*submission.name).map(|it| it.conclude(project, staging)).transpose()
    };
    Ok(submissions.iter().map(built).collect())
}

/// Writes a workspace with the submissions as its members.
fn lay_out(
    project: &Project,
    staging: &Path,
    packages: &BTreeMap<&str, Package<'_>>,
) -> io::Result<()> {
    for (name, package) in packages {
        package.submission.lay_out(&staging.join(name))?;
    }
    let names: Vec<String> = packages.keys().map(|&name| name.to_owned()).collect();
    project.lay_workspace(staging, &names)
}

/// What all grading needs.
#[derive(Debug, Clone)]
pub(super) struct Tools {
    /// The check binary.
    pub(super) check: PathBuf,
    /// The program that knows what is wrong with unit files; a verdict does without, if need be.
    pub(super) linter: Option<PathBuf>,
}

/// Builds them, once.
pub(super) fn tools(project: &Project) -> Result<Tools, Error> {
    let mut cargo = cargo::build(project, &project.root, "json");
    cargo.args(["--package", "checks", "--test", "checks"]);
    // A lesson's own crate may be broken by whoever reads it, and that is no reason not to grade.
    if project.root.join("crates").join(LINTER).is_dir() {
        cargo.args(["--package", LINTER, "--bin", LINTER]);
    }
    let output = cargo::run(cargo)?;
    let mut programs: HashMap<String, PathBuf> = output
        .messages
        .into_iter()
        .filter_map(|message| Some((message.target.name, message.executable?)))
        .collect();
    let check =
        programs.remove("checks").ok_or_else(|| cannot_build(last_words(&output.stderr)))?;
    Ok(Tools { check, linter: programs.remove(LINTER) })
}

/// What cargo said of one submission, or of all that have its name.
struct Package<'a> {
    submission: &'a Submission,
    program: Option<PathBuf>,
    /// Errors and warnings, as rustc prints them.
    messages: String,
}

impl<'a> Package<'a> {
    fn of(submission: &'a Submission) -> Self {
        Package { submission, program: None, messages: String::new() }
    }

    fn take(&mut self, message: Message) {
        if let Some(diagnostic) = message.message {
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

    /// The program, or why there is none: the compiler's errors, or a file that was read for it.
    fn conclude(&self, project: &Project, staging: &Path) -> Result<Program, Refusal> {
        let Some(path) = &self.program else {
            let (copy, own) = self.submission.copy_and_own(project);
            return Err(Refusal::DoesNotCompile(self.messages.replace(&copy, &own)));
        };
        let own = staging.join(&self.submission.name);
        if let Some(file) = sources(path).into_iter().find(|file| !is_within(file, &own)) {
            let file = file.display();
            return Err(Refusal::File(text!("it reads {file}, which is no file of yours", file)));
        }
        Ok(Program { path: path.clone(), warnings: self.messages.clone() })
    }
}

/// Whether `file` is in `directory`, by its path alone; one that leads up again may be anywhere.
fn is_within(file: &Path, directory: &Path) -> bool {
    let leads_up = file.components().any(|part| part == Component::ParentDir);
    file.starts_with(directory) && !leads_up
}

/// The files that `program` was made of, as the compiler has written them down beside it:
/// `include_str!` and the like are in that list too. See "dep-info files" in the Cargo book.
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

/// The end of what cargo said, which is where the reason is.
fn last_words(stderr: &str) -> String {
    let lines: Vec<&str> =
        stderr.lines().rev().filter(|line| !line.trim().is_empty()).take(6).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("; ")
}
