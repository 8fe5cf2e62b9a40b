//! Runs systemctl, says in one word how it ended, and ends the same way: `systemctl-wrapper-1 VERB UNIT`.

use std::env;
use std::io;
use std::process::{Command, ExitCode};

/// How systemctl ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Status(u8),
    Killed,
}

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let [verb, unit] = words.as_slice() else {
        eprintln!("usage: systemctl-wrapper-1 VERB UNIT");
        return ExitCode::from(2);
    };
    match run(verb, unit) {
        Ok(outcome) => {
            println!("{}", word(outcome));
            match outcome {
                Outcome::Status(status) => ExitCode::from(status),
                Outcome::Killed => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("cannot run systemctl: {error}");
            ExitCode::FAILURE
        }
    }
}

fn word(outcome: Outcome) -> String {
    match outcome {
        Outcome::Status(0) => "ok".to_owned(),
        Outcome::Status(1) => "failed".to_owned(),
        Outcome::Status(3) => "not-running".to_owned(),
        Outcome::Status(4) => "not-allowed-or-unknown".to_owned(),
        Outcome::Status(5) => "not-installed".to_owned(),
        Outcome::Status(other) => format!("status-{other}"),
        Outcome::Killed => "killed".to_owned(),
    }
}

use std::process::Stdio;
fn run(verb: &str, unit: &str) -> io::Result<Outcome> {
    let mut cmd = Command::new("systemctl");
    cmd.args(["--no-pager", "--", verb, unit]);
    cmd.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = cmd.status()?;
    eprintln!("DEBUG: {cmd:?} -> {status:?}");
    if let Some(c) = status.code() {
        Ok(Outcome::Status(u8::try_from(c).unwrap_or(255)))
    } else {
        Ok(Outcome::Killed)
    }
}
