//! The journal reader, step 4: `journal-reader-4 FILE` says what the header of a journal file says.

use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let Some(path) = env::args().nth(1) else {
        eprintln!("usage: journal-reader-4 FILE");
        return ExitCode::from(2);
    };
    let read = fs::read(&path).map_err(|error| error.to_string());
    match read.and_then(|file| header(&file)) {
        Ok(lines) => {
            print!("{lines}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("journal-reader-4: {path}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn header(file: &[u8]) -> Result<String, String> {
    let field = |at: usize, length: usize| -> Option<u64> {
        let bytes = file.get(at..at + length)?;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    };
    let read = || {
        (file.get(..8)? == b"LPKSHHRH" && file.len() >= 208).then_some(())?;
        Some([field(12, 4)?, field(16, 1)?, field(152, 8)?, field(168, 8)?, field(160, 8)?])
    };
    let [flags, state, entries, first, last] = read().ok_or("this is no journal")?;
    if flags >= 32 {
        return Err(format!("unknown flags {flags}"));
    }
    let state = ["offline", "online", "archived"].get(state as usize).unwrap_or(&"unknown");
    let mut out = String::new();
    out += &format!("state: {state}\n");
    out += &format!("hash: {}\n", ["jenkins", "keyed"][(flags >> 2 & 1) as usize]);
    out += &format!("offsets: {} bits\n", 64 >> (flags >> 4 & 1));
    out += &format!("entries: {entries}\nnumbers: {first} to {last}\n");
    Ok(out)
}
