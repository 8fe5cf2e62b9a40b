//! What the program does besides serving: it makes a key, and it says whether a seal is genuine.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use date_service::Key;

pub(crate) fn new_key() -> ExitCode {
    match Key::random() {
        Ok(key) => say(&key.to_text()),
        Err(error) => complain(&format!("cannot make a key: {error}")),
    }
}

pub(crate) fn verify(key: PathBuf, answer: &[String]) -> ExitCode {
    let key = match Key::read(key) {
        Ok(key) => key,
        Err(error) => return complain(&error.to_string()),
    };
    let answer = answer.join(" ");
    match answer.rsplit_once(' ') {
        Some((said, seal)) if key.seal(said) == seal => say("genuine"),
        _ => complain("not genuine: this service has not told that, or it has another key now"),
    }
}

/// A pipe that closes is not an error.
fn say(what: &str) -> ExitCode {
    let _ = writeln!(io::stdout(), "{what}");
    ExitCode::SUCCESS
}

fn complain(what: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "date-service: {what}");
    ExitCode::FAILURE
}
