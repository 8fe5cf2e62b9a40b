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
    let names = ["SYSLOG_IDENTIFIER", "_COMM"].iter().find_map(|name| entry.get(name));
    let name = names.map(values).and_then(|names| names.into_iter().next());
    let name = name.unwrap_or_else(|| "unknown".to_owned());
    let messages = entry.get("MESSAGE").map(values).unwrap_or_default();
    messages.iter().map(|message| format!("{name}: {message}")).collect()
}

/// All values of a field.
fn values(value: &Value) -> Vec<String> {
    match value {
        Value::Array(many) if !many.iter().all(Value::is_number) => {
            many.iter().map(|value| value.as_str().unwrap_or("(too long)").to_owned()).collect()
        }
        value => vec![one(value)],
    }
}

/// One value: text, the bytes of what is no text, or null for what is too long.
fn one(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(numbers) => {
            let byte = |number: &Value| number.as_u64().and_then(|number| u8::try_from(number).ok());
            let bytes: Vec<u8> = numbers.iter().filter_map(byte).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => "(too long)".to_owned(),
    }
}
