//! The command: journalctl's options over the library.

mod args;
mod boots;
mod catalog;
mod colour;
mod dissect;
mod help;
mod histogram;
mod list;
mod output;
mod pager;
mod progress;
mod query;
mod refused;
mod report;
mod salvage;
mod selection;
mod show;
mod summary;
mod text;
mod time;
mod verify;

use std::io;
use std::process::ExitCode;

use journal_reader::{Journal, Source};

use args::Args;
use output::Format;

/// Runs the program.
pub(crate) fn main(arguments: Vec<String>) -> ExitCode {
    let args = match Args::read(arguments.iter().cloned()).and_then(Args::check) {
        Ok(args) => args,
        Err(error) if error.use_stderr() => {
            refused::complain(&error, &arguments);
            return ExitCode::FAILURE;
        }
        Err(help) => {
            // To standard output; a pipe that closes is not an error.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    match run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) if nobody_reads(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// The reader of our output has seen enough, or the terminal has gone.
fn nobody_reads(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe || show::reader_is_gone())
}

fn run(args: &Args) -> anyhow::Result<bool> {
    // No match is written in small letters, so these words are free.
    match args.matches.split_first().map(|(word, rest)| (word.as_str(), rest)) {
        Some(("salvage", files)) => return salvage::run(args, files),
        Some(("dissect", files)) => return dissect::run(files),
        Some(("completions", shells)) => return help::completions(shells).map(|()| true),
        Some(("man", [])) => return Ok(help::manual_page().map(|()| true)?),
        _ if args.output == Format::Help => return Ok(help::formats().map(|()| true)?),
        _ => {}
    }
    let source = match &args.directory {
        Some(directory) => Source::Directory(directory.clone()),
        None if !args.file.is_empty() => Source::Files(args.file.clone()),
        None if args.merge => Source::Merged,
        None => Source::Local,
    };
    let mut journal = Journal::open(source)?;
    // If nothing at all could be opened, that is no remark but the answer.
    let quiet = args.quiet && journal.files().len() > 0;
    let problems = report::problems(&mut journal, quiet);
    if journal.files().len() == 0 && problems > 0 {
        return Ok(false);
    }
    if args.header {
        list::headers(&journal)?;
    } else if args.disk_usage {
        list::disk_usage(&journal)?;
    } else if args.verify {
        return Ok(verify::run(&journal, args.quiet) && problems == 0);
    } else if args.list_boots {
        boots::list(&mut journal, args)?;
    } else if args.fields {
        list::field_names(&journal)?;
    } else if let Some(field) = &args.field {
        list::values(&journal, field, args.lines.as_deref())?;
    } else if let Some(format) = args.histogram {
        histogram::run(args, &mut journal, format)?;
    } else if let Some(format) = args.summary {
        summary::run(args, &mut journal, format)?;
    } else {
        return show::run(args, &mut journal);
    }
    Ok(true)
}
