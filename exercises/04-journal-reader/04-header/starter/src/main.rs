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
    // TODO: look at the signature and the flags first, then read the numbers where they are.
    Ok(format!("state: unknown\nhash: unknown\noffsets: 0 bits\nentries: {}\nnumbers: 0 to 0\n", file.len()))
}
