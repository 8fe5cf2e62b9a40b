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
    let last = entries.last()?.get("_BOOT_ID")?;
    let mine: Vec<&str> = entries
        .iter()
        .filter(|e| e.get("_BOOT_ID") == Some(last))
        .filter(|e| {
            e.get("MESSAGE_ID").is_some_and(|m| m == FAILED)
                && e.get("_PID").is_some_and(|p| p == "1")
        })
        .filter_map(|e| e.get("UNIT")?.as_str())
        .collect();
    // max_by_key gives the last of the largest, so walk backwards.
    mine.iter()
        .rev()
        .max_by_key(|u| mine.iter().filter(|x| x == u).count())
        .and_then(|u| {
            mine.iter().find(|first| {
                let n = mine.iter().filter(|x| *x == u).count();
                mine.iter().filter(|x| x == first).count() == n
            })
        })
        .map(|u| u.to_string())
}
