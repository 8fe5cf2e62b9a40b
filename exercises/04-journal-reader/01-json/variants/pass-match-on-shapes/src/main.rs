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
    fn read(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Null => out.push("(too long)".into()),
            Value::String(text) => out.push(text.into()),
            Value::Array(all) => match serde_json::from_value::<Vec<u8>>(value.clone()) {
                Ok(bytes) => out.push(String::from_utf8_lossy(&bytes).to_string()),
                Err(_) => all.iter().for_each(|value| read(value, out)),
            },
            _ => {}
        }
    }
    let (mut names, mut messages) = (Vec::new(), Vec::new());
    if let Some(name) = entry.get("SYSLOG_IDENTIFIER").or(entry.get("_COMM")) {
        read(name, &mut names);
    }
    if let Some(message) = entry.get("MESSAGE") {
        read(message, &mut messages);
    }
    let name = names.first().cloned().unwrap_or("unknown".to_string());
    messages.into_iter().map(|message| name.clone() + ": " + &message).collect()
}
