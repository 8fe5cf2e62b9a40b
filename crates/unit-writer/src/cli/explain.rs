//! `unit-writer explain`

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use systemd_types::UnitName;
use unit_file::directives::NEWEST;
use unit_file::effective::Effective;
use unit_file::syntax::Subject;
use unit_writer::explain::{explain_key, explain_line, story};
use unit_writer::load::{Machine, Neighbours, Scope, Source};

use super::args::Explain;
use super::check;

pub(crate) fn run(options: &Explain, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let path = Path::new(&options.what);
    if options.what.contains('/') || UnitName::new(&options.what).is_ok() || path.is_file() {
        let version = options
            .systemd
            .or_else(|| Machine::new(Path::new("/"), Scope::System).version())
            .unwrap_or(NEWEST);
        explain_file(&check::read(path, None, &mut Neighbours::default())?, version, out)?;
    } else {
        write!(out, "{}", explain_key(&options.what).context("cannot explain")?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The story of the unit, then its lines one by one.
fn explain_file(source: &Source, version: u32, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(name) = source.identity.unit_name() {
        let effective = Effective::merge(std::iter::once(&source.file).chain(&source.beside));
        for sentence in story(name, &effective, version) {
            writeln!(out, "{sentence}")?;
        }
        writeln!(out)?;
    }
    for statement in source.file.statements() {
        let line = statement.lines.start + 1;
        match &statement.subject {
            Subject::Section(section) => writeln!(out, "[{}]", section.name)?,
            Subject::Assignment(assignment) => {
                writeln!(out, "{line:4}  {}={}", assignment.key, assignment.value.text())?;
                for sentence in explain_line(assignment, version) {
                    writeln!(out, "        {sentence}")?;
                }
            }
            Subject::Fault(_) => {
                writeln!(out, "{line:4}  (systemd can't read this line; see check)")?
            }
        }
    }
    Ok(())
}
