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
    let mut file = File::open(directory.join("current"))?;
    let mut text = Vec::new();
    loop {
        // Looked at first: whatever the old file still gets, it has got when there is another one.
        let next = successor(directory, &file)?;
        file.read_to_end(&mut text)?;
        put_lines(&mut text, out)?;
        match next {
            Some(next) => file = next,
            None if text.is_empty() => loop {
                thread::sleep(PAUSE);
            },
            None => thread::sleep(PAUSE),
        }
    }
}

/// The file that came after `file`, if it was rotated.
fn successor(directory: &Path, file: &File) -> io::Result<Option<File>> {
    let own = identity(&file.metadata()?);
    let is_own = |path: &Path| fs::metadata(path).is_ok_and(|it| identity(&it) == own);
    if is_own(&directory.join("current")) {
        return Ok(None);
    }
    let archived = |number: usize| directory.join(format!("archived-{number}"));
    let Some(number) = (1..10_000).find(|number| is_own(&archived(*number))) else { return Ok(None) };
    // `current` is opened before the question whether a later one was archived: it can't slip through in between.
    let current = File::open(directory.join("current"));
    match File::open(archived(number + 1)) {
        Ok(next) => Ok(Some(next)),
        Err(_) => Ok(current.ok()),
    }
}
