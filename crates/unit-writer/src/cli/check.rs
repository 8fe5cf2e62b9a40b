//! `unit-writer check`

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use unit_file::syntax::UnitFile;
use unit_writer::checks::{Finding, Severity, apply_safe_fixes};
use unit_writer::load::{Identity, MAX_FILE_SIZE, Neighbours, Source, UnitSet, files_in};

use super::args::Check;
use super::checker::{Checker, read};
use super::difference;
use super::render::Report;
use super::usage::Usage;

/// After a fix, something else may have become fixable; more rounds than this would be going in
/// circles.
const MAX_ROUNDS: usize = 8;

pub(crate) fn run(options: &Check, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut checker = Checker::new(&options.target)?;
    if options.fix && options.paths.iter().any(|path| path == Path::new("-")) {
        return fix_standard_input(options, &mut checker, out);
    }
    let mut reading = Reading { options, sources: Vec::new(), failed: false };
    reading.read_all(out)?;
    let Reading { mut sources, failed, .. } = reading;
    sources.iter_mut().for_each(|source| checker.complete(source));
    // All are read before one is judged, as some faults lie between two files.
    let (report, seen) = (Report::new(options.json), HashSet::new());
    let mut run = Run { options, checker, set: UnitSet::default(), report, seen };
    if options.fix {
        run.set = UnitSet::of(&sources);
        for source in &mut sources {
            let findings = run.mended(source, out)?;
            run.tell(source, findings, out)?;
        }
    } else {
        let units: Vec<_> = sources.iter().map(Source::effective).collect();
        run.set = UnitSet::of_merged(sources.iter().zip(&units));
        for (source, unit) in sources.iter().zip(units) {
            let findings = run.checker.findings_of(source, unit, &run.set);
            run.tell(source, findings, out)?;
        }
    }
    run.report.finish(out)?;
    let code = if failed { ExitCode::FAILURE } else { exit_code(run.report.worst(), options) };
    // The process ends here: the kernel takes all memory back at once, we would piece by piece.
    std::mem::forget((run, sources));
    Ok(code)
}

fn exit_code(worst: Option<Severity>, options: &Check) -> ExitCode {
    match worst {
        Some(Severity::Error) => ExitCode::from(1),
        Some(Severity::Warning) if options.strict => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    }
}

/// Prints the mended unit instead of a report, for editors; the exit code tells of what is left.
fn fix_standard_input(
    options: &Check,
    checker: &mut Checker<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    if options.paths.len() > 1 {
        bail!(Usage("cannot mend standard input together with files".to_owned()));
    }
    let mut source = standard_input(options)?;
    checker.complete(&mut source);
    let set = UnitSet::of([&source]);
    let findings = mend(checker, &set, &mut source);
    out.write_all(source.own.file.bytes())?;
    Ok(exit_code(findings.iter().map(|finding| finding.severity).max(), options))
}

/// Reads what was named.
struct Reading<'a> {
    options: &'a Check,
    sources: Vec<Source>,
    failed: bool,
}

impl Reading<'_> {
    /// A file that can't be read is no reason to keep quiet about the others.
    fn read_all(&mut self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut neighbours = Neighbours::default();
        for path in &self.options.paths {
            if let Err(error) = self.path(path, &mut neighbours) {
                if error.is::<Usage>() {
                    return Err(error);
                }
                out.flush()?;
                eprintln!("unit-writer: {error:#}");
                self.failed = true;
            }
        }
        Ok(())
    }

    /// A file, the files of a directory, or standard input.
    fn path(&mut self, path: &Path, neighbours: &mut Neighbours) -> anyhow::Result<()> {
        if path == Path::new("-") {
            self.sources.push(standard_input(self.options)?);
            return Ok(());
        }
        match read(path, self.options.name.as_deref(), neighbours) {
            Err(_) if path.is_dir() => self.directory(path, neighbours),
            source => {
                self.sources.push(source?);
                Ok(())
            }
        }
    }

    fn directory(&mut self, path: &Path, neighbours: &mut Neighbours) -> anyhow::Result<()> {
        let shown = path.display();
        let files = files_in(path).with_context(|| format!("cannot list {shown}"))?;
        if files.is_empty() {
            return Err(anyhow!("cannot check {shown}: there is no unit file in it or below"));
        }
        for file in files {
            match read(&file, None, neighbours) {
                Ok(source) => self.sources.push(source),
                Err(error) => {
                    eprintln!("unit-writer: {error:#}");
                    self.failed = true;
                }
            }
        }
        Ok(())
    }
}

/// A check of what was read.
struct Run<'a> {
    options: &'a Check,
    checker: Checker<'a>,
    set: UnitSet,
    report: Report,
    /// What was said of a drop-in already, when its unit was judged.
    seen: HashSet<(std::path::PathBuf, usize, &'static str)>,
}

impl Run<'_> {
    /// Mends a file, and shows what has changed.
    fn mended(&mut self, source: &mut Source, out: &mut dyn Write) -> anyhow::Result<Vec<Finding>> {
        let before = source.own.file.bytes().to_vec();
        let findings = mend(&mut self.checker, &self.set, source);
        let after = source.own.file.bytes();
        if after != before {
            let path = &source.own.path;
            super::write::replace(path, &before, after)
                .with_context(|| format!("cannot write {}", path.display()))?;
            if !self.options.json {
                difference::show(path, &before, after, out)?;
            }
        }
        Ok(findings)
    }

    fn tell(
        &mut self,
        source: &Source,
        mut findings: Vec<Finding>,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        findings.retain(|finding| self.is_new(source, finding));
        Ok(self.report.add(source, findings, out)?)
    }

    /// A fault of a drop-in shows when its unit is judged, and when the drop-in is.
    fn is_new(&mut self, source: &Source, finding: &Finding) -> bool {
        let part = source.part_of(finding.part);
        let Some(span) = &finding.span else {
            return true;
        };
        let is_shared = !source.beside.is_empty();
        !is_shared || self.seen.insert((part.path.clone(), span.start, finding.code))
    }
}

/// Makes the safe changes, again and again; returns what is left to say.
fn mend(checker: &mut Checker<'_>, set: &UnitSet, source: &mut Source) -> Vec<Finding> {
    let mut findings = checker.findings(source, set);
    for _ in 0..MAX_ROUNDS {
        let Some(fixed) = apply_safe_fixes(source.own.file.bytes(), &findings) else {
            break;
        };
        source.own.file = UnitFile::parse(fixed);
        findings = checker.findings(source, set);
    }
    findings
}

fn standard_input(options: &Check) -> anyhow::Result<Source> {
    let named = options.name.as_deref();
    let Some((name, identity)) =
        named.and_then(|name| Some((name, Identity::of(Path::new(name))?)))
    else {
        bail!(Usage(
            "cannot check standard input: say which unit it is with --name=NAME.service".to_owned()
        ));
    };
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes);
    read.context("cannot read standard input")?;
    Source::of_bytes(Path::new(name), identity, bytes).context("cannot check standard input")
}
