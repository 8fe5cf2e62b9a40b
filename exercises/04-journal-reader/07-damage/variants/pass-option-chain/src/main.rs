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

struct Object<'f> {
    kind: u8,
    bytes: &'f [u8],
}

fn object(file: &[u8], at: usize) -> Option<Object<'_>> {
    let rest = file.get(at..)?;
    let size = u64::from_le_bytes(*rest.get(8..)?.first_chunk()?);
    let bytes = rest.get(..usize::try_from(size).ok()?)?;
    let kind = *bytes.first()?;
    let fits = match kind {
        3 => bytes.len() >= 64,
        1..=7 => bytes.len() >= 16,
        _ => false,
    };
    fits.then_some(Object { kind, bytes })
}

fn salvage(file: &[u8]) -> Vec<u64> {
    let mut numbers = vec![];
    if file.len() < 208 {
        return numbers;
    }
    let mut at = u64_at(file, 88).min(file.len() as u64) as usize;
    while at < file.len() {
        match object(file, at) {
            None => at += 8,
            Some(object) => {
                if object.kind == 3 {
                    numbers.push(u64_at(object.bytes, 16));
                }
                at += (object.bytes.len() + 7) / 8 * 8;
            }
        }
    }
    numbers
}
