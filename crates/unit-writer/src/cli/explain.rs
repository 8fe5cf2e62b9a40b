//! `unit-writer explain`

use std::io::Write;
use std::path::Path;

use anyhow::anyhow;
use systemd_types::UnitName;
use unit_file::directives::NEWEST;
use unit_file::effective::Effective;
use unit_file::syntax::{Content, UnitFile};
use unit_writer::explain::{UnknownKey, explain_key, explain_line, story};
use unit_writer::load::{Machine, Neighbours, Scope, effective};

use super::args::Explain;
use super::{cat, checker};

pub(crate) fn run(options: &Explain, out: &mut dyn Write) -> anyhow::Result<()> {
    let path = Path::new(&options.what);
    let of_machine = || Machine::new(Path::new("/"), Scope::System).version();
    let version = options.systemd.or_else(of_machine).unwrap_or(NEWEST);
    if options.what.contains('/') || path.exists() {
        let source = checker::read(path, None, &mut Neighbours::default())?;
        if let Some(name) = source.identity.unit_name() {
            tell(name, &source.effective(), version, out)?;
        }
        return explain_lines(&source.own.file, version, out);
    }
    if UnitName::new(&options.what).is_ok() {
        return explain_unit(options, version, out);
    }
    match explain_key(&options.what) {
        Ok(text) => Ok(write!(out, "{text}")?),
        Err(unknown) => explain_bare_name(options, unknown, version, out),
    }
}

/// A word that is no key may be a unit's name without its suffix, as systemctl takes it.
fn explain_bare_name(
    options: &Explain,
    unknown: UnknownKey,
    version: u32,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let is_name = !options.what.contains(['=', '.', ' ']);
    let mut told = Vec::new();
    if !is_name || explain_unit(options, version, &mut told).is_err() {
        let is_lost = is_name && unknown.suggestion.is_none();
        let hint = if is_lost { ", and there is no unit of this name" } else { "" };
        return Err(anyhow!("cannot explain: {unknown}{hint}"));
    }
    writeln!(out, "systemd knows no key {}=; this is the unit of that name.", options.what)?;
    Ok(out.write_all(&told)?)
}

/// A unit of this machine, with its drop-ins.
fn explain_unit(options: &Explain, version: u32, out: &mut dyn Write) -> anyhow::Result<()> {
    let scope = if options.user { Scope::User } else { Scope::System };
    let (name, parts) = cat::load(&options.what, scope, Path::new("/"))?;
    tell(&name, &effective(&parts), version, out)?;
    for part in &parts {
        writeln!(out, "# {}", part.path.display())?;
        explain_lines(&part.file, version, out)?;
    }
    Ok(())
}

/// The story of the unit.
fn tell(
    name: &UnitName,
    unit: &Effective<'_>,
    version: u32,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    for sentence in story(name, unit, version) {
        writeln!(out, "{sentence}")?;
    }
    Ok(writeln!(out)?)
}

/// The lines of a file, one by one.
fn explain_lines(file: &UnitFile, version: u32, out: &mut dyn Write) -> anyhow::Result<()> {
    for statement in file.statements() {
        let line = statement.lines.start + 1;
        match &statement.content {
            Content::Section(section) => writeln!(out, "[{}]", section.name)?,
            Content::Assignment(assignment) => {
                writeln!(out, "{line:4}  {}={}", assignment.key, assignment.value.text())?;
                for sentence in explain_line(assignment, version) {
                    writeln!(out, "        {sentence}")?;
                }
            }
            Content::Fault(_) => {
                writeln!(out, "{line:4}  (systemd can't read this line; see check)")?
            }
        }
    }
    Ok(())
}
