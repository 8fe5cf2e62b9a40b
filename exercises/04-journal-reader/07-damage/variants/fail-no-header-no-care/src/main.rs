//! The journal reader, step 7: `journal-reader-7 FILE` prints the sequence number of each entry that is still to be found in a damaged
//! journal file.

use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let Some(path) = env::args().nth(1) else {
        eprintln!("usage: journal-reader-7 FILE");
        return ExitCode::from(2);
    };
    let file = match fs::read(&path) {
        Ok(file) => file,
        Err(error) => {
            eprintln!("journal-reader-7: cannot read {path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    for seqnum in salvage(&file) {
        println!("{seqnum}");
    }
    ExitCode::SUCCESS
}

/// The number of eight bytes at an offset. Panics behind the end of the file.
fn u64_at(file: &[u8], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&file[at..at + 8]);
    u64::from_le_bytes(bytes)
}

/// The sequence numbers of the entries, in the order of the file.
fn salvage(file: &[u8]) -> Vec<u64> {
    const ENTRY: u8 = 3;
    let mut found = Vec::new();
    let mut at = usize::try_from(u64_at(file, 88)).unwrap_or(usize::MAX);
    while at.checked_add(16).is_some_and(|end| end <= file.len()) {
        let (kind, size) = (file[at], u64_at(file, at + 8));
        let least = if kind == ENTRY { 64 } else { 16 };
        let room = (file.len() - at) as u64;
        if !(1..=7).contains(&kind) || size < least || size > room {
            at += 8;
            continue;
        }
        if kind == ENTRY {
            found.push(u64_at(file, at + 16));
        }
        at += size.next_multiple_of(8) as usize;
    }
    found
}
