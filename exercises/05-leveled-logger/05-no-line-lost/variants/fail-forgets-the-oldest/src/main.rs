//! The leveled logger, step 5: `leveled-5 FILE END LEVEL MESSAGE ...` collects lines, writes many at once, and loses none.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::process::{self, ExitCode};
use std::sync::Mutex;
use std::{env, panic, thread};

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

/// The log of this program: a file, and the lines that are not in it yet.
struct Log {
    file: File,
    lines: Vec<u8>,
}

static LOG: Mutex<Option<Log>> = Mutex::new(None);

/// Opens the file. From here on, lines can be said.
fn start(path: &str) -> io::Result<()> {
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    *LOG.lock().unwrap() = Some(Log { file, lines: Vec::new() });
    // The hook runs before anything else happens after a panic; what was there before prints the message.
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        flush();
        before(info);
    }));
    Ok(())
}

/// Says a message: now if it is serious, and otherwise together with others.
fn say(level: &str, message: &str) {
    let mut log = LOG.lock().unwrap();
    let Some(log) = log.as_mut() else { return };
    log.lines.extend_from_slice(format!("{level}:root:{message}\n").as_bytes());
    let is_serious = level == "ERROR" || level == "CRITICAL";
    if log.lines.len() > 64 * 1024 {
        log.lines.clear();
    }
    if is_serious {
        write(log);
    }
}

/// Writes what is held back.
fn flush() {
    if let Some(log) = LOG.lock().unwrap().as_mut() {
        write(log);
    }
}

/// Writes the lines to the file, and forgets them.
fn write(log: &mut Log) {
    if let Err(error) = log.file.write_all(&log.lines) {
        eprintln!("leveled-5: {error}");
    }
    log.lines.clear();
}

/// Ends the program, with nothing left behind.
fn exit(status: i32) -> ! {
    flush();
    process::exit(status)
}
