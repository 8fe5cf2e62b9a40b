//! `unit-writer check`

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use unit_file::directives::NEWEST;
use unit_file::effective::Effective;
use unit_file::syntax::UnitFile;
use unit_writer::checks::{self, Finding, Severity, Subject, apply_safe_fixes};
use unit_writer::load::{
    Identity, LoadPath, MAX_FILE_SIZE, Machine, Neighbours, Role, Scope, Source, files_in,
    read_limited,
};

use super::args::{Check, Target};
use super::{Usage, render};

/// After a fix, something else may have become fixable; more rounds than this would be going in circles.
const MAX_ROUNDS: usize = 8;

pub(crate) fn run(options: &Check, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    if options.fix && options.paths.iter().any(|path| path == Path::new("-")) {
        return fix_standard_input(options, out);
    }
    let mut run = Run {
        options,
        judge: Judge::new(&options.target),
        neighbours: Neighbours::default(),
        report: render::Report::new(options.json),
    };
    let mut failed = false;
    for path in &options.paths {
        // A file that can't be read is no reason to keep quiet about the others.
        if let Err(error) = run.path(path, out) {
            if error.is::<Usage>() || is_about_output(&error) {
                return Err(error);
            }
            out.flush()?;
            eprintln!("unit-writer: {error:#}");
            failed = true;
        }
    }
    run.report.finish(out)?;
    Ok(if failed { ExitCode::FAILURE } else { exit_code(run.report.worst(), options) })
}

fn exit_code(worst: Option<Severity>, options: &Check) -> ExitCode {
    match worst {
        Some(Severity::Error) => ExitCode::from(1),
        Some(Severity::Warning) if options.strict => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    }
}

/// Errors of reading carry what was read; a bare one comes from writing the report.
fn is_about_output(error: &anyhow::Error) -> bool {
    error.is::<io::Error>() && error.chain().count() == 1
}

/// Prints the mended unit instead of a report, for editors; the exit code tells of what is left.
fn fix_standard_input(options: &Check, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    if options.paths.len() > 1 {
        bail!(Usage("cannot mend standard input together with files".to_owned()));
    }
    let mut source = standard_input(options)?;
    let findings = mend(&mut Judge::new(&options.target), &mut source);
    out.write_all(source.file.bytes())?;
    Ok(exit_code(findings.iter().map(|finding| finding.severity).max(), options))
}

/// A check of many paths, with what is remembered between them.
struct Run<'a> {
    options: &'a Check,
    judge: Judge<'a>,
    neighbours: Neighbours,
    report: render::Report,
}

impl Run<'_> {
    /// A file, the files of a directory, or standard input.
    fn path(&mut self, path: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
        if path == Path::new("-") {
            return self.source(standard_input(self.options)?, out);
        }
        match read(path, self.options.name.as_deref(), &mut self.neighbours) {
            Err(_) if path.is_dir() => {
                for file in
                    files_in(path).with_context(|| format!("cannot list {}", path.display()))?
                {
                    let source = read(&file, None, &mut self.neighbours)?;
                    self.source(source, out)?;
                }
                Ok(())
            }
            source => self.source(source?, out),
        }
    }

    /// Judges a file; with `--fix`, mends it first.
    fn source(&mut self, mut source: Source, out: &mut dyn Write) -> anyhow::Result<()> {
        let findings = if self.options.fix {
            let before = source.file.bytes().to_vec();
            let findings = mend(&mut self.judge, &mut source);
            if source.file.bytes() != before {
                super::write::replace(&source.path, &before, source.file.bytes())
                    .with_context(|| format!("cannot write {}", source.path.display()))?;
            }
            findings
        } else {
            self.judge.findings(&source)
        };
        Ok(self.report.add(&source, findings, out)?)
    }
}

/// Makes the safe changes, again and again; returns what is left to say.
fn mend(judge: &mut Judge<'_>, source: &mut Source) -> Vec<Finding> {
    let mut findings = judge.findings(source);
    for _ in 0..MAX_ROUNDS {
        let Some(fixed) = apply_safe_fixes(source.file.bytes(), &findings) else {
            break;
        };
        source.file = UnitFile::parse(fixed);
        findings = judge.findings(source);
    }
    findings
}

