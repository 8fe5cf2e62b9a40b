//! date-daemon beside the Python program that it replaces, both in the same run: `cargo bench -p
//! date-daemon`.
//!
//! Five of each tick at the same time for a minute, then each is started some more times by itself.
//! Figures are medians, with the smallest and the largest value behind them. Both programs are
//! watched from outside, through inotify(7) and /proc, so that what they say of themselves counts
//! for nothing.

// A benchmark that cannot measure has nothing better to do than to stop.
#![allow(clippy::unwrap_used)]

mod contender;
mod figures;
mod ready;
mod ticks;

use std::process::ExitCode;

use contender::Contender;
use figures::{Figures, row};

fn main() -> ExitCode {
    // `cargo test --all-targets` runs benchmarks too, and has no minute to spare.
    if !std::env::args().any(|arg| arg == "--bench") {
        println!("measures nothing unless run by cargo bench");
        return ExitCode::SUCCESS;
    }
    let Some(python) = Contender::python() else {
        eprintln!("no python3 on this machine, so nothing to compare with");
        return ExitCode::FAILURE;
    };
    let rust = Contender::date_daemon();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    let ticks = ticks::TICKS;
    println!("{} of each at once, {ticks} ticks of {:?}", ticks::AT_ONCE, ticks::INTERVAL);
    println!("load average before: {}\n", load.split(' ').take(3).collect::<Vec<_>>().join(" "));

    let [rust_ticks, python_ticks] = ticks::measure([&rust, &python]);
    let [rust_ready, python_ready] = ready::measure([&rust, &python]);
    print_table(&python.name, &rust_ticks, &python_ticks);
    row("start to first line", "ms", &rust_ready.first_line, &python_ready.first_line, "");
    row("start to READY=1", "ms", &rust_ready.ready, &python_ready.ready, "<= 2");
    println!("\nstart: from before fork and exec. The Python program has no READY=1 to send.");
    ExitCode::SUCCESS
}

fn print_table(python: &str, rust_ticks: &ticks::Measured, python_ticks: &ticks::Measured) {
    let (r, p) = (rust_ticks, python_ticks);
    println!("{:24}{:>26}{:>26}{:>10}", "", "date-daemon", python, "target");
    row("resident memory", "KiB", &r.rss_kib, &p.rss_kib, "<= 3072");
    row("private dirty memory", "KiB", &r.private_dirty_kib, &p.private_dirty_kib, "<= 500");
    row("CPU a tick", "us", &r.cpu_us, &p.cpu_us, "");
    row("wake-ups a tick", "", &r.wake_ups, &p.wake_ups, "1.0");
    row("drift over all ticks", "ms", &r.drift_ms, &p.drift_ms, "0");
    row("ticks missed, and said", "", &r.missed, &Figures::default(), "");
}
