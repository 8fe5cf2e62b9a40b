//! How much processor time a check of this machine's units takes, beside `systemd-analyze verify
//! --man=no`, in one run.
//!
//! Both are run as processes, in turns, so that a busy machine is equally busy for both.

#![allow(clippy::unwrap_used, reason = "a benchmark that can't measure has nothing to say")]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

const RUNS: usize = 15;

/// What one run took.
struct Sample {
    processor: Duration,
    wall: Duration,
    /// The largest process so far, in KiB; the kernel keeps the maximum only.
    memory: i64,
}

fn children_time() -> (Duration, i64) {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let micros = [usage.user_time(), usage.system_time()]
        .map(|time| time.tv_sec() * 1_000_000 + time.tv_usec());
    (Duration::from_micros(micros.iter().sum::<i64>().try_into().unwrap()), usage.max_rss())
}

fn run(command: &mut Command) -> Sample {
    let (before, started) = (children_time().0, Instant::now());
    command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).status().unwrap();
    let (after, memory) = children_time();
    Sample { processor: after - before, wall: started.elapsed(), memory }
}

/// The unit files of the machine, links left out.
fn units() -> Vec<PathBuf> {
    let places = ["/usr/lib/systemd/system", "/usr/lib/systemd/user"];
    let mut units: Vec<PathBuf> = places
        .iter()
        .filter_map(|place| std::fs::read_dir(place).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let types = ["service", "socket", "target", "timer", "mount", "path", "slice"];
    units.retain(|path| {
        path.extension().is_some_and(|end| types.iter().any(|known| end == *known))
            && path.symlink_metadata().unwrap().is_file()
    });
    units.sort();
    units
}

fn median_and_spread(mut samples: Vec<Duration>) -> String {
    samples.sort();
    let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
    format!(
        "{:7.2} ms (from {:.2} to {:.2})",
        ms(samples[samples.len() / 2]),
        ms(samples[0]),
        ms(samples[samples.len() - 1])
    )
}

fn report(what: &str, samples: &[Sample]) -> Duration {
    println!("{what}");
    println!(
        "  processor {}",
        median_and_spread(samples.iter().map(|sample| sample.processor).collect())
    );
    println!(
        "  wall      {}",
        median_and_spread(samples.iter().map(|sample| sample.wall).collect())
    );
    let mut times: Vec<Duration> = samples.iter().map(|sample| sample.processor).collect();
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let program = env!("CARGO_BIN_EXE_unit-writer");
    let units = units();
    let one = units.iter().find(|path| path.ends_with("getty@.service")).or(units.first()).cloned();
    let Some(one) = one else {
        return println!("no unit files here");
    };
    let has_verify =
        Command::new("systemd-analyze").arg("--version").stdout(Stdio::null()).status().is_ok();
    let (mut ours, mut ours_one, mut theirs, mut memory) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        ours_one.push(run(Command::new(program).arg("check").arg(&one)));
        ours.push(run(Command::new(program).arg("check").args(&units)));
        // Before the first run of the larger program, the maximum is ours.
        memory = if theirs.is_empty() { ours[ours.len() - 1].memory } else { memory };
        if has_verify {
            theirs.push(run(Command::new("systemd-analyze")
                .args(["verify", "--man=no"])
                .args(&units)));
        }
    }
    println!("{} unit files, {RUNS} runs in turns", units.len());
    report("unit-writer check, one file", &ours_one);
    let ours = report("unit-writer check, all files", &ours);
    println!("  memory    {:.1} MiB at most", memory as f64 / 1024.0);
    if has_verify {
        let theirs = report("systemd-analyze verify --man=no, all files", &theirs);
        println!(
            "verify takes {:.1} times the processor time",
            theirs.as_secs_f64() / ours.as_secs_f64()
        );
    }
}
