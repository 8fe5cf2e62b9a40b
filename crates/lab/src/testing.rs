//! For tests that need what a machine may lack: they say so, by name, and are never silently green.

use std::fs::OpenOptions;
use std::io::Write;

/// Reports that `promise` could not be tried here, and why: on standard error, and in the file that
/// `NOT_PROVED` names.
pub fn not_proved(promise: &str, reason: &str) {
    let line = format!("NOT PROVED: {promise}: {reason}\n");
    eprint!("{line}");
    let Some(file) = std::env::var_os("NOT_PROVED") else {
        return;
    };
    let written = OpenOptions::new()
        .append(true)
        .create(true)
        .open(&file)
        .and_then(|mut file| file.write_all(line.as_bytes()));
    if let Err(error) = written {
        eprintln!("cannot append to {}: {error}", file.display());
    }
}
