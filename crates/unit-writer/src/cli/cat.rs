//! `unit-writer cat`

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use systemd_types::{Globs, UnitName, UnitType, mangle};
use unit_file::effective::{Effective, Entry};
use unit_file::syntax::UnitFile;
use unit_writer::load::{LoadPath, Scope, read_limited};

use super::args::Cat;

pub(crate) fn run(options: &Cat, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let scope = if options.user { Scope::User } else { Scope::System };
    let home = std::env::home_dir().filter(|_| options.root == Path::new("/"));
    let mut load_path = LoadPath::new(scope, &options.root, home.as_deref());
    let path = Path::new(&options.unit);
    let name = if options.unit.contains('/') {
        load_path = load_path.with_first(path.parent().unwrap_or(Path::new("")).to_owned());
        UnitName::new(&path.file_name().unwrap_or_default().to_string_lossy())
    } else {
        mangle(&options.unit, UnitType::Service, Globs::Refused)
            .and_then(|name| UnitName::new(&name))
    };
    let name = name.with_context(|| format!("cannot show {}", options.unit))?;
    let fragment = load_path
        .find(&name)
        .ok_or_else(|| anyhow!("cannot show {name}: there is no such unit in the load path"))?;
    let paths: Vec<PathBuf> = std::iter::once(fragment).chain(load_path.drop_ins(&name)).collect();
    let read = |path: &PathBuf| -> anyhow::Result<UnitFile> {
        let bytes =
            read_limited(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(UnitFile::parse(bytes))
    };
    let files = paths.iter().map(read).collect::<anyhow::Result<Vec<UnitFile>>>()?;
    if files[0].is_mask() {
        writeln!(out, "# {name} is masked by {}", paths[0].display())?;
        return Ok(ExitCode::SUCCESS);
    }
    show(&paths, &files, out)?;
    Ok(ExitCode::SUCCESS)
}

/// What holds, with a comment wherever it comes from another file or from elsewhere in it.
fn show(paths: &[PathBuf], files: &[UnitFile], out: &mut dyn Write) -> anyhow::Result<()> {
    let effective = Effective::merge(files);
    let line_of = |entry: &Entry<'_>| files[entry.file].position(entry.assignment.key_span.start).0;
    let mut section = "";
    let mut before = (usize::MAX, 0);
    for entry in effective.holding() {
        let line = line_of(&entry);
        if *entry.assignment.section != *section {
            let blank = if section.is_empty() { "" } else { "\n" };
            section = &entry.assignment.section;
            writeln!(out, "{blank}[{section}]")?;
            before = (usize::MAX, 0);
        }
        if entry.file != before.0 || line < before.1 {
            writeln!(out, "# {}, from line {line} on", paths[entry.file].display())?;
        }
        before = (entry.file, line);
        writeln!(out, "{}={}", entry.assignment.key, entry.assignment.value.text())?;
    }
    Ok(())
}
