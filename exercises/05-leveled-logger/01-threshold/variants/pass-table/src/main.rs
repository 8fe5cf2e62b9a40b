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
    30
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

/// Whether a message of that level is said.
fn passes(level: i32, threshold: i32) -> bool {
    level >= threshold
}
