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

/// What the header says, a line each; or why it is none that can be read.
fn header(file: &[u8]) -> Result<String, String> {
    if file.len() < 208 || !file.starts_with(b"LPKSHHRH") {
        return Err("no journal file".into());
    }
    let flags = u32::from_le_bytes([file[12], file[13], file[14], file[15]]);
    if flags & !31 != 0 {
        return Err("it needs a newer reader".into());
    }
    let state = match file[16] {
        0 => "offline",
        1 => "online",
        2 => "archived",
        _ => "unknown",
    };
    let hash = if flags & 4 != 0 { "keyed" } else { "jenkins" };
    let offsets = if flags & 16 != 0 { 32 } else { 64 };
    let (entries, first, last) = (number(file, 152), number(file, 168), number(file, 160));
    Ok(format!(
        "state: {state}\nhash: {hash}\noffsets: {offsets} bits\nentries: {entries}\nnumbers: {first} to {last}\n"
    ))
}

/// The number of eight bytes at an offset.
fn number(file: &[u8], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&file[at..at + 4]);
    u64::from_le_bytes(bytes)
}
