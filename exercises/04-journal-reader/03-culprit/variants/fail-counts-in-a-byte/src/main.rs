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
    let boot = &entries.last()?["_BOOT_ID"];
    let mut counts: Vec<(&str, u8)> = Vec::new();
    for entry in entries
        .iter()
        .filter(|e| e["_BOOT_ID"] == *boot && e["MESSAGE_ID"] == FAILED && e["_PID"] == "1")
    {
        let Some(unit) = entry["UNIT"].as_str() else { continue };
        match counts.iter_mut().find(|(name, _)| *name == unit) {
            Some((_, n)) => *n = n.wrapping_add(1),
            None => counts.push((unit, 1)),
        }
    }
    let most = counts.iter().map(|(_, n)| *n).max()?;
    counts.into_iter().find(|(_, n)| *n == most).map(|(name, _)| name.to_owned())
}
