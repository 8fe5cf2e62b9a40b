//! The command line: one file for each command, and none of them decides what is right; the library
//! does.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

mod args;
mod ask;
mod cat;
mod check;
mod checker;
mod difference;
mod escape;
mod explain;
mod fmt;
mod install;
mod new;
mod render;
mod systemctl;
mod target;
mod uninstall;
mod usage;
mod write;

use args::{Arguments, Command};
use usage::Usage;

/// The program was called wrongly; sysexits.h(3head) calls it `EX_USAGE`.
const BAD_USAGE: u8 = 64;

/// Parses the arguments, runs the command, reports an error in one line.
pub(crate) fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let asked_for_help = !error.use_stderr();
            let _ = error.print(); // nobody is left to tell
            return if asked_for_help { ExitCode::SUCCESS } else { ExitCode::from(BAD_USAGE) };
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
            let _ = out.flush(); // what was found before the error
            eprintln!("unit-writer: {error:#}");
            if error.is::<Usage>() { ExitCode::from(BAD_USAGE) } else { ExitCode::FAILURE }
        }
    }
}

fn dispatch(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match arguments.command {
        // These two end with a verdict.
        Command::Check(options) => return check::run(&options, out),
        Command::Fmt(options) => return fmt::run(&options, out),
        Command::New(options) => new::run(&options, out)?,
        Command::Explain(options) => explain::run(&options, out)?,
        Command::Cat(options) => cat::run(&options, out)?,
        Command::Install(options) => install::install(&options, out)?,
        Command::Uninstall(options) => uninstall::uninstall(&options, out)?,
        Command::Escape(options) => escape::escape(&options, out)?,
        Command::Unescape(options) => escape::unescape(&options, out)?,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "unit-writer", &mut script);
            out.write_all(&script)?;
        }
        Command::Man { command } => manual_page(command.as_deref(), out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn manual_page(command: Option<&str>, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut whole = Arguments::command();
    whole.build();
    let page = match command {
        None => whole,
        Some(name) => {
            let found = whole.get_subcommands().find(|command| command.get_name() == name).cloned();
            found.ok_or_else(|| Usage(format!("there is no command {name}")))?
        }
    };
    Ok(clap_mangen::Man::new(page).render(out)?)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
