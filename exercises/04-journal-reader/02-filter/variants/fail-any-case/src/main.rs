//! The journal reader, step 2: `journal-reader-2 FILE UNIT PRIORITY` prints the messages of a unit, and about it, that are of
//! this priority or more urgent. FILE is what `journalctl -o json` has printed.

use std::process::ExitCode;
use std::{env, fs};

use serde_json::Value;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [path, unit, priority] = arguments.as_slice() else {
        eprintln!("usage: journal-reader-2 FILE UNIT PRIORITY");
        return ExitCode::from(2);
    };
    let (Ok(text), Ok(priority)) = (fs::read_to_string(path), priority.parse()) else {
        eprintln!("journal-reader-2: cannot read {path}, or {priority} is no number");
        return ExitCode::FAILURE;
    };
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).unwrap_or_default();
        if belongs(&entry, unit) && is_urgent(&entry, priority) {
            println!("{}", get(&entry, "MESSAGE"));
        }
    }
    ExitCode::SUCCESS
}

/// A field as text; empty if it is missing.
fn get<'e>(entry: &'e Value, field: &str) -> &'e str {
    entry[field].as_str().unwrap_or_default()
}

fn belongs(entry: &Value, unit: &str) -> bool {
    get(entry, "_SYSTEMD_UNIT").eq_ignore_ascii_case(unit)
        || get(entry, "UNIT") == unit && get(entry, "_PID") == "1"
        || get(entry, "OBJECT_SYSTEMD_UNIT") == unit && get(entry, "_UID") == "0"
}
fn is_urgent(entry: &Value, priority: u8) -> bool {
    get(entry, "PRIORITY").parse::<u8>().is_ok_and(|its| its <= priority)
}
