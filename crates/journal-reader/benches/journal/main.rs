//! journal-reader beside the machine's journalctl, run in turns: `cargo bench -p journal-reader`.
//!
//! Journals are made from a seed. What counts is processor time, user and system, of the whole
//! program: the best of some runs, for a machine has other things to do.
//! `JOURNAL_BENCH_ENTRIES=1000000` takes the large one.

// A benchmark that cannot measure has nothing better to do than to stop.
#![allow(clippy::unwrap_used)]

#[path = "../../tests/it/support/mod.rs"]
mod support;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use support::entries::Written;
use support::writer::{Format, Writer};

/// A query, and how many times faster than journalctl 252 it has to be.
const QUERIES: [(&str, &[&str], f64); 13] = [
    ("all, cat", &["-o", "cat"], 8.0),
    ("all, short", &["-o", "short"], 6.0),
    ("all, export", &["-o", "export"], 8.0),
    ("all, json", &["-o", "json"], 15.0),
    ("-u UNIT", &["-u", "app-3"], 3.5),
    ("-p err", &["-p", "err"], 2.5),
    ("-g literal", &["-g", "handshake mismatch"], 5.0),
    ("-g regex", &["-g", "(disk|queue).*[0-9]{5}$"], 9.0),
    ("-n 10", &["-n", "10"], 1.0),
    ("a window", &["-S", "2024-10-01 02:00", "-U", "2024-10-01 02:05"], 1.0),
    ("-F UNIT", &["-F", "_SYSTEMD_UNIT"], 1.0),
    ("--list-boots", &["--list-boots"], 1.0),
    ("--verify", &["--verify"], 30.0),
];

fn main() -> ExitCode {
    // `cargo test --all-targets` runs benchmarks too, and has no minutes to spare.
    if !std::env::args().any(|arg| arg == "--bench") {
        println!("measures nothing unless run by cargo bench");
        return ExitCode::SUCCESS;
    }
    if !support::has_journalctl("the benchmark's table") {
        return ExitCode::FAILURE;
    }
    let count = std::env::var("JOURNAL_BENCH_ENTRIES").map_or(200_000, |it| it.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let [one, after, at_once] = ["one", "after", "at-once"].map(|name| directory.path().join(name));
    [&one, &after, &at_once].into_iter().for_each(|path| std::fs::create_dir(path).unwrap());
    let entries = support::entries::generate(1, count);
    let size = write(&one.join("system.journal"), 1, entries.iter());
    println!(
        "{count} entries, {} MiB; processor seconds, the best of some runs in turns",
        size >> 20
    );
    println!("{:14}{:>12}{:>12}{:>10}{:>10}", "", "journalctl", "reader", "faster", "at least");
    for (name, args, target) in QUERIES {
        row(name, args, &one, target);
    }
    memory(&one);
    let share = count / 100;
    for at in 0..100 {
        let (name, seed) = (format!("{at}.journal"), 2 + at as u64);
        write(&after.join(&name), seed, entries[at * share..(at + 1) * share].iter());
        write(&at_once.join(&name), seed, entries.iter().skip(at).step_by(100));
    }
    many("one after the other", &one, &after);
    many("written at the same time", &one, &at_once);
    ExitCode::SUCCESS
}

fn write<'a>(path: &Path, seed: u64, entries: impl ExactSizeIterator<Item = &'a Written>) -> u64 {
    let mut writer =
        Writer::with_buckets(seed, Format::USUAL, (entries.len() as u64 / 2).max(2047));
    entries.for_each(|entry| writer.append(entry));
    std::fs::write(path, writer.finish()).unwrap();
    std::fs::metadata(path).unwrap().len()
}

/// What it costs that the entries of one file lie in a hundred, to us and to journalctl.
fn many(how: &str, one: &Path, many: &Path) {
    let factor = |program: &str| {
        let best = |directory| best(program, &["-o", "short"], directory);
        best(many) / best(one)
    };
    let (theirs, ours) = (factor("journalctl"), factor(support::PROGRAM));
    println!("100 files {how} cost {ours:.2} times one file; journalctl {theirs:.2}; at most 1.3");
}

fn row(name: &str, args: &[&str], directory: &Path, target: f64) {
    // In turns, so that both see the same machine.
    let mut times = [f64::MAX; 2];
    for _ in 0..if name == "--verify" { 1 } else { 3 } {
        times[0] = times[0].min(seconds("journalctl", args, directory));
        times[1] = times[1].min(seconds(support::PROGRAM, args, directory));
    }
    let factor = times[0] / times[1].max(1e-4);
    println!("{name:14}{:>12.3}{:>12.3}{factor:>9.1}x{target:>9.1}x", times[0], times[1]);
}

fn best(program: &str, args: &[&str], directory: &Path) -> f64 {
    (0..3).map(|_| seconds(program, args, directory)).fold(f64::MAX, f64::min)
}

/// User and system time of one run, from the children that were waited for.
fn seconds(program: &str, args: &[&str], directory: &Path) -> f64 {
    let spent = || {
        let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN);
        let usage = usage.unwrap();
        let seconds =
            |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        seconds(usage.user_time()) + seconds(usage.system_time())
    };
    let before = spent();
    let status = Command::new(program)
        .env("TZ", "UTC")
        .arg(format!("--directory={}", directory.display()))
        .args(["--no-pager", "-q"])
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.unwrap();
    spent() - before
}

/// The memory that is the program's own, while it prints everything.
fn memory(directory: &Path) {
    let mut child = Command::new(support::PROGRAM)
        .arg(format!("--directory={}", directory.display()))
        .args(["-o", "json", "-q"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        let line = status.unwrap_or_default();
        let line = line.lines().find_map(|line| line.strip_prefix("RssAnon:").map(str::to_owned));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        most = most.max(kib.unwrap_or(0));
    }
    println!(
        "private memory while printing all as json: {:.1} MiB; at most 32",
        most as f64 / 1024.0
    );
}
