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

fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Array(bytes) => String::from_utf8_lossy(
            &bytes.iter().filter_map(|b| b.as_u64()).map(|b| b as u8).collect::<Vec<u8>>(),
        )
        .into_owned(),
        Value::Null => "(too long)".to_owned(),
        other => other.to_string(),
    }
}
fn values(value: &Value) -> Vec<String> {
    match value {
        Value::Array(many) if !many.iter().all(Value::is_number) => many.iter().map(text).collect(),
        one => vec![text(one)],
    }
}
fn lines(entry: &Value) -> Vec<String> {
    let name = entry
        .get("SYSLOG_IDENTIFIER")
        .or(entry.get("_COMM"))
        .and_then(|v| match v {
            Value::Array(m) => m.first().and_then(|f| f.as_str()).map(str::to_owned),
            v => v.as_str().map(str::to_owned),
        })
        .unwrap_or("unknown".into());
    let Some(message) = entry.get("MESSAGE") else { return Vec::new() };
    values(message).into_iter().map(|m| format!("{name}: {m}")).collect()
}
