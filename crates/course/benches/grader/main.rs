//! How long a learner waits: `cargo bench -p course`. From a save to the verdict, in `course
//! watch`, all built already; beside it rustlings, where it is installed, and what `course verify
//! 1` takes.

#[path = "../../../lab/benches/table/mod.rs"]
mod table;
mod watched;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use table::{Figures, Table};
use watched::Watched;

/// How often each is saved.
const SAVES: usize = 15;
/// `course watch` says this after a verdict that passed, and this after another.
const PASSED: &str = "n opens the next exercise.";
const NOT_YET: &str = "Save the file, and it is checked again.";

fn main() -> io::Result<()> {
    // `cargo test --all-targets` runs benchmarks too, and asks for no figures.
    if !std::env::args().any(|arg| arg == "--bench") {
        println!("measures nothing unless run by cargo bench");
        return Ok(());
    }
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    println!(
        "seconds from a save to the verdict: median (least-most) of {SAVES} saves; load average before: {}\n",
        load.join(" ")
    );
    let mut table = Table::new(&["", "right answer", "wrong answer", "at most"]);
    for (exercise, name, limit) in [
        ("01-date-daemon/02-append", "1.2, a program (process rung)", "0.8"),
        ("01-date-daemon/05-ready", "1.5, under systemd (lab rung)", "1.0"),
    ] {
        let [right, wrong] = course(exercise)?;
        table.row([name.to_owned(), right, wrong, limit.to_owned()]);
    }
    match rustlings() {
        Ok([right, wrong]) => table.row(["rustlings, variables1".to_owned(), right, wrong]),
        Err(error) => table.row([format!("rustlings: {error}")]),
    }
    println!("{table}");
    println!(
        "The wrong answer to 1.5 never gets ready, and is waited for. rustlings waits 0.2 s for an editor to finish, and the course 0.025 s.\n"
    );
    verify()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Saves the reference and a wrong answer in turn, each time with another comment at its end.
fn course(exercise: &str) -> io::Result<[String; 2]> {
    let work = tempfile::tempdir()?;
    let course = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_course"));
        command.current_dir(root()).arg("--work").arg(work.path());
        command.args(args);
        command
    };
    course(&["start", exercise]).stdout(Stdio::null()).status()?;
    let variants = root().join("exercises").join(exercise).join("variants");
    let right = fs::read_to_string(variants.join("pass-reference/src/main.rs"))?;
    let wrong = first_wrong(&variants)?;
    let file = work.path().join(exercise).join("src/main.rs");
    let measure = |text: &str, mark| -> io::Result<String> {
        fs::write(&file, text)?;
        let watched = Watched::start(&mut course(&["watch", exercise]), mark)?;
        figures(&watched, &file, text)
    };
    Ok([measure(&right, PASSED)?, measure(&wrong, NOT_YET)?])
}

/// The first that is whole: most wrong answers are a change to the reference.
fn first_wrong(variants: &Path) -> io::Result<String> {
    let entries: io::Result<Vec<_>> = fs::read_dir(variants)?.collect();
    let program = |entry: &fs::DirEntry| entry.path().join("src/main.rs");
    let wrong = |path: &PathBuf| path.to_string_lossy().contains("/fail-") && path.is_file();
    let first = entries?.iter().map(program).filter(wrong).min();
    fs::read_to_string(first.ok_or_else(|| io::Error::other("no whole wrong answer"))?)
}

fn figures(watched: &Watched, file: &Path, text: &str) -> io::Result<String> {
    // The first save warms the caches.
    watched.save(file, &format!("{text}// warm\n"))?;
    let times: io::Result<Vec<f64>> =
        (0..SAVES).map(|number| watched.save(file, &format!("{text}// {number}\n"))).collect();
    let times = Figures::new(times?);
    Ok(format!("{times:.2}"))
}

/// The same with rustlings: its first exercise that compiles something, at a terminal, which
/// script(1) provides.
fn rustlings() -> io::Result<[String; 2]> {
    let directory = tempfile::tempdir()?;
    let mut init = Command::new("rustlings")
        .arg("init")
        .current_dir(&directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => io::Error::other("not installed (cargo install rustlings)"),
            _ => error,
        })?;
    if let Some(mut enter) = init.stdin.take() {
        io::Write::write_all(&mut enter, b"\n")?;
    }
    init.wait()?;
    let tree = directory.path().join("rustlings");
    let file = tree.join("exercises/01_variables/variables1.rs");
    let wrong = fs::read_to_string(&file)?;
    let right = wrong.replace("    x = 5;", "    let x = 5;");
    let state = "DON'T EDIT THIS FILE!\n\nvariables1\n\nintro1\nintro2\n";
    fs::write(tree.join(".rustlings-state.txt"), state)?;
    let measure = |text: &str| -> io::Result<String> {
        fs::write(&file, text)?;
        let line = "stty cols 120 rows 50; exec rustlings";
        let mut command = Command::new("script");
        command
            .args(["--quiet", "--return", "--command", line, "/dev/null"])
            .current_dir(&tree)
            .env("TERM", "xterm");
        let watched = Watched::start(&mut command, "quit")?;
        figures(&watched, &file, text)
    };
    Ok([measure(&right)?, measure(&wrong)?])
}

/// All answers to lesson 1, in parallel, each in a lab of its own.
fn verify() -> io::Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_course"));
    command.current_dir(root()).args(["verify", "1"]);
    let begin = Instant::now();
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let submissions = text.lines().next().unwrap_or_default();
    let outcome = if output.status.success() { "no holes" } else { "HOLES" };
    println!(
        "course verify 1: {submissions}, {outcome}, {:.0} s (at most 90)",
        begin.elapsed().as_secs_f64()
    );
    Ok(())
}
