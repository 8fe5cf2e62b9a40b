//! The program: see `cli`. Reads the arguments, and reports how it ended.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    cli::main(arguments.collect())
}
