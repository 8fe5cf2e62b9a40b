//! The wrapper beside systemctl(1), interleaved, in a lab: `cargo bench -p systemctl-wrapper`.
//!
//! The measuring process runs inside as well, so that what is measured is the program and not the
//! way into the lab.

#![allow(clippy::unwrap_used, reason = "in a benchmark, a panic is the report")]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use lab::{Access, Bind, Lab, Options};
use nix::sys::resource::{UsageWho, getrusage};

const WRAPPER: &str = env!("CARGO_BIN_EXE_systemctl-wrapper");

/// How often each command runs.
const ROUNDS: usize = 60;

/// What is measured: a name, and the words. In an inner list, each command undoes the one before
/// it, so that there is always something to do.
const COMMANDS: [&[(&str, &[&str])]; 6] = [
    &[("list-units", &["list-units", "--no-pager"])],
    &[("is-active", &["is-active", "dbus.service"])],
    &[("show", &["show", "dbus.service"])],
    &[("status", &["status", "--no-pager", "dbus.service"])],
    &[("status -n0", &["status", "--no-pager", "--lines=0", "dbus.service"])],
    &[
        ("start, to job done", &["start", "--quiet", "empty.target"]),
        ("stop, to job done", &["stop", "--quiet", "empty.target"]),
        ("start, and say what was done", &["start", "empty.target"]),
        ("stop, and say what was done", &["stop", "empty.target"]),
    ],
];

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("--inside") => inside(),
        Some("--memory") => most_memory(),
        _ => outside(),
    }
}

fn outside() -> ExitCode {
    let own = std::env::current_exe().unwrap();
    let directories = [own.parent().unwrap(), Path::new(WRAPPER).parent().unwrap()];
    let mut binds: Vec<Bind> = directories
        .iter()
        .map(|path| Bind { path: path.to_path_buf(), access: Access::ReadOnly })
        .collect();
    // One directory may be above the other; the outer one shows both.
    binds.retain(|bind| {
        directories.iter().all(|other| bind.path == *other || !bind.path.starts_with(other))
    });
    let lab = match Lab::boot(&Options { mode: None, binds }) {
        Ok(lab) => lab,
        Err(error) => {
            lab::not_proved("the figures of the wrapper", &error.to_string());
            return ExitCode::SUCCESS;
        }
    };
    let output = lab.command(&own).arg("--inside").output(Duration::from_secs(600)).unwrap();
    print!("{}", String::from_utf8_lossy(&output.stdout));
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    ExitCode::SUCCESS
}

fn inside() -> ExitCode {
    fs::write("/etc/systemd/system/empty.target", "[Unit]\nDescription=Nothing\n").unwrap();
    fs::write("/etc/systemd/system/many@.target", "[Unit]\nDescription=One of many\n").unwrap();
    run("systemctl", &["daemon-reload"]);
    println!(
        "{:<30} {:>9} {:>9} {:>6}   PID 1's CPU, ratio",
        "wall, median of 60, ms", "systemctl", "wrapper", "ratio"
    );
    for commands in COMMANDS {
        compare(commands);
    }
    let many: Vec<String> = (0..500).map(|number| format!("many@{number}.target")).collect();
    let words: Vec<&str> = ["start"].into_iter().chain(many.iter().map(String::as_str)).collect();
    run("systemctl", &words);
    compare(&[("list-units, 500 units more", COMMANDS[0][0].1)]);
    let reader = Path::new(WRAPPER).with_file_name("journal-reader").is_file();
    let reader =
        if reader { "journal-reader" } else { "journalctl, for no journal-reader is built" };
    println!("status had its log read by {reader}");
    println!("most memory: systemctl {} KiB, wrapper {} KiB", memory("systemctl"), memory(WRAPPER));
    watch_many();
    ExitCode::SUCCESS
}

/// The most memory that a program has used at any of the commands: asked in a process of its own,
/// for the kernel keeps the maximum of all children.
fn memory(program: &str) -> String {
    let own = std::env::current_exe().unwrap();
    let output = Command::new(own).arg("--memory").arg(program).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn most_memory() -> ExitCode {
    let program = std::env::args().nth(2).unwrap();
    // Not of `status` with its log: the kernel would count the program that reads it.
    for (_, words) in COMMANDS.concat().into_iter().filter(|(name, _)| *name != "status") {
        run(&program, words);
    }
    println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss());
    ExitCode::SUCCESS
}

