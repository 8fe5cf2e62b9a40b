//! The journal reader, step 5: `journal-reader-5 FILE OFFSET` prints the sequence numbers of all entries that have the DATA object at
//! OFFSET.

use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [path, offset] = arguments.as_slice() else {
        eprintln!("usage: journal-reader-5 FILE OFFSET");
        return ExitCode::from(2);
    };
    let (Ok(file), Ok(offset)) = (fs::read(path), offset.parse()) else {
        eprintln!("journal-reader-5: cannot read {path}, or {offset} is no number");
        return ExitCode::FAILURE;
    };
    for entry in entries(&file, offset) {
        // An ENTRY has its sequence number 16 bytes behind its start.
        println!("{}", u64_at(&file, entry + 16));
    }
    ExitCode::SUCCESS
}

/// The number of eight bytes at an offset; 0 behind the end of the file.
fn u64_at(file: &[u8], at: u64) -> u64 {
    let bytes = file.get(at as usize..).and_then(|rest| rest.first_chunk());
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The number of four bytes at an offset; 0 behind the end of the file.
fn u32_at(file: &[u8], at: u64) -> u64 {
    let bytes = file.get(at as usize..).and_then(|rest| rest.first_chunk());
    bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
}

fn array(file: &[u8], at: u64) -> Option<(&[u8], u64)> {
    let size = usize::try_from(u64_at(file, at + 8)).ok()?;
    let rest = file.get(usize::try_from(at).ok()?..)?;
    let object = &rest[..size.min(rest.len())];
    Some((object.get(24..)?, u64_at(file, at + 16)))
}
fn entries(file: &[u8], data: u64) -> Vec<u64> {
    let width = if u32_at(file, 12) & 16 == 0 { 8 } else { 4 };
    let mut v: Vec<u64> = Some(u64_at(file, data + 40)).into_iter().filter(|e| *e > 0).collect();
    let mut next = u64_at(file, data + 48);
    let mut before = 0;
    while next > before {
        let Some((slots, after)) = array(file, next) else { break };
        v.extend(
            slots
                .chunks_exact(width)
                .map(|c| c.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b)))
                .take_while(|e| *e != 0),
        );
        before = next;
        next = after;
    }
    eprintln!("debug: {} entries", v.len());
    v
}
