//! `unit-writer fmt`

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use unit_file::syntax::UnitFile;
use unit_writer::layout::format;
use unit_writer::load::{MAX_FILE_SIZE, read_limited};

use super::args::Fmt;
use super::write;

pub(crate) fn run(options: &Fmt, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut is_bad = false;
    for path in &options.paths {
        // A file that can't be read is no reason to leave the others untidy.
        match tidy(options, path, out) {
            Ok(was_tidy) => is_bad |= options.check && !was_tidy,
            Err(error) if error.is::<io::Error>() && error.chain().count() == 1 => {
                return Err(error);
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

/// Tidies one file, or tells; yes if it was tidy. An error of its own carries what was read, a bare
/// one comes from the output.
fn tidy(options: &Fmt, path: &Path, out: &mut dyn Write) -> anyhow::Result<bool> {
    let is_input = path == Path::new("-");
    let before = if is_input { standard_input() } else { read_limited(path) };
    let before = before.with_context(|| format!("cannot read {}", path.display()))?;
    let after = format(&UnitFile::parse(before.clone()))
        .with_context(|| format!("cannot format {}", path.display()))?;
    if is_input && !options.check {
        out.write_all(&after)?;
        return Ok(true);
    }
    if before == after {
        return Ok(true);
    }
    let verb = if options.check { "not tidy" } else { "formatted" };
    if !options.check {
        write::replace(path, &before, &after)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    writeln!(out, "{}: {verb}", path.display())?;
    Ok(false)
}

fn standard_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_FILE_SIZE).read_to_end(&mut bytes)?;
    Ok(bytes)
}
