//! The journal reader, step 3: `journal-reader-3 FILE` reads what `journalctl -o json` has printed into FILE, and names the unit that
//! failed most often in the last boot.

use std::process::ExitCode;
use std::{env, fs};

use serde_json::Value;

/// The message id of "Failed with result"; `journalctl --catalog` knows it.
const FAILED: &str = "d9b373ed55a64feb8242e02dbe79a49c";

fn main() -> ExitCode {
    let Some(path) = env::args().nth(1) else {
        eprintln!("usage: journal-reader-3 FILE");
        return ExitCode::from(2);
    };
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("journal-reader-3: cannot read {path}");
        return ExitCode::FAILURE;
    };
    let entries = text.lines().map(|line| serde_json::from_str(line).unwrap_or_default());
    let entries: Vec<Value> = entries.collect();
    match culprit(&entries) {
        Some(unit) => println!("{unit}"),
        None => println!("none"),
    }
    ExitCode::SUCCESS
}

fn culprit(entries: &[Value]) -> Option<String> {
    let boot = entries.last()?["_BOOT_ID"].clone();
    let mut names: Vec<String> = vec![];
    for entry in entries {
        let is_one = entry["MESSAGE_ID"].as_str() == Some(FAILED) && entry["_PID"].as_str() == Some("1");
        if is_one && entry["_BOOT_ID"] == boot {
            if let Some(unit) = entry["UNIT"].as_str() {
                names.push(unit.to_string());
            }
        }
    }
    let mut best = None;
    let mut most = 0;
    for name in &names {
        let count = names.iter().filter(|other| *other == name).count();
        if count > most {
            most = count;
            best = Some(name.clone());
        }
    }
    best
}
