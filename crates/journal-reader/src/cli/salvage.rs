//! `salvage FILE`: what can still be read of damaged files, in any format; and on standard error
//! what was lost.

use std::io::{self, Write};
use std::path::Path;

use anyhow::bail;
use journal_reader::Salvage;

use crate::cli::args::Args;
use crate::cli::output::{Printer, Style};
use crate::cli::pager::Output;
use crate::cli::report::complain;
use crate::cli::text::bytes;

pub(crate) fn run(args: &Args, files: &[String]) -> anyhow::Result<bool> {
    if files.is_empty() {
        bail!("salvage needs a file: journal-reader salvage FILE...");
    }
    let mut output = if args.no_pager { Output::plain() } else { Output::paged(args.pager_end) };
    let mut printer = Printer::new(Style::of(args), output.writer());
    let mut good = true;
    for name in files {
        let salvage = match Salvage::of(Path::new(name)) {
            Ok(salvage) => salvage,
            Err(error) => {
                complain(&error.to_string());
                good = false;
                continue;
            }
        };
        for entry in salvage.entries() {
            printer.entry(&entry, (0, 0))?;
        }
        printer.flush()?;
        let found = salvage.found;
        let lost = bytes(found.lost_bytes);
        let _ = writeln!(
            io::stderr(),
            "{name}: {} entries whole, {} in part; lost: {} entries, {} fields, {lost} in between",
            found.whole,
            found.partly,
            found.lost,
            found.lost_fields,
        );
    }
    output.finish();
    Ok(good)
}
