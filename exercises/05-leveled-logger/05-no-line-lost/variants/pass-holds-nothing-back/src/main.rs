//! The leveled logger, step 5: `leveled-5 FILE END LEVEL MESSAGE ...` collects lines, writes many at once, and loses none.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::process::{self, ExitCode};
use std::sync::Mutex;
use std::{env, thread};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [path, end, said @ ..] = &arguments[..] else {
        eprintln!("usage: leveled-5 FILE return|exit|panic|wait LEVEL MESSAGE ...");
        return ExitCode::from(2);
    };
    if let Err(error) = start(path) {
        eprintln!("leveled-5: cannot write to {path}: {error}");
        return ExitCode::FAILURE;
    }
    for pair in said.chunks_exact(2) {
        say(&pair[0], &pair[1]);
    }
    match end.as_str() {
        "exit" => exit(3),
        "panic" => panic!("on purpose"),
        "wait" => loop {
            thread::park();
        },
        _ => {
            flush();
            ExitCode::SUCCESS
        }
    }
}

static LOG: Mutex<Option<File>> = Mutex::new(None);

/// Opens the file. From here on, lines can be said.
fn start(path: &str) -> io::Result<()> {
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    *LOG.lock().unwrap() = Some(file);
    Ok(())
}

fn say(level: &str, message: &str) {
    if let Some(file) = LOG.lock().unwrap().as_mut() {
        let _ = file.write_all(format!("{level}:root:{message}\n").as_bytes());
    }
}

fn flush() {}

/// Ends the program, with nothing left behind.
fn exit(status: i32) -> ! {
    flush();
    process::exit(status)
}
