//! The journal reader, step 3: `journal-reader-3 FILE` reads what `journalctl -o json` has printed into FILE, and names the unit that
//! failed most often in the last boot.

use std::collections::HashMap;
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
    let boot = entries.last()?.get("_BOOT_ID")?;
    let mut found: HashMap<String, (usize, usize)> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        let text = |field: &str| entry[field].as_str().unwrap_or("");
        if entry.get("_BOOT_ID") == Some(boot) && text("MESSAGE_ID") == FAILED && text("_PID") == "1" {
            found.entry(text("UNIT").to_string()).or_insert((0, at)).0 += 1;
        }
    }
    let order = |(count, first): &(usize, usize)| (*count, usize::MAX - first);
    found.into_iter().max_by_key(|(_, it)| order(it)).map(|(unit, _)| unit)
}
