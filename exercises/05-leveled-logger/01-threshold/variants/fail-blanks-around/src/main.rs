//! The leveled logger, step 1: `leveled-1 THRESHOLD LEVEL MESSAGE ...` says the messages whose level reaches the threshold.

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((threshold, said)) = arguments.split_first().filter(|(_, said)| said.len() % 2 == 0)
    else {
        eprintln!("usage: leveled-1 THRESHOLD|- LEVEL MESSAGE ...");
        return ExitCode::from(2);
    };
    let threshold = if threshold == "-" { Some(default_threshold()) } else { number(threshold) };
    let levels: Option<Vec<i32>> = said.chunks(2).map(|pair| number(&pair[0])).collect();
    // First all that can be wrong, then the first line.
    let (Some(threshold), Some(levels)) = (threshold, levels) else {
        eprintln!("leveled-1: unknown level");
        return ExitCode::from(2);
    };
    for (level, pair) in levels.into_iter().zip(said.chunks(2)) {
        if passes(level, threshold) {
            println!("{}:root:{}", name(level), pair[1]);
        }
    }
    ExitCode::SUCCESS
}

fn default_threshold() -> i32 {
    30
}
fn number(level: &str) -> Option<i32> {
    match level.trim() {
        "DEBUG" => Some(10),
        "INFO" => Some(20),
        "WARNING" => Some(30),
        "ERROR" => Some(40),
        "CRITICAL" => Some(50),
        other => other.parse().ok(),
    }
}
fn name(level: i32) -> String {
    match level {
        10 => "DEBUG".into(),
        20 => "INFO".into(),
        30 => "WARNING".into(),
        40 => "ERROR".into(),
        50 => "CRITICAL".into(),
        other => format!("Level {other}"),
    }
}
fn passes(level: i32, threshold: i32) -> bool {
    level >= threshold
}