pub(crate) fn read(
    path: &Path,
    name: Option<&str>,
    neighbours: &mut Neighbours,
) -> anyhow::Result<Source> {
    let named = name.map(Path::new).unwrap_or(path);
    let identity = Identity::of(named).ok_or_else(|| {
        anyhow!("cannot check {}: its name does not end in a unit type such as .service; give one with --name", path.display())
    })?;
    Source::read(path, identity, neighbours)
        .with_context(|| format!("cannot read {}", path.display()))
}

fn standard_input(options: &Check) -> anyhow::Result<Source> {
    let Some(identity) = options.name.as_deref().and_then(|name| Identity::of(Path::new(name)))
    else {
        bail!(Usage(
            "cannot check standard input: say which unit it is with --name=NAME.service".to_owned()
        ));
    };
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes);
    read.context("cannot read standard input")?;
    let name = options.name.as_deref().unwrap_or_default();
    Source::of_bytes(Path::new(name), identity, bytes).context("cannot check standard input")
}

/// Judges files for one target, and remembers the machine's facts between them.
pub(crate) struct Judge<'a> {
    target: &'a Target,
    version: u32,
    machines: HashMap<(PathBuf, bool), Machine>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(target: &'a Target) -> Judge<'a> {
        let of_machine = || Machine::new(&target.root, Scope::System).version();
        let version = target.systemd.or_else(of_machine).unwrap_or(NEWEST);
        Judge { target, version, machines: HashMap::new() }
    }

    pub(crate) fn findings(&mut self, source: &Source) -> Vec<Finding> {
        let scope = if self.target.user { Scope::User } else { source.scope() };
        let version = self.version;
        let machine = self.machine(source, scope);
        let elsewhere = machine.and_then(|machine| unit_elsewhere(machine, source));
        let files = match source.identity.role {
            Role::Unit => std::iter::once(&source.file).chain(&source.beside).collect::<Vec<_>>(),
            Role::DropIn => source.beside.iter().chain(&elsewhere).chain([&source.file]).collect(),
        };
        let subject = Subject {
            file: &source.file,
            role: source.identity.role,
            unit_type: source.identity.unit_type,
            name: source.identity.unit_name(),
            effective: Effective::merge(files),
            version,
            scope,
            machine,
        };
        let mut findings = checks::check(&subject);
        if let Some(Err(error)) = &source.identity.name {
            let finding = Finding::whole(Severity::Error, "invalid-name", error.to_string());
            findings.insert(
                0,
                finding.effect("systemd never loads a unit of this name").man("systemd.unit(5)"),
            );
        }
        findings
    }

    /// The machine, with the file's own directory as a place where units are.
    fn machine(&mut self, source: &Source, scope: Scope) -> Option<&Machine> {
        if self.target.offline {
            return None;
        }
        let mut directory = source.path.parent().unwrap_or(Path::new("")).to_owned();
        if source.identity.role == Role::DropIn {
            directory = directory.parent().unwrap_or(Path::new("")).to_owned();
        }
        if directory.as_os_str().is_empty() {
            directory = PathBuf::from(".");
        }
        let root = &self.target.root;
        let key = (directory.clone(), scope == Scope::User);
        Some(self.machines.entry(key).or_insert_with(|| {
            let home = std::env::home_dir().filter(|_| root == Path::new("/"));
            Machine::with_load_path(
                root,
                LoadPath::new(scope, root, home.as_deref()).with_first(directory),
            )
        }))
    }
}

/// The unit of a drop-in that changes one of another directory, as those in /etc mostly do.
fn unit_elsewhere(machine: &Machine, source: &Source) -> Option<UnitFile> {
    let is_alone = source.identity.role == Role::DropIn && source.beside.is_empty();
    let path = source
        .identity
        .unit_name()
        .filter(|_| is_alone)
        .and_then(|name| machine.load_path().find(name))?;
    read_limited(&path).ok().map(UnitFile::parse)
}
