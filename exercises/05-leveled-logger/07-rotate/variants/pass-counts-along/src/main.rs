//! The leveled logger, step 7: `leveled-7 FILE MAX BACKUPS MESSAGE ...` says messages into a file that does not outgrow MAX
//! bytes.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [path, max, backups, said @ ..] = &arguments[..] else {
        eprintln!("usage: leveled-7 FILE MAX BACKUPS MESSAGE ...");
        return ExitCode::from(2);
    };
    let (Ok(max), Ok(backups)) = (max.parse(), backups.parse()) else {
        eprintln!("leveled-7: MAX and BACKUPS are numbers");
        return ExitCode::from(2);
    };
    match run(Path::new(path), max, backups, said) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("leveled-7: cannot write to {path}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &Path, max: u64, backups: u32, said: &[String]) -> io::Result<()> {
    let mut log =
        Log { size: open(path)?.metadata()?.len(), file: open(path)?, path, max, backups };
    said.iter().try_for_each(|message| log.say(message))
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

/// The name of an older file: `app.log.1` is the newest of them.
fn numbered(path: &Path, number: u32) -> PathBuf {
    PathBuf::from(format!("{}.{number}", path.display()))
}

/// A file, and how large it is.
struct Log<'a> {
    size: u64,
    file: File,
    path: &'a Path,
    max: u64,
    backups: u32,
}

impl Log<'_> {
    fn say(&mut self, message: &str) -> io::Result<()> {
        let length = message.len() as u64 + 1;
        let is_full = self.size != 0 && self.size + length > self.max;
        if is_full && self.backups != 0 {
            match rotate(self.path, self.backups) {
                Ok(file) => (self.file, self.size) = (file, 0),
                Err(error) => eprintln!("leveled-7: cannot rotate {}: {error}", self.path.display()),
            }
        }
        self.size += length;
        self.file.write_all([message, "\n"].concat().as_bytes())
    }
}

/// Moves each file on by one, the oldest first, and begins a new one.
fn rotate(path: &Path, backups: u32) -> io::Result<File> {
    for number in (1..backups).rev() {
        rename(&numbered(path, number), &numbered(path, number + 1))?;
    }
    rename(path, &numbered(path, 1))?;
    open(path)
}

/// Renames a file, if there is one.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
