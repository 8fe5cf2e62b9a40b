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

fn salvage(file: &[u8]) -> Vec<u64> {
    let mut numbers = Vec::new();
    let start = if file.len() >= 208 { u64_at(file, 88) } else { u64::MAX };
    let mut rest = file.get(start.min(1 << 40) as usize..).unwrap_or(&[]);
    loop {
        if rest.len() < 16 {
            break numbers;
        }
        let size = u64_at(rest, 8);
        let mut step = 8;
        if size <= rest.len() as u64 && size >= 16 && rest[0] > 0 && rest[0] < 8 {
            if rest[0] == 3 && size >= 64 {
                numbers.push(u64_at(rest, 16));
                step = size as usize;
            } else if rest[0] != 3 {
                step = size as usize;
            }
        }
        while step % 8 > 0 {
            step += 1;
        }
        rest = rest.get(step..).unwrap_or(&[]);
    }
}
