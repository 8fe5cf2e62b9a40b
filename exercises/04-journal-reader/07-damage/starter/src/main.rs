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
    // TODO: this believes each object. What if its kind, or its size, can't be?
    let mut found = Vec::new();
    let mut at = u64_at(file, 88) as usize;
    while at < file.len() {
        if file[at] == 3 {
            found.push(u64_at(file, at + 16));
        }
        let size = u64_at(file, at + 8).max(16);
        at = at.wrapping_add(size.next_multiple_of(8) as usize);
    }
    found
}
