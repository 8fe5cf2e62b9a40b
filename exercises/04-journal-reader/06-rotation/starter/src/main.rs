//! The journal reader, step 6: `journal-reader-6 DIRECTORY OUT` follows DIRECTORY/current, and appends each line of it to OUT, for ever.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

/// How long to wait before the next look. (A real reader waits for inotify(7) instead.)
const PAUSE: Duration = Duration::from_millis(2);

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(directory), Some(out)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: journal-reader-6 DIRECTORY OUT");
        return ExitCode::from(2);
    };
    let out = OpenOptions::new().append(true).create(true).open(out);
    match out.and_then(|mut out| follow(&directory, &mut out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("journal-reader-6: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Copies the whole lines of `text` to `out`; what is left is the beginning of a line.
fn put_lines(text: &mut Vec<u8>, out: &mut File) -> io::Result<()> {
    let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    out.write_all(&text[..end])?;
    text.drain(..end);
    Ok(())
}

/// Which file it is, whatever its name.
fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Follows the file `current` in `directory`, and what takes its place at a rotation.
fn follow(directory: &Path, out: &mut File) -> io::Result<()> {
    // TODO: this loses lines when the file is rotated. When is an old file done, and which one comes next?
    let mut done = 0;
    loop {
        if let Ok(mut file) = File::open(directory.join("current")) {
            let mut text = Vec::new();
            file.read_to_end(&mut text)?;
            if text.len() < done {
                let _ = identity(&file.metadata()?);
                done = 0;
            }
            let mut new = text.split_off(done);
            done += new.len();
            put_lines(&mut new, out)?;
        }
        thread::sleep(PAUSE);
    }
}
