//! `unit-writer fmt`

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use unit_file::syntax::UnitFile;
use unit_writer::layout::format;
use unit_writer::load::read_limited;

use super::args::Fmt;
use super::checker::standard_input;
use super::write;

pub(crate) fn run(options: &Fmt, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut is_bad = false;
    for path in &options.paths {
        // A file that can't be read is no reason to leave the others untidy.
        match tidy(options, path) {
            Ok(said) => {
                is_bad |= options.check && !said.is_empty();
                out.write_all(&said)?;
            }
            Err(error) => {
                out.flush()?;
                eprintln!("unit-writer: {error:#}");
                is_bad = true;
            }
        }
    }
    Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Tidies one file, or only looks; what there is to print, which is nothing of a tidy file.
fn tidy(options: &Fmt, path: &Path) -> anyhow::Result<Vec<u8>> {
    let (shown, is_input) = (path.display(), path == Path::new("-"));
    let before = if is_input { standard_input() } else { read_limited(path) };
    let before = before.with_context(|| format!("cannot read {shown}"))?;
    let after = format(&UnitFile::parse(before.clone()))
        .with_context(|| format!("cannot format {shown}"))?;
    if is_input && !options.check {
        return Ok(after);
    }
    if before == after {
        return Ok(Vec::new());
    }
    if options.check {
        return Ok(format!("{shown}: not tidy\n").into_bytes());
    }
    write::replace(path, &before, &after).with_context(|| format!("cannot write {shown}"))?;
    Ok(format!("{shown}: formatted\n").into_bytes())
}
