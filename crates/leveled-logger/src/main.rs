//! The command: says things at a level from a shell script, and reads logs by level.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
