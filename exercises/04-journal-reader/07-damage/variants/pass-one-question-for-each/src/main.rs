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

fn u64_at(file: &[u8], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&file[at..at + 8]);
    u64::from_le_bytes(bytes)
}
fn object(file: &[u8], at: u64) -> Option<(u8, u64)> {
    let left = (file.len() as u64).checked_sub(at)?;
    if left < 16 {
        return None;
    }
    let kind = file[at as usize];
    let size = u64_at(file, at as usize + 8);
    (kind >= 1 && kind <= 7 && size >= (if kind == 3 { 64 } else { 16 }) && size <= left)
        .then_some((kind, size))
}
fn salvage(file: &[u8]) -> Vec<u64> {
    if file.len() < 208 {
        eprintln!("debug: no header");
        return vec![];
    }
    let mut v = vec![];
    let mut at = u64_at(file, 88);
    let end = file.len() as u64;
    while at < end {
        match object(file, at) {
            Some((kind, size)) => {
                if kind == 3 {
                    v.push(u64_at(file, at as usize + 16));
                }
                at += (size + 7) / 8 * 8;
            }
            None => match at.checked_add(8) {
                Some(n) => at = n,
                None => break,
            },
        }
    }
    v
}
