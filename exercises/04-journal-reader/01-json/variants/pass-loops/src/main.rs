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
    let mut out = Vec::new();
    let mut name = String::from("unknown");
    for field in ["_COMM", "SYSLOG_IDENTIFIER"] {
        if let Some(first) = split(&entry[field]).into_iter().next() {
            if entry.get(field).is_some() {
                name = text(&first);
            }
        }
    }
    if entry.get("MESSAGE").is_none() {
        return out;
    }
    for value in split(&entry["MESSAGE"]) {
        out.push(format!("{}: {}", name, text(&value)));
    }
    out
}

fn split(value: &Value) -> Vec<Value> {
    if let Some(all) = value.as_array() {
        for one in all {
            if !one.is_u64() {
                return all.clone();
            }
        }
    }
    vec![value.clone()]
}

fn text(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_string();
    }
    if let Some(all) = value.as_array() {
        let mut bytes = vec![];
        for byte in all {
            bytes.push(byte.as_u64().unwrap_or(63) as u8);
        }
        return String::from_utf8_lossy(&bytes).to_string();
    }
    "(too long)".to_string()
}
