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
    if file.len() <= 208 || !file.starts_with(b"LPKSHHRH") {
        return Err("no journal file".into());
    }
    let u32_at = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let u64_at = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().unwrap());
    let flags = u32_at(12);
    if flags & !31 != 0 {
        return Err(format!("unknown flags {flags:#x}"));
    }
    let state = match file[16] {
        0 => "offline",
        1 => "online",
        2 => "archived",
        _ => "unknown",
    };
    let hash = if flags & 4 != 0 { "keyed" } else { "jenkins" };
    let bits = if flags & 16 != 0 { 32 } else { 64 };
    Ok(format!(
        "state: {state}\nhash: {hash}\noffsets: {bits} bits\nentries: {}\nnumbers: {} to {}\n",
        u64_at(152),
        u64_at(168),
        u64_at(160)
    ))
}
