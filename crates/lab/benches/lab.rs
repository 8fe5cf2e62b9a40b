//! What a lab costs, in each mode that this machine has: `cargo bench -p lab`. Beside it, what bare
//! namespaces cost here.
//!
//! Each mode is measured in a process of its own, in a place as the tests have them: as root, and
//! as an ordinary user.

#[path = "../tests/support/mod.rs"]
mod support;
mod table;

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use lab::{COMMAND_TIMEOUT, Lab, Mode, Options};
use support::{Place, can};
use table::{Figures, Table};

const BOOTS: usize = 25;
const COMMANDS: usize = 60;
const AT_ONCE: usize = 8;
const ROUNDS: usize = 5;

/// What is measured, and what the lab is to reach, in milliseconds.
const ROWS: [(&str, &str); 5] = [
    ("boot, until systemd runs", "<= 60"),
    ("`true` inside, start to end", ""),
    ("`true` outside", ""),
    ("tear-down", "<= 60"),
    ("eight at once, until all run", "<= 180"),
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    if let [_, flag, word] = args.as_slice()
        && flag == "--measure"
    {
        return measure(word.parse().expect("only we call this"));
    }
    // `cargo test --all-targets` runs benchmarks too, and asks for no figures.
    if !args.iter().any(|arg| arg == "--bench") {
        println!("measures nothing unless run by cargo bench");
        return ExitCode::SUCCESS;
    }
    compare();
    ExitCode::SUCCESS
}

/// Measures all modes, one after the other, and prints the table.
fn compare() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    println!(
        "milliseconds: median (least-most) of {BOOTS} boots, {COMMANDS} commands, {ROUNDS} rounds of {AT_ONCE}; load average before: {}\n",
        load.join(" ")
    );
    let modes: Vec<Mode> = [Mode::Root, Mode::Subuid, Mode::Single]
        .into_iter()
        .filter(|&mode| can(mode, "figures"))
        .collect();
    let measured: Vec<Vec<Figures>> = modes.iter().map(|&mode| measure_in_place(mode)).collect();
    let mut head = vec![""];
    head.extend(modes.iter().map(|mode| mode.word()));
    head.push("to reach");
    let mut table = Table::new(&head);
    for (row, (what, target)) in ROWS.iter().enumerate() {
        let cells = measured.iter().map(|figures| figures[row].to_string());
        table.row([(*what).to_owned()].into_iter().chain(cells).chain([(*target).to_owned()]));
    }
    let over =
        measured.iter().map(|figures| format!("{:.1}", figures[1].median() - figures[2].median()));
    table.row(
        ["the lab's share of a command".to_owned()]
            .into_iter()
            .chain(over)
            .chain(["<= 5".to_owned()]),
    );
    let floor = modes.iter().map(|&mode| bare_namespaces(mode).to_string());
    table.row(["for comparison: unshare(1), no systemd".to_owned()].into_iter().chain(floor));
    println!("{table}");
    println!(
        "systemd-nspawn and podman boot a systemd from an image or a tree of its own, which this machine need not have: not measured."
    );
}

/// Measures one mode in a process of its own, which prints a line of values for each row.
fn measure_in_place(mode: Mode) -> Vec<Figures> {
    let place = Place::new(mode);
    let output = place
        .test()
        .args(["--measure", mode.word()])
        .stderr(Stdio::inherit())
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", output.status);
    assert_eq!(place.labs_left(), Vec::<String>::new(), "a lab left something behind");
    let text = String::from_utf8(output.stdout).expect("numbers");
    text.lines()
        .map(|line| {
            Figures::new(line.split(' ').map(|word| word.parse().expect("a number")).collect())
        })
        .collect()
}

fn measure(mode: Mode) -> ExitCode {
    let (mut boots, mut ends) = (Vec::new(), Vec::new());
    for _ in 0..BOOTS {
        let begin = Instant::now();
        let lab = boot(mode);
        boots.push(begin.elapsed());
        let begin = Instant::now();
        drop(lab);
        ends.push(begin.elapsed());
    }
    let lab = boot(mode);
    let inside =
        times(COMMANDS, || drop(lab.command("true").output(COMMAND_TIMEOUT).expect("it runs")));
    let outside = times(COMMANDS, || drop(Command::new("true").output().expect("it runs")));
    drop(lab);
    let mut at_once = Vec::new();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| boot(mode))).collect();
            let labs: Vec<Lab> =
                threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
            at_once.push(begin.elapsed());
            for lab in labs {
                scope.spawn(|| drop(lab));
            }
        });
    }
    for times in [boots, inside, outside, ends, at_once] {
        let words: Vec<String> =
            times.iter().map(|time| format!("{:.3}", time.as_secs_f64() * 1e3)).collect();
        println!("{}", words.join(" "));
    }
    ExitCode::SUCCESS
}

fn boot(mode: Mode) -> Lab {
    let options = Options { mode: Some(mode), ..Options::default() };
    Lab::boot(&options).unwrap_or_else(|error| panic!("{error}"))
}

fn times(count: usize, mut action: impl FnMut()) -> Vec<Duration> {
    let time = |_| {
        let begin = Instant::now();
        action();
        begin.elapsed()
    };
    (0..count).map(time).collect()
}

/// The same namespaces without anything in them: what no lab can be faster than.
fn bare_namespaces(mode: Mode) -> Figures {
    let mut unshare =
        vec!["unshare", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--mount-proc"];
    if mode != Mode::Root {
        unshare.extend(["--user", "--map-root-user"]);
    }
    unshare.push("true");
    let script = r#"for _ in {1..25}; do begin=${EPOCHREALTIME/[.,]/}; "$@" || exit; echo $((${EPOCHREALTIME/[.,]/} - begin)); done"#;
    let place = Place::new(mode);
    let output = place.script(script).arg("bash").args(unshare).output().expect("bash runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Figures::new(
        text.lines()
            .filter_map(|line| line.parse::<f64>().ok())
            .map(|microseconds| microseconds / 1e3)
            .collect(),
    )
}
