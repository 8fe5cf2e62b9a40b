//! One logger, one job: so many lines from so many threads into a file. Prints what it took, for
//! the benchmark to read.
//!
//! `peers NAME throughput|latency|disabled LINES THREADS FILE`

mod contender;

use std::env;
use std::fs;
use std::hint::black_box;
use std::thread;
use std::time::Instant;

use contender::{Contender, Say};

fn main() {
    let args: Vec<String> = env::args().collect();
    let [_, name, what, lines, threads, file] = &args[..] else {
        panic!("peers NAME throughput|latency|disabled LINES THREADS FILE");
    };
    let (lines, threads): (usize, usize) = (lines.parse().unwrap(), threads.parse().unwrap());
    let contender = contender::start(name, file);
    match what.as_str() {
        "throughput" => throughput(contender, lines, threads),
        "latency" => latency(contender, lines, threads),
        _ => disabled(contender, lines),
    }
}

/// Each line is said from a thread with a name, and names itself.
fn in_threads(threads: usize, work: impl Fn(usize) + Copy + Send + 'static) {
    let spawn = |at: usize| {
        thread::Builder::new().name(format!("worker-{at}")).spawn(move || work(at)).unwrap()
    };
    let handles: Vec<_> = (0..threads).map(spawn).collect();
    handles.into_iter().for_each(|handle| handle.join().unwrap());
}

fn throughput(contender: Contender, lines: usize, threads: usize) {
    let Contender { say, stop, .. } = contender;
    let begin = Instant::now();
    in_threads(threads, move |thread| {
        for id in (thread..lines).step_by(threads) {
            say(black_box(id));
        }
    });
    // What is held back belongs to the job.
    stop();
    let seconds = begin.elapsed().as_secs_f64();
    println!("{seconds} {} {}", cpu_seconds(), private_kib());
}

fn latency(contender: Contender, lines: usize, threads: usize) {
    let Contender { say, stop, .. } = contender;
    let mut took: Vec<u32> = Vec::with_capacity(lines);
    if threads == 1 {
        let mut last = Instant::now();
        for id in 0..lines {
            say(black_box(id));
            let now = Instant::now();
            took.push((now - last).as_nanos().try_into().unwrap_or(u32::MAX));
            last = now;
        }
    }
    stop();
    took.sort_unstable();
    let at = |share: f64| took[(took.len() as f64 * share) as usize];
    println!("{} {} {}", at(0.5), at(0.99), at(0.999));
}

/// A call below the threshold, through a pointer as all of these are.
fn disabled(contender: Contender, lines: usize) {
    let say: Say = black_box(contender.quiet);
    let begin = Instant::now();
    for id in 0..lines {
        say(black_box(id));
    }
    println!("{}", begin.elapsed().as_nanos() as f64 / lines as f64);
}

fn cpu_seconds() -> f64 {
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

fn private_kib() -> u64 {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let private = rollup.lines().filter(|line| line.starts_with("Private_"));
    private.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum()
}
