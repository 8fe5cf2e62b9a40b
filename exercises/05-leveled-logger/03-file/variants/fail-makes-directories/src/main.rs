//! The leveled logger, step 3: `leveled-3 FILE MODE INTERVAL_MS LEVEL MESSAGE ...` says messages into a file, one after
//! the other.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [path, mode, interval, said @ ..] = &arguments[..] else {
        eprintln!("usage: leveled-3 FILE a|w|x INTERVAL_MS LEVEL MESSAGE ...");
        return ExitCode::from(2);
    };
    let interval = Duration::from_millis(interval.parse().unwrap_or(0));
    match run(Path::new(path), mode, interval, said) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("leveled-3: cannot write to {path}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says all messages, with a pause after each.
fn run(path: &Path, mode: &str, interval: Duration, said: &[String]) -> io::Result<()> {
    let mut file = open(path, mode)?;
    for pair in said.chunks_exact(2) {
        say(&mut file, &pair[0], &pair[1])?;
        thread::sleep(interval);
    }
    Ok(())
}

/// Opens the file: `a` to append, `w` to begin anew, `x` if there must be no such file yet.
fn open(path: &Path, mode: &str) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut options = OpenOptions::new();
    options.append(true);
    match mode {
        "x" => options.create_new(true),
        _ => options.create(true),
    };
    let file = options.open(path)?;
    if mode == "w" {
        file.set_len(0)?;
    }
    Ok(file)
}

/// Says a message: a line at the end of the file, there at once.
fn say(file: &mut File, level: &str, message: &str) -> io::Result<()> {
    file.write_all(format!("{level}:root:{message}\n").as_bytes())
}
