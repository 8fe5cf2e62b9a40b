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

#[derive(Clone, Copy)]
enum L {
    Debug = 10,
    Info = 20,
    Warning = 30,
    Error = 40,
    Critical = 50,
}
const ALL: [(L, &str); 5] = [
    (L::Debug, "DEBUG"),
    (L::Info, "INFO"),
    (L::Warning, "WARNING"),
    (L::Error, "ERROR"),
    (L::Critical, "CRITICAL"),
];
fn default_threshold() -> i32 {
    L::Warning as i32
}
fn number(level: &str) -> Option<i32> {
    ALL.into_iter().find(|(_, n)| *n == level).map(|(l, _)| l as i32).or(level.parse().ok())
}
fn name(level: i32) -> String {
    ALL.into_iter()
        .find(|(l, _)| *l as i32 == level)
        .map_or(format!("Level {level}"), |(_, n)| n.to_string())
}
fn passes(level: i32, threshold: i32) -> bool {
    level.cmp(&threshold).is_ge()
}
