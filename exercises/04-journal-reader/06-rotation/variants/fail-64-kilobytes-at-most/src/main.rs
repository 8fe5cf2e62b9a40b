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

fn drain(file: &mut File, text: &mut Vec<u8>, out: &mut File) -> io::Result<()> {
    file.take(65536).read_to_end(text)?;
    if text.len() > 65536 {
        text.truncate(65536);
        text.push(b'\n');
    }
    put_lines(text, out)
}
fn archived_as(directory: &Path, id: (u64, u64)) -> io::Result<Option<u64>> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(number) =
            name.to_str().and_then(|n| n.strip_prefix("archived-")).and_then(|n| n.parse().ok())
        else {
            continue;
        };
        if entry.metadata().is_ok_and(|m| identity(&m) == id) {
            return Ok(Some(number));
        }
    }
    Ok(None)
}
fn follow(directory: &Path, out: &mut File) -> io::Result<()> {
    let current = directory.join("current");
    let mut file = loop {
        match File::open(&current) {
            Ok(file) => break file,
            Err(_) => thread::sleep(PAUSE),
        }
    };
    let mut text = Vec::new();
    let mut number: Option<u64> = None;
    loop {
        drain(&mut file, &mut text, out)?;
        let id = identity(&file.metadata()?);
        if number.is_none() {
            match fs::metadata(&current) {
                Ok(metadata) if identity(&metadata) == id => {
                    thread::sleep(PAUSE);
                    continue;
                }
                _ => {}
            }
            number = archived_as(directory, id)?;
        }
        let Some(mine) = number else {
            thread::sleep(PAUSE);
            continue;
        };
        // Archived: what was written to it was written before.
        let candidate = File::open(&current);
        let next = directory.join(format!("archived-{}", mine + 1));
        let (new, new_number) = match File::open(&next) {
            Ok(file) => (file, Some(mine + 1)),
            Err(_) => match candidate {
                Ok(file) => (file, None),
                Err(_) => {
                    thread::sleep(PAUSE);
                    continue;
                }
            },
        };
        drain(&mut file, &mut text, out)?;
        text.clear();
        file = new;
        number = new_number;
        if number.is_none() {
            // Opened as current: it may have got a number since, the loop finds out.
        }
    }
}
