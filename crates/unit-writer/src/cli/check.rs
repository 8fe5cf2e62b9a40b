//! `unit-writer check`

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use unit_file::syntax::UnitFile;
use unit_writer::checks::{Finding, Severity, apply_safe_fixes};
use unit_writer::load::{Identity, Neighbours, Source, UnitSet, files_in};

use super::args::Check;
use super::checker::{Checker, read, standard_input};
use super::render::Report;
use super::usage::Usage;
use super::{difference, write};

/// After a fix, something else may have become fixable; more rounds than this would be going in
/// circles.
const MAX_ROUNDS: usize = 8;

pub(crate) fn run(options: &Check, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut checker = Checker::new(&options.target)?;
    if options.fix && options.paths.iter().any(is_input) {
        return fix_input(options, &mut checker, out);
    }
    // All are read before one is judged, as some faults lie between two files.
    let (mut sources, failed) = read_all(options)?;
    sources.iter_mut().for_each(|source| checker.complete(source));
    let mut report = Report::new(options.json);
    let set;
    if options.fix {
        set = UnitSet::of(&sources);
        for source in &mut sources {
            let findings = mend_file(options, &mut checker, &set, source, out)?;
            report.add(source, findings, out)?;
        }
    } else {
        let units: Vec<_> = sources.iter().map(Source::effective).collect();
        set = UnitSet::of_merged(sources.iter().zip(&units));
        for (source, unit) in sources.iter().zip(units) {
            report.add(source, checker.findings(source, unit, &set), out)?;
        }
    }
    report.finish(out)?;
    let code = if failed { ExitCode::FAILURE } else { exit_code(report.worst(), options) };
    // The process ends here: the kernel takes all memory back at once, we would piece by piece.
    std::mem::forget((checker, set, report, sources));
    Ok(code)
}

fn exit_code(worst: Option<Severity>, options: &Check) -> ExitCode {
    match worst {
        Some(Severity::Error) => ExitCode::from(1),
        Some(Severity::Warning) if options.strict => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    }
}

fn is_input(path: &PathBuf) -> bool {
    path == Path::new("-")
}

/// Reads what was named: files, the files of directories, or standard input; and says whether
/// something could not be read, which is no reason to keep quiet about the others.
fn read_all(options: &Check) -> anyhow::Result<(Vec<Source>, bool)> {
    let (mut sources, mut failed) = (Vec::new(), false);
    let mut keep = |source: anyhow::Result<Source>| {
        match source {
            Ok(source) => sources.push(source),
            Err(error) if error.is::<Usage>() => return Err(error),
            Err(error) => {
                eprintln!("unit-writer: {error:#}");
                failed = true;
            }
        }
        Ok(())
    };
    let mut neighbours = Neighbours::default();
    for path in &options.paths {
        if is_input(path) {
            keep(read_input(options))?;
            continue;
        }
        match read(path, options.name.as_deref(), &mut neighbours) {
            Err(_) if path.is_dir() => match unit_files(path) {
                Ok(files) => {
                    files.iter().try_for_each(|file| keep(read(file, None, &mut neighbours)))?
                }
                Err(error) => keep(Err(error))?,
            },
            source => keep(source)?,
        }
    }
    Ok((sources, failed))
}

fn unit_files(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let shown = directory.display();
    let files = files_in(directory).with_context(|| format!("cannot list {shown}"))?;
    if files.is_empty() {
        bail!("cannot check {shown}: there is no unit file in it or below");
    }
    Ok(files)
}

fn read_input(options: &Check) -> anyhow::Result<Source> {
    let name = Path::new(options.name.as_deref().unwrap_or_default());
    let Some(identity) = Identity::of(name) else {
        bail!(Usage(
            "cannot check standard input: say which unit it is with --name=NAME.service".to_owned()
        ));
    };
    let bytes = standard_input().context("cannot read standard input")?;
    Source::of_bytes(name, identity, bytes).context("cannot check standard input")
}

/// Prints the mended unit instead of a report, for editors; the exit code tells of what is left.
fn fix_input(
    options: &Check,
    checker: &mut Checker<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    if options.paths.len() > 1 {
        bail!(Usage("cannot mend standard input together with files".to_owned()));
    }
    let mut source = read_input(options)?;
    checker.complete(&mut source);
    let set = UnitSet::of([&source]);
    let findings = mend(checker, &set, &mut source);
    out.write_all(source.own.file.bytes())?;
    Ok(exit_code(findings.iter().map(|finding| finding.severity).max(), options))
}

/// Mends a file, and shows what has changed; returns what is left to say.
fn mend_file(
    options: &Check,
    checker: &mut Checker<'_>,
    set: &UnitSet,
    source: &mut Source,
    out: &mut dyn Write,
) -> anyhow::Result<Vec<Finding>> {
    let before = source.own.file.bytes().to_vec();
    let findings = mend(checker, set, source);
    let (path, after) = (&source.own.path, source.own.file.bytes());
    if after != before {
        write::replace(path, &before, after)
            .with_context(|| format!("cannot write {}", path.display()))?;
        if !options.json {
            difference::show(path, &before, after, out)?;
        }
    }
    Ok(findings)
}

/// Makes the safe changes, again and again; returns what is left to say.
fn mend(checker: &mut Checker<'_>, set: &UnitSet, source: &mut Source) -> Vec<Finding> {
    let mut findings = checker.findings(source, source.effective(), set);
    for _ in 0..MAX_ROUNDS {
        let Some(fixed) = apply_safe_fixes(source.own.file.bytes(), &findings) else {
            break;
        };
        source.own.file = UnitFile::parse(fixed);
        findings = checker.findings(source, source.effective(), set);
    }
    findings
}
