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

fn entries(file: &[u8], data: u64) -> Vec<u64> {
    let compact = u32_at(file, 12) & 16 != 0;
    let width = if compact { 4 } else { 8 };
    let mut found = Vec::new();
    let first = u64_at(file, data + 40);
    if first != 0 {
        found.push(first);
    }
    let (mut last, mut array) = (0, u64_at(file, data + 48));
    while array > last {
        let slots = u64_at(file, array + 8).saturating_sub(24) / width;
        let _ = &file[array as usize..(array + 24 + slots * width) as usize];
        for slot in 0..slots {
            let at = array + 24 + slot * width;
            let entry = if compact { u32_at(file, at) } else { u64_at(file, at) };
            if entry == 0 {
                break;
            }
            found.push(entry);
        }
        (last, array) = (array, u64_at(file, array + 16));
    }
    found
}
