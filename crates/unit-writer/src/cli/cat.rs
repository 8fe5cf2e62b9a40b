//! `unit-writer cat`

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use serde::Serialize;
use systemd_types::{Globs, UnitName, UnitType, mangle};
use unit_writer::load::{LoadPath, Part, Scope, effective};

use super::args::Cat;
use super::checker::user_variables;

/// A line that holds; `--json` prints it so.
#[derive(Debug, Serialize)]
struct Line<'a> {
    file: String,
    line: usize,
    section: &'a str,
    key: &'a str,
    value: &'a str,
}

pub(crate) fn run(options: &Cat, out: &mut dyn Write) -> anyhow::Result<()> {
    let scope = if options.user { Scope::User } else { Scope::System };
    let (name, parts) = load(&options.unit, scope, &options.root)?;
    let unit = effective(&parts);
    let is_mask = parts[0].file.is_mask();
    let holding = if is_mask { Vec::new() } else { unit.holding() };
    let lines = holding.into_iter().map(|entry| Line {
        file: parts[entry.file].path.display().to_string(),
        line: parts[entry.file].file.position(entry.assignment.key_span.start).0,
        section: &entry.assignment.section,
        key: &entry.assignment.key,
        value: entry.assignment.value.text(),
    });
    let lines: Vec<Line> = lines.collect();
    if options.json {
        serde_json::to_writer_pretty(&mut *out, &lines)?;
        Ok(writeln!(out)?)
    } else if is_mask {
        Ok(writeln!(out, "# {name} is masked by {}", parts[0].path.display())?)
    } else {
        show(&lines, out)
    }
}

/// The files of a unit, found as systemd finds them: by its name in the load path, or by a path.
/// Drop-ins count under each name that the unit has.
pub(crate) fn load(unit: &str, scope: Scope, root: &Path) -> anyhow::Result<(UnitName, Vec<Part>)> {
    let mut load_path = LoadPath::new(scope, root, user_variables(root));
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
    let mut paths = vec![fragment];
    paths.extend(load_path.drop_ins(&names));
    let read = |path: PathBuf| {
        let shown = path.display().to_string();
        Part::read(path).with_context(|| format!("cannot read {shown}"))
    };
    Ok((name, paths.into_iter().map(read).collect::<anyhow::Result<Vec<Part>>>()?))
}

/// The lines, with a comment wherever one comes from another file or from elsewhere in it.
fn show(lines: &[Line], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut before: Option<&Line> = None;
    for line in lines {
        let follows = before.filter(|before| before.section == line.section);
        if follows.is_none() {
            let blank = if before.is_some() { "\n" } else { "" };
            writeln!(out, "{blank}[{}]", line.section)?;
        }
        if follows.is_none_or(|before| before.file != line.file || line.line < before.line) {
            writeln!(out, "# {}, from line {} on", line.file, line.line)?;
        }
        writeln!(out, "{}={}", line.key, line.value)?;
        before = Some(line);
    }
    Ok(())
}
