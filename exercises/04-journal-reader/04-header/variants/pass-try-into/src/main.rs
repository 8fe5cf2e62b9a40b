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

struct Header {
    flags: u32,
    state: u8,
    entries: u64,
    head: u64,
    tail: u64,
}

fn parse(bytes: &[u8; 208]) -> Header {
    let n = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    Header {
        flags: (n(8) >> 32) as u32,
        state: bytes[16],
        entries: n(152),
        head: n(168),
        tail: n(160),
    }
}

fn header(file: &[u8]) -> Result<String, String> {
    let Some(bytes) = file.first_chunk::<208>() else { return Err("too short".to_string()) };
    if &bytes[..8] != b"LPKSHHRH" {
        return Err("wrong signature".to_string());
    }
    let header = parse(bytes);
    for bit in 5..32 {
        if header.flags & (1 << bit) != 0 {
            return Err(format!("flag {bit} is unknown"));
        }
    }
    let yes = |bit: u32| header.flags & bit == bit;
    Ok(format!(
        "state: {}\nhash: {}\noffsets: {} bits\nentries: {}\nnumbers: {} to {}\n",
        match header.state { 0 => "offline", 1 => "online", 2 => "archived", _ => "?" },
        if yes(4) { "keyed" } else { "jenkins" },
        if yes(16) { "32" } else { "64" },
        header.entries, header.head, header.tail
    ))
}
