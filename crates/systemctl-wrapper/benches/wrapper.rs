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

/// What is measured: a name, and the words.
const COMMANDS: [(&str, &[&str]); 7] = [
    ("list-units", &["list-units", "--no-pager"]),
    ("is-active", &["is-active", "dbus.service"]),
    ("show", &["show", "dbus.service"]),
    ("status", &["status", "--no-pager", "dbus.service"]),
    ("status -n0", &["status", "--no-pager", "--lines=0", "dbus.service"]),
    ("start, to job done", &["start", "--quiet", "empty.target"]),
    ("stop, to job done", &["stop", "--quiet", "empty.target"]),
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
        "{:<28} {:>9} {:>9} {:>6}   PID 1's CPU, ratio",
        "wall, median of 60, ms", "systemctl", "wrapper", "ratio"
    );
    for (name, words) in COMMANDS {
        compare(name, words);
    }
    let many: Vec<String> = (0..500).map(|number| format!("many@{number}.target")).collect();
    let words: Vec<&str> = ["start"].into_iter().chain(many.iter().map(String::as_str)).collect();
    run("systemctl", &words);
    compare("list-units, 500 units more", COMMANDS[0].1);
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
    for (_, words) in COMMANDS.into_iter().filter(|(name, _)| *name != "status") {
        run(&program, words);
    }
    println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss());
    ExitCode::SUCCESS
}

/// Runs both programs in turn, and prints the medians.
fn compare(name: &str, words: &[&str]) {
    let programs = ["systemctl", WRAPPER];
    let mut times = [Vec::new(), Vec::new()];
    let mut manager = [0; 2];
    for _ in 0..ROUNDS {
        for (at, program) in programs.iter().enumerate() {
            let (cpu, start) = (cpu_of_manager(), Instant::now());
            run(program, words);
            times[at].push(start.elapsed());
            manager[at] += cpu_of_manager() - cpu;
        }
    }
    let [theirs, ours] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1000.0
    });
    let cpu = manager[1] as f64 / manager[0] as f64;
    println!("{name:<28} {theirs:>9.2} {ours:>9.2} {:>6.2}   {cpu:.2}", ours / theirs);
}

fn run(program: &str, words: &[&str]) {
    let status =
        Command::new(program).args(words).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok(), "{program}");
}

/// Nanoseconds that PID 1 has used; the first field of schedstat, see proc(5).
fn cpu_of_manager() -> u64 {
    let text = fs::read_to_string("/proc/1/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse().unwrap()
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
