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

struct Log {
    file: File,
    lines: Vec<u8>,
}
static LOG: Mutex<Option<Log>> = Mutex::new(None);
fn start(path: &str) -> io::Result<()> {
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    *LOG.lock().unwrap() = Some(Log { file, lines: Vec::new() });
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        flush();
        before(info);
    }));
    Ok(())
}
fn say(level: &str, message: &str) {
    let mut log = LOG.lock().unwrap();
    let Some(log) = log.as_mut() else { return };
    log.lines.extend_from_slice(format!("{level}:root:{message}\n").as_bytes());
    if log.lines.len() > 64 * 1024 {
        write(log);
    }
    static FIRST: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(true);
    if (level == "ERROR" || level == "CRITICAL")
        && FIRST.swap(false, std::sync::atomic::Ordering::SeqCst)
    {
        write(log);
    }
}
fn flush() {
    if let Ok(mut log) = LOG.lock() {
        if let Some(log) = log.as_mut() {
            write(log);
        }
    }
}
fn write(log: &mut Log) {
    if let Err(error) = log.file.write_all(&log.lines) {
        eprintln!("leveled-5: {error}");
    }
    log.lines.clear();
}
fn exit(status: i32) -> ! {
    flush();
    process::exit(status)
}
