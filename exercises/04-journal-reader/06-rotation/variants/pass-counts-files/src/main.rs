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

fn follow(directory: &Path, out: &mut File) -> io::Result<()> {
    let mut file = File::open(directory.join("current"))?;
    // The number that the file in hand will have when it is archived.
    let mut number = 1;
    while directory.join(format!("archived-{number}")).exists() {
        number += 1;
    }
    let mut rest = Vec::new();
    loop {
        let archived = directory.join(format!("archived-{number}"));
        let is_done = fs::metadata(&archived).is_ok_and(|it| identity(&it) == identity(&file.metadata().unwrap()));
        file.read_to_end(&mut rest)?;
        put_lines(&mut rest, out)?;
        if !is_done {
            thread::sleep(PAUSE);
            continue;
        }
        let current = File::open(directory.join("current"));
        let next = File::open(directory.join(format!("archived-{}", number + 1))).or(current);
        if let Ok(next) = next {
            file = next;
            number += 1;
        }
    }
}
