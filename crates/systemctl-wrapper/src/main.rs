//! The command `systemctl-wrapper`: what was typed is a verb, and each verb is a file in
//! `cli/verbs`.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::run()
}