/// Runs both programs in turn, and prints the medians.
fn compare(commands: &[(&str, &[&str])]) {
    let mut times = vec![[Vec::new(), Vec::new()]; commands.len()];
    let mut manager = vec![[Vec::new(), Vec::new()]; commands.len()];
    for _ in 0..ROUNDS {
        for (at, program) in ["systemctl", WRAPPER].iter().enumerate() {
            for (number, (_, words)) in commands.iter().enumerate() {
                let (cpu, start) = (cpu_of_manager(), Instant::now());
                run(program, words);
                times[number][at].push(start.elapsed().as_nanos() as u64);
                manager[number][at].push(cpu_of_manager() - cpu);
            }
        }
    }
    for (((name, _), times), manager) in commands.iter().zip(times).zip(manager) {
        let [theirs, ours] = times.map(median);
        let [cpu_theirs, cpu_ours] = manager.map(median);
        let (ratio, cpu) = (ours / theirs, cpu_ours / cpu_theirs);
        println!("{name:<30} {:>9.2} {:>9.2} {ratio:>6.2}   {cpu:.2}", theirs / 1e6, ours / 1e6);
    }
}

fn median(mut figures: Vec<u64>) -> f64 {
    figures.sort_unstable();
    figures[figures.len() / 2] as f64
}

fn run(program: &str, words: &[&str]) {
    let status =
        Command::new(program).args(words).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok(), "{program}");
}

/// Nanoseconds that PID 1 has used, once it has come to rest; the first field of schedstat, see
/// proc(5). It does a good part of its work when the program is gone already: it takes a
/// connection apart, and forgets a unit. That belongs to this program, and not to the next.
fn cpu_of_manager() -> u64 {
    let used = || {
        let text = fs::read_to_string("/proc/1/schedstat").unwrap();
        text.split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    // On a busy machine it may only be waiting for a processor.
    let sleeps = || fs::read_to_string("/proc/1/stat").unwrap().contains(") S ");
    let mut before = used();
    loop {
        std::thread::sleep(Duration::from_millis(2));
        let now = used();
        if now == before && sleeps() {
            return now;
        }
        before = now;
    }
}

/// A watch while 500 units are restarted: what it used, and whether it lost a change.
fn watch_many() {
    let file = "/tmp/watched";
    let out = fs::File::create(file).unwrap();
    let mut watch = Command::new(WRAPPER).args(["watch", "many@*"]).stdout(out).spawn().unwrap();
    let lines = |word: &str| {
        fs::read_to_string(file).unwrap().lines().filter(|line| line.contains(word)).count()
    };
    let until = |word: &str, count: usize| {
        let limit = Instant::now() + Duration::from_secs(60);
        while lines(word) < count && Instant::now() < limit {
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    until(" active ", 500);
    let many: Vec<String> = (0..500).map(|number| format!("many@{number}.target")).collect();
    let words: Vec<&str> = ["restart"].into_iter().chain(many.iter().map(String::as_str)).collect();
    run("systemctl", &words);
    until(" inactive ", 500);
    until(" active ", 1000);
    // Nothing happens now, and so nothing wakes it: its voluntary switches stay the same.
    let switches = || {
        let status = fs::read_to_string(format!("/proc/{}/status", watch.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let idle = switches();
    std::thread::sleep(Duration::from_secs(10));
    let idle = switches() - idle;
    let memory = fs::read_to_string(format!("/proc/{}/status", watch.id())).unwrap();
    let memory = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap().to_owned();
    let stat = fs::read_to_string(format!("/proc/{}/schedstat", watch.id())).unwrap();
    let cpu: u64 = stat.split_whitespace().next().unwrap().parse().unwrap();
    watch.kill().unwrap();
    watch.wait().unwrap();
    println!(
        "watch, 500 units restarted: {} down, {} up of 500 and 1000; {} ms of CPU; \
         wake-ups in 10 s idle: {idle}; {}",
        lines(" inactive "),
        lines(" active "),
        cpu / 1_000_000,
        memory.split_whitespace().collect::<Vec<_>>().join(" "),
    );
}
