//! The command `unit-writer`: parses its arguments, calls the library, reports.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::run()
}
