//! The leveled logger, step 4: `leveled-4 LEVEL MESSAGE ...` says messages on standard error, and tells the journal how much
//! each line matters.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let to_journal = journal_reads_stderr();
    for pair in arguments.chunks_exact(2) {
        let Some(level) = number(&pair[0]) else {
            eprintln!("leveled-4: unknown level {}", pair[0]);
            return ExitCode::from(2);
        };
        // A message of several lines is given in one word: one\ntwo.
        let message = pair[1].replace("\\n", "\n");
        let text = format!("{}:root:{message}", name(level));
        let text = if to_journal { prefixed(&text, priority(level)) } else { text };
        if io::stderr().write_all(format!("{text}\n").as_bytes()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

const LEVELS: [(&str, i32); 5] =
    [("DEBUG", 10), ("INFO", 20), ("WARNING", 30), ("ERROR", 40), ("CRITICAL", 50)];

fn number(level: &str) -> Option<i32> {
    let named = LEVELS.iter().find(|(name, _)| *name == level);
    named.map(|(_, number)| *number).or_else(|| level.parse().ok())
}

fn name(level: i32) -> String {
    let named = LEVELS.iter().find(|(_, number)| *number == level);
    named.map_or_else(|| format!("Level {level}"), |(name, _)| name.to_string())
}

fn journal_reads_stderr() -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(stream) = env::var("JOURNAL_STREAM") else { return false };
    let Ok(stderr) = std::fs::metadata("/proc/self/fd/2") else { return false };
    stream == format!("{}:{}", stderr.dev(), stderr.ino())
}
fn priority(level: i32) -> u8 {
    match level {
        0..=10 => 7,
        11..=20 => 6,
        21..=30 => 4,
        31..=40 => 3,
        _ => 2,
    }
}
fn prefixed(text: &str, priority: u8) -> String {
    text.split('\n').map(|line| format!("<{priority}>{line}")).collect::<Vec<_>>().join("\n")
}
