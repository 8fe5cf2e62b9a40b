//! `unit-writer check`

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use unit_writer::checks::{self, Finding, Severity, Subject, apply_safe_fixes};
use unit_writer::directives::NEWEST;
use unit_writer::load::{
    Effective, Identity, LoadPath, MAX_FILE_SIZE, Machine, Role, Scope, Source, files_in,
};
use unit_writer::syntax::UnitFile;

use super::args::{Check, Target};
use super::{Usage, render};

/// After a fix, something else may have become fixable; more rounds than this would be going in circles.
const MAX_ROUNDS: usize = 8;

pub(crate) fn run(options: &Check, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut judge = Judge::new(&options.target);
    let mut report = render::Report::new(options.json);
    for path in &options.paths {
        if path == Path::new("-") {
            let mut source = standard_input(options)?;
            let findings = fixed_findings(options, &mut judge, &mut source, From::StandardInput)?;
            if options.fix {
                out.write_all(source.file.bytes())?;
            } else {
                report.add(&source, findings, out)?;
            }
            continue;
        }
        for path in expand(path)? {
            let mut source = read(&path, options.name.as_deref())?;
            let findings = fixed_findings(options, &mut judge, &mut source, From::Disk)?;
            report.add(&source, findings, out)?;
        }
    }
    report.finish(out)?;
    Ok(match report.worst() {
        Some(Severity::Error) => ExitCode::from(1),
        Some(Severity::Warning) if options.strict => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    })
}

/// The file itself, or the unit files of a directory.
fn expand(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path.is_dir() {
        return files_in(path).with_context(|| format!("cannot list {}", path.display()));
    }
    Ok(vec![path.to_owned()])
}

pub(crate) fn read(path: &Path, name: Option<&str>) -> anyhow::Result<Source> {
    let named = name.map(Path::new).unwrap_or(path);
    let identity = Identity::of(named).ok_or_else(|| {
        anyhow!("cannot check {}: its name does not end in a unit type such as .service; give one with --name", path.display())
    })?;
    Source::read(path, identity).with_context(|| format!("cannot read {}", path.display()))
}

fn standard_input(options: &Check) -> anyhow::Result<Source> {
    let Some(identity) = options
        .name
        .as_deref()
        .and_then(|name| Identity::of(Path::new(name)))
    else {
        bail!(Usage(
            "cannot check standard input: say which unit it is with --name=NAME.service".to_owned()
        ));
    };
    let mut bytes = Vec::new();
    let read = io::stdin()
        .lock()
        .take(MAX_FILE_SIZE + 1)
        .read_to_end(&mut bytes);
    read.context("cannot read standard input")?;
    let name = options.name.as_deref().unwrap_or_default();
    Source::of_bytes(Path::new(name), identity, bytes).context("cannot check standard input")
}

/// Judges a file; with `--fix`, mends it first.
fn fixed_findings(
    options: &Check,
    judge: &mut Judge,
    source: &mut Source,
    from: From,
) -> anyhow::Result<Vec<Finding>> {
    let mut findings = judge.findings(source);
    if !options.fix {
        return Ok(findings);
    }
    let before = source.file.bytes().to_vec();
    for _ in 0..MAX_ROUNDS {
        let Some(fixed) = apply_safe_fixes(source.file.bytes(), &findings) else {
            break;
        };
        source.file = UnitFile::parse(fixed);
        findings = judge.findings(source);
    }
    if from == From::Disk && source.file.bytes() != before {
        super::write::replace(&source.path, &before, source.file.bytes())
            .with_context(|| format!("cannot write {}", source.path.display()))?;
    }
    Ok(findings)
}

/// Where a unit was read from, which is where it is written back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Disk,
    StandardInput,
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
        Judge {
            target,
            version,
            machines: HashMap::new(),
        }
    }

    pub(crate) fn findings(&mut self, source: &Source) -> Vec<Finding> {
        let scope = if self.target.user {
            Scope::User
        } else {
            source.scope()
        };
        let version = self.version;
        let machine = self.machine(source, scope);
        let files = match source.identity.role {
            Role::Unit => std::iter::once(&source.file)
                .chain(&source.beside)
                .collect::<Vec<_>>(),
            Role::DropIn => source.beside.iter().chain([&source.file]).collect(),
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
                finding
                    .effect("systemd never loads a unit of this name")
                    .man("systemd.unit(5)"),
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
