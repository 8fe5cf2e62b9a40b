//! The command line: parse, run, one line about what went wrong, an exit status.

mod filter;
mod found;
mod lines;
mod log;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

/// Levels, formats and handlers as Python's logging has them, for shell scripts; and logs read by
/// level
#[derive(Parser)]
#[command(name = "leveled-logger", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Log(log::Log),
    Filter(filter::Filter),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

const EXAMPLES: &str = "\
Examples:
  leveled-logger log --level warning 'the disk is nearly full' disk=/srv percent=97
  leveled-logger log --file backup.log --format '%(asctime)s %(levelname)s %(message)s' done
  make 2>&1 | leveled-logger log --journal --name build
  leveled-logger filter --level error app.log
  leveled-logger filter --count app.log
  leveled-logger completions bash > ~/.local/share/bash-completion/completions/leveled-logger

Exit status: 0 when all went well, 1 when a line was lost or none was found, 2 for bad arguments
and for what cannot be read.";

/// Runs what the command line says.
pub(crate) fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) if error.use_stderr() => {
            let help_was_asked =
                error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
            if help_was_asked {
                let _ = error.print();
            } else {
                complain(&one_line_of(&error));
            }
            return ExitCode::from(2);
        }
        Err(help) => {
            // To standard output; a pipe that closes is not an error.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    let outcome = match args.verb {
        Verb::Log(log) => log.run(),
        Verb::Filter(filter) => filter.run(),
        Verb::Completions { shell } => print_completions(shell),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}

fn print_completions(shell: clap_complete::Shell) -> anyhow::Result<bool> {
    // By way of memory: clap_complete panics when its output is a pipe that closes.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "leveled-logger", &mut script);
    io::stdout().write_all(&script)?;
    Ok(true)
}

/// What is wrong, in one line: clap's first paragraph, without the usage that it adds.
fn one_line_of(error: &clap::Error) -> String {
    let text = error.to_string();
    let what = text.split("\n\n").next().unwrap_or(&text);
    let words = what.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.strip_prefix("error: ").unwrap_or(&words);
    format!("{words}; see leveled-logger --help")
}

/// One line on standard error, also when that is closed. What a user typed may hold anything.
fn complain(what: &str) {
    let _ = writeln!(io::stderr(), "leveled-logger: {}", lines::visible(what));
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
