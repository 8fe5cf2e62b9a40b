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

fn u64_at(file: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(file.get(at..at.checked_add(8)?)?.try_into().ok()?))
}
fn salvage(file: &[u8]) -> Vec<u64> {
    let mut found = Vec::new();
    if file.len() < 208 {
        return found;
    }
    let Some(start) = u64_at(file, 88) else { return found };
    let Ok(mut at) = usize::try_from(start) else { return found };
    if at % 8 != 0 {
        at = at.checked_next_multiple_of(8).unwrap_or(usize::MAX);
    }
    while at < file.len() && file.len() - at >= 16 {
        let kind = file[at];
        let size = u64_at(file, at + 8).unwrap_or(0);
        let least = if kind == 3 { 64 } else { 16 };
        if !(1..=7).contains(&kind) || size < least || size > (file.len() - at) as u64 {
            at += 8;
            continue;
        }
        if kind == 3 {
            found.extend(u64_at(file, at + 16));
        }
        at += (size as usize).next_multiple_of(8);
    }
    found.truncate(1000);
    found
}
