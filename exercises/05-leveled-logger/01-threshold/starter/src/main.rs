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

/// The threshold of a logger that nobody told otherwise.
fn default_threshold() -> i32 {
    // TODO: many notes say 40. What does Python do?
    0
}

/// The number of a level: of one of the five names, or of a number.
fn number(level: &str) -> Option<i32> {
    // TODO: five names, and any number between them. What is no level is None.
    match level {
        "DEBUG" => Some(10),
        _ => None,
    }
}

/// The name of a level: one of the five, or `Level 25`.
fn name(level: i32) -> String {
    // TODO: the five have names.
    format!("Level {level}")
}

/// Whether a message of that level is said.
fn passes(level: i32, threshold: i32) -> bool {
    // TODO: is the threshold itself let through?
    level < threshold
}
