//! `unit-writer cat`

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use serde::Serialize;
use systemd_types::{Globs, UnitName, UnitType, mangle};
use unit_file::effective::{Effective, Entry};
use unit_file::syntax::UnitFile;
use unit_writer::load::{LoadPath, Part, Scope, read_limited};

use super::args::Cat;
use super::checker::user_directories;

/// A line that holds, as `--json` prints it.
#[derive(Debug, Serialize)]
struct JsonLine<'a> {
    file: String,
    line: usize,
    section: &'a str,
    key: &'a str,
    value: &'a str,
}

pub(crate) fn run(options: &Cat, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let scope = if options.user { Scope::User } else { Scope::System };
    let (name, parts) = load(&options.unit, scope, &options.root)?;
    if parts[0].file.is_mask() {
        if options.json {
            writeln!(out, "[]")?;
        } else {
            writeln!(out, "# {name} is masked by {}", parts[0].path.display())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if options.json {
        json(&parts, out)?;
    } else {
        show(&parts, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The files of a unit, found as systemd finds them: by its name in the load path, or by a path.
/// Drop-ins count under each name that the unit has.
pub(crate) fn load(unit: &str, scope: Scope, root: &Path) -> anyhow::Result<(UnitName, Vec<Part>)> {
    let user = user_directories(root);
    let mut load_path = LoadPath::new(scope, root, user.as_ref());
    let path = Path::new(unit);
    let name = if unit.contains('/') {
        load_path = load_path.with_first(path.parent().unwrap_or(Path::new("")).to_owned());
        UnitName::new(&path.file_name().unwrap_or_default().to_string_lossy())
    } else {
        mangle(unit, UnitType::Service, Globs::Refused).and_then(|name| UnitName::new(&name))
    };
    let name = name.with_context(|| format!("cannot show {unit}"))?;
    let fragment = load_path
        .find(&name)
        .ok_or_else(|| anyhow!("cannot show {name}: there is no such unit in the load path"))?;
    // A link in the load path is another name of the unit that it leads to.
    let target = std::fs::read_link(&fragment).ok();
    let target = target.and_then(|target| UnitName::new(target.file_name()?.to_str()?).ok());
    let own = target.filter(|target| target.unit_type() == name.unit_type());
    let own = own.unwrap_or_else(|| name.clone());
    let mut names = load_path.aliases(&own);
    names.extend([own, name.clone()]);
    names.dedup();
    let drop_ins = load_path.drop_ins(&names);
    let paths: Vec<PathBuf> = std::iter::once(fragment).chain(drop_ins).collect();
    let read = |path: PathBuf| -> anyhow::Result<Part> {
        let bytes =
            read_limited(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Part { path, file: UnitFile::parse(bytes) })
    };
    Ok((name, paths.into_iter().map(read).collect::<anyhow::Result<Vec<Part>>>()?))
}

fn line_of(parts: &[Part], entry: &Entry<'_>) -> usize {
    parts[entry.file].file.position(entry.assignment.key_span.start).0
}

/// What holds, with a comment wherever it comes from another file or from elsewhere in it.
fn show(parts: &[Part], out: &mut dyn Write) -> anyhow::Result<()> {
    let effective = Effective::merge(parts.iter().map(|part| &part.file));
    let mut section = "";
    let mut before: Option<(usize, usize)> = None;
    for entry in effective.holding() {
        let line = line_of(parts, &entry);
        if *entry.assignment.section != *section {
            let blank = if section.is_empty() { "" } else { "\n" };
            section = &entry.assignment.section;
            writeln!(out, "{blank}[{section}]")?;
            before = None;
        }
        if before.is_none_or(|(file, last)| entry.file != file || line < last) {
            writeln!(out, "# {}, from line {line} on", parts[entry.file].path.display())?;
        }
        before = Some((entry.file, line));
        writeln!(out, "{}={}", entry.assignment.key, entry.assignment.value.text())?;
    }
    Ok(())
}

fn json(parts: &[Part], out: &mut dyn Write) -> anyhow::Result<()> {
    let effective = Effective::merge(parts.iter().map(|part| &part.file));
    let holding = effective.holding();
    let lines = holding.iter().map(|entry| JsonLine {
        file: parts[entry.file].path.display().to_string(),
        line: line_of(parts, entry),
        section: &entry.assignment.section,
        key: &entry.assignment.key,
        value: entry.assignment.value.text(),
    });
    serde_json::to_writer_pretty(&mut *out, &lines.collect::<Vec<_>>())?;
    Ok(writeln!(out)?)
}
