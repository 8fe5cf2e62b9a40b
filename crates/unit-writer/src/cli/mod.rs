//! The command line: one file for each command, and none of them decides what is right; the library does.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

mod args;
mod check;
mod render;
mod write;

use args::{Arguments, Command};

/// The program was called wrongly; sysexits.h(3head) calls it `EX_USAGE`.
const BAD_USAGE: u8 = 64;

/// Parses the arguments, runs the command, reports an error in one line.
pub(crate) fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let asked_for_help = !error.use_stderr();
            let _ = error.print(); // nobody is left to tell
            return if asked_for_help {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(BAD_USAGE)
            };
        }
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let result = dispatch(arguments, &mut out).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match result {
        Ok(code) => code,
        // Somebody has seen enough, as with `| head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("unit-writer: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match arguments.command {
        Command::Check(options) => check::run(&options, out),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let source = error.downcast_ref::<io::Error>();
    source.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
