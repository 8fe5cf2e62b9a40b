//! `unit-writer fmt`

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use unit_file::syntax::UnitFile;
use unit_file::writer::format;
use unit_writer::load::{MAX_FILE_SIZE, read_limited};

use super::args::Fmt;
use super::write;

pub(crate) fn run(options: &Fmt, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut untidy = 0;
    for path in &options.paths {
        let is_input = path == Path::new("-");
        let before = if is_input { standard_input() } else { read_limited(path) };
        let before = before.with_context(|| format!("cannot read {}", path.display()))?;
        let after = format(&UnitFile::parse(before.clone()))
            .with_context(|| format!("cannot format {}", path.display()))?;
        if is_input && !options.check {
            out.write_all(&after)?;
        } else if before != after {
            untidy += 1;
            let verb = if options.check { "not tidy" } else { "formatted" };
            if !options.check {
                write::replace(path, &before, &after)
                    .with_context(|| format!("cannot write {}", path.display()))?;
            }
            writeln!(out, "{}: {verb}", path.display())?;
        }
    }
    Ok(if options.check && untidy > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn standard_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_FILE_SIZE).read_to_end(&mut bytes)?;
    Ok(bytes)
}
