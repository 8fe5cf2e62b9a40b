//! What the journal of a real systemd takes: 100,000 lines a second while journald keeps up, and as
//! many while it is stopped for five seconds. How many were asked for, kept and dropped, and how
//! long the longest call took.
//!
//! In the lab, so that nothing is left in the machine's own journal.

// A panic is how a benchmark reports.
#![allow(clippy::unwrap_used)]

use std::env;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lab::{Access, Bind, Lab, Options};
use leveled_logger::{Handler, JournalSink, Level, info, root};

const LINES_PER_SECOND: u32 = 100_000;
const IDENTIFIER: &str = "bench";

fn main() {
    if let Ok(seconds) = env::var("JOURNAL_BENCH_SECONDS") {
        return say_all(seconds.parse().unwrap());
    }
    // `cargo test` runs benchmarks too, to see that they build; this one is only for `cargo bench`.
    if !env::args().any(|arg| arg == "--bench") {
        return;
    }
    let directory = env::current_exe().unwrap().parent().unwrap().to_owned();
    let binds = vec![Bind { path: directory, access: Access::ReadOnly }];
    let lab = match Lab::boot(&Options { mode: None, binds }) {
        Ok(lab) => lab,
        Err(error) => return println!("journal: no lab runs here: {error}"),
    };
    println!(
        "journal: {LINES_PER_SECOND} lines a second; longest call in microseconds, and without"
    );
    println!("the time in which the thread waited for a processor");
    println!(
        "{:<22} {:>8} {:>8} {:>8} {:>9} {:>9}",
        "", "asked", "kept", "dropped", "longest", "own"
    );
    run(&lab, "journald keeps up", 2, "true");
    run(&lab, "journald stopped, 5 s", 5, "systemctl kill --signal=STOP systemd-journald");
}

/// Runs this program again, in the lab, and counts what is in the journal afterwards.
fn run(lab: &Lab, what: &str, seconds: u32, before: &str) {
    let bench = env::current_exe().unwrap();
    // An empty journal, without the limit on what one service may say.
    let script = format!(
        "mkdir -p /etc/systemd/journald.conf.d
        printf '[Journal]\nRateLimitBurst=0\nSystemMaxUse=400M\nSystemKeepFree=1M\n' > /etc/systemd/journald.conf.d/zz-bench.conf
        rm -rf /var/log/journal/*/*; systemctl restart systemd-journald
        # Where that is allowed, before all others: a busy machine is no slow journald.
        for process in $$ $(pidof systemd-journald); do echo -19 > /proc/$process/autogroup; done 2> /dev/null
        {before}
        JOURNAL_BENCH_SECONDS={seconds} {}
        journalctl --sync
        journalctl --output=cat SYSLOG_IDENTIFIER={IDENTIFIER} > /tmp/kept
        grep -c '^line ' /tmp/kept; grep 'were lost here' /tmp/kept; true",
        bench.display()
    );
    let output =
        lab.command("bash").args(["-c", &script]).output(Duration::from_secs(120)).unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = text.lines().collect();
    let numbers: Vec<&str> = lines[0].split(' ').collect();
    let [asked, dropped, longest, own] = numbers[..] else { panic!("{text}") };
    println!("{what:<22} {asked:>8} {:>8} {dropped:>8} {longest:>9} {own:>9}", lines[1]);
    lines[2..].iter().for_each(|line| println!("  in the journal: {line}"));
}

/// Child: says so many lines, each in its turn, and looks at the clock around each.
fn say_all(seconds: u32) {
    let handler = Arc::new(Handler::new(JournalSink::connect(IDENTIFIER).unwrap()));
    root().add_handler(&handler);
    root().set_level(Level::INFO);
    let scheduler = File::open("/proc/thread-self/schedstat").unwrap();
    let (asked, mut longest, mut own) =
        (LINES_PER_SECOND * seconds, Duration::ZERO, Duration::ZERO);
    let step = Duration::from_secs(1) / LINES_PER_SECOND;
    let begin = Instant::now();
    for line in 0..asked {
        while begin.elapsed() < step * line {
            std::hint::spin_loop();
        }
        let waited_before = waited(&scheduler);
        let called = Instant::now();
        info!("line {line}");
        let took = called.elapsed();
        longest = longest.max(took);
        own = own.max(took.saturating_sub(waited(&scheduler) - waited_before));
    }
    // Whoever was stopped goes on, and what waits is sent.
    let _ = std::process::Command::new("systemctl")
        .args(["kill", "--signal=CONT", "systemd-journald"])
        .status();
    leveled_logger::flush();
    println!("{asked} {} {} {}", handler.lost(), longest.as_micros(), own.as_micros());
}

/// How long this thread was ready to run, and was not run; see proc_pid_schedstat(5).
fn waited(scheduler: &File) -> Duration {
    let mut text = [0; 100];
    let length = scheduler.read_at(&mut text, 0).unwrap();
    let text = str::from_utf8(&text[..length]).unwrap();
    Duration::from_nanos(text.split(' ').nth(1).unwrap().parse().unwrap())
}
