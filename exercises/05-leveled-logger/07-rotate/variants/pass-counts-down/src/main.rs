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
    let mut file = open(path)?;
    for message in said {
        say(&mut file, path, max, backups, message)?;
    }
    Ok(())
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

/// The name of an older file: `app.log.1` is the newest of them.
fn numbered(path: &Path, number: u32) -> PathBuf {
    PathBuf::from(format!("{}.{number}", path.display()))
}

fn say(file: &mut File, path: &Path, max: u64, backups: u32, message: &str) -> io::Result<()> {
    let line = format!("{message}\n");
    let size = file.metadata()?.len();
    if backups > 0 && size > 0 && size + line.len() as u64 > max {
        match rotate(path, backups) {
            Ok(new) => *file = new,
            Err(error) => eprintln!("leveled-7: cannot rotate {}: {error}", path.display()),
        }
    }
    file.write_all(line.as_bytes())
}
fn rotate(path: &Path, backups: u32) -> io::Result<File> {
    let mut n = backups;
    while n >= 1 {
        let from = if n == 1 { path.to_path_buf() } else { numbered(path, n - 1) };
        if from.exists() {
            fs::rename(&from, numbered(path, n))?;
        }
        n -= 1;
    }
    OpenOptions::new().create(true).append(true).open(path)
}
