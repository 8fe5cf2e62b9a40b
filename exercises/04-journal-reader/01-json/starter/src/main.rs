//! The journal reader, step 1: `journal-reader-1 FILE` reads what `journalctl -o json` has printed into FILE, and prints
//! a line for each message.

use std::process::ExitCode;
use std::{env, fs};

use serde_json::Value;

fn main() -> ExitCode {
    let Some(path) = env::args().nth(1) else {
        eprintln!("usage: journal-reader-1 FILE");
        return ExitCode::from(2);
    };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("journal-reader-1: cannot read {path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    for line in text.lines() {
        match serde_json::from_str(line) {
            Ok(entry) => lines(&entry).iter().for_each(|line| println!("{line}")),
            Err(error) => eprintln!("journal-reader-1: {error}"),
        }
    }
    ExitCode::SUCCESS
}

/// The lines for one entry: `IDENTIFIER: MESSAGE` for each of its messages.
fn lines(entry: &Value) -> Vec<String> {
    // TODO: a value need not be a string. journalctl(1), -o json, says what else it may be.
    let name = entry["SYSLOG_IDENTIFIER"].as_str().unwrap_or_default();
    let message = entry["MESSAGE"].as_str().unwrap_or_default();
    vec![format!("{name}: {message}")]
}
