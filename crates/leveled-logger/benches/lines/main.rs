//! A million lines from each logger, interleaved, the median of three runs: throughput with one
//! thread and with four, the time that a call takes, lines lost, private memory, and what a call
//! below the threshold costs.
//!
//! The peers are built here, from crates.io, in a workspace of their own: nobody else needs them.

// A panic is how a benchmark reports.
#![allow(clippy::unwrap_used)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Rust's loggers; ours first.
const LOGGERS: [&str; 10] = [
    "ours",
    "ours-batched",
    "tracing-fmt",
    "appender-lossless",
    "appender-default",
    "env_logger",
    "log4rs",
    "fern",
    "flexi_logger",
    "spdlog-rs",
];
const PYTHON: &str = include_str!("python.py");
const RUNS: usize = 3;

/// What a logger did with one number of threads.
#[derive(Clone, Copy, Default)]
struct Figure {
    lines_per_second: f64,
    cpu_ns: f64,
    private_kib: f64,
    lost: f64,
}

struct Bench {
    program: PathBuf,
    directory: tempfile::TempDir,
    lines: usize,
}

fn main() {
    // `cargo test` runs benchmarks too, to see that they build; this one is only for `cargo bench`.
    if !env::args().any(|arg| arg == "--bench") {
        return;
    }
    let lines = env::var("LOGGER_BENCH_LINES").ok().and_then(|text| text.parse().ok());
    let bench = Bench {
        program: build_peers(),
        directory: tempfile::tempdir().unwrap(),
        lines: lines.unwrap_or(1_000_000),
    };
    let names: Vec<&str> = LOGGERS.into_iter().chain(["python"]).collect();
    let mut figures = vec![[Vec::new(), Vec::new()]; names.len()];
    for _ in 0..RUNS {
        for (at, name) in names.iter().enumerate() {
            for (which, threads) in [1, 4].into_iter().enumerate() {
                figures[at][which].push(bench.throughput(name, threads));
            }
        }
    }
    println!(
        "{} lines, median of {RUNS}; thousand lines a second, ns of CPU a line, KiB private",
        bench.lines
    );
    println!(
        "{:<18} {:>8} {:>7} {:>9} {:>8} {:>9} {:>8} {:>8} {:>8} {:>6}",
        "", "1 thread", "CPU", "lost", "KiB", "4 threads", "lost", "p50 ns", "p99 ns", "off ns"
    );
    let mut medians = Vec::new();
    for (name, [one, four]) in names.iter().zip(&figures) {
        let (one, four) = (median(one), median(four));
        let call = if *name == "python" { [0.0; 2] } else { bench.latency(name) };
        let off = if *name == "python" { 0.0 } else { bench.disabled(name) };
        println!(
            "{name:<18} {:>8.0} {:>7.0} {:>9.0} {:>8.0} {:>9.0} {:>8.0} {:>8.0} {:>8.0} {off:>6.2}",
            one.lines_per_second / 1e3,
            one.cpu_ns,
            one.lost,
            one.private_kib,
            four.lines_per_second / 1e3,
            four.lost,
            call[0],
            call[1],
        );
        medians.push((*name, one, four));
    }
    compare(&medians);
}

/// The ratios that matter, each beside what it shall be.
fn compare(medians: &[(&str, Figure, Figure)]) {
    let of = |name: &str| medians.iter().find(|(known, ..)| *known == name).unwrap();
    let ratio = |a: &str, b: &str| of(a).1.lines_per_second / of(b).1.lines_per_second;
    println!();
    for (ours, theirs, least) in [
        ("ours", "tracing-fmt", 1.5),
        ("ours", "python", 15.0),
        ("ours-batched", "spdlog-rs", 1.8),
        ("ours-batched", "appender-lossless", 5.0),
    ] {
        println!("{ours} / {theirs}: {:.2} (at least {least})", ratio(ours, theirs));
    }
    let best = medians.iter().max_by(|a, b| a.2.lines_per_second.total_cmp(&b.2.lines_per_second));
    println!("most lines with four threads: {}", best.unwrap().0);
}

fn build_peers() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = here.join("../../target/bench-peers");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--manifest-path"])
        .arg(here.join("benches/peers/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status();
    assert!(status.unwrap().success(), "cannot build the peers; they come from crates.io");
    target.join("release/peers")
}

impl Bench {
    /// Runs one logger in a process of its own, and returns the numbers that it printed.
    fn run(&self, name: &str, what: &str, threads: usize, file: &Path) -> Vec<f64> {
        let (lines, threads) = (self.lines.to_string(), threads.to_string());
        let mut command = if name == "python" {
            let mut python = Command::new("python3");
            python.args(["-c", PYTHON]);
            python
        } else {
            let mut peer = Command::new(&self.program);
            peer.arg(name);
            peer
        };
        let output = command.args([what, &lines, &threads]).arg(file).output();
        let Ok(output) = output else {
            // No Python here: its row is empty.
            return vec![f64::NAN; 3];
        };
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_whitespace().map(|number| number.parse().unwrap()).collect()
    }

    fn throughput(&self, name: &str, threads: usize) -> Figure {
        let file = self.directory.path().join(format!("{name}.log"));
        let numbers = self.run(name, "throughput", threads, &file);
        // What is lost is what is not in the file, whatever the logger says of itself.
        let text = fs::read(&file).unwrap_or_default();
        let written = text.iter().filter(|byte| **byte == b'\n').count();
        fs::remove_file(file).ok();
        let lines = self.lines as f64;
        Figure {
            lines_per_second: lines / numbers[0],
            cpu_ns: numbers[1] / lines * 1e9,
            private_kib: numbers[2],
            lost: lines - written as f64,
        }
    }

    fn latency(&self, name: &str) -> [f64; 2] {
        let file = self.directory.path().join("latency.log");
        let numbers = self.run(name, "latency", 1, &file);
        fs::remove_file(file).ok();
        [numbers[0], numbers[1]]
    }

    fn disabled(&self, name: &str) -> f64 {
        let file = self.directory.path().join("disabled.log");
        let many = Bench {
            lines: 50_000_000,
            program: self.program.clone(),
            directory: tempfile::tempdir().unwrap(),
        };
        let runs = (0..RUNS).map(|_| many.run(name, "disabled", 1, &file)[0]);
        let least = runs.fold(f64::INFINITY, f64::min);
        fs::remove_file(file).ok();
        least
    }
}

fn median(figures: &[Figure]) -> Figure {
    let mut sorted = figures.to_vec();
    sorted.sort_by(|a, b| a.lines_per_second.total_cmp(&b.lines_per_second));
    sorted[sorted.len() / 2]
}
