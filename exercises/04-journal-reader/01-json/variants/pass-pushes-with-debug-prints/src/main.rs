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

fn decode(value: &Value, out: &mut String) {
    if let Some(s) = value.as_str() {
        out.push_str(s);
        return;
    }
    if value.is_null() {
        out.push_str("(too long)");
        return;
    }
    if let Some(list) = value.as_array() {
        let mut bytes: Vec<u8> = Vec::with_capacity(list.len());
        for i in 0..list.len() {
            bytes.push(list[i].as_u64().unwrap_or(63) as u8);
        }
        out.push_str(&String::from_utf8_lossy(&bytes));
    }
}
fn all(value: &Value) -> Vec<String> {
    let mut result = Vec::new();
    let mut several = false;
    if let Value::Array(list) = value {
        for v in list {
            if !v.is_number() {
                several = true;
            }
        }
        if several {
            for v in list {
                let mut s = String::new();
                decode(v, &mut s);
                result.push(s);
            }
            return result;
        }
    }
    let mut s = String::new();
    decode(value, &mut s);
    result.push(s);
    result
}
fn lines(entry: &Value) -> Vec<String> {
    eprintln!("debug: {} fields", entry.as_object().map_or(0, |o| o.len()));
    let object = match entry.as_object() {
        Some(o) => o,
        None => return vec![],
    };
    let name = if object.contains_key("SYSLOG_IDENTIFIER") {
        all(&object["SYSLOG_IDENTIFIER"])[0].clone()
    } else if object.contains_key("_COMM") {
        all(&object["_COMM"])[0].clone()
    } else {
        String::from("unknown")
    };
    let mut result = Vec::new();
    if object.contains_key("MESSAGE") {
        for m in all(&object["MESSAGE"]) {
            result.push(name.clone() + ": " + &m);
        }
    }
    result
}
