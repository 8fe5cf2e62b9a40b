//! Whatever a submission does, the verdict is right: the checks of 1.2 against programs that nobody
//! would hand in by mistake. They run in process, user and mount namespaces of their own, with a
//! small disk, so that nothing here can hurt the machine.

#![allow(clippy::unwrap_used)]

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{OnceLock, RwLock};
use std::time::{Duration, Instant};
use std::{env, thread};

/// The promises of 1.2.
const FILTER: &str = "l01::e02::";

/// Bad submissions share the machine, but a good one is not judged while a fork bomb beside it
/// takes all the time there is.
static MACHINE: RwLock<()> = RwLock::new(());

/// A shell that is a good daemon: the other verdicts mean something only if this one passes.
#[test]
fn a_right_answer_passes() {
    let _alone = MACHINE.write();
    let script = "while :; do
            line=$(date '+%Y-%m-%d %H:%M:%S')
            printf '%s\\n' \"$line\" >>\"$1\"
            sleep \"$(($2 / 1000)).$(printf %03d $(($2 % 1000)))\"
        done";
    // Three programs a line, for a thousand lines: other tests may need the machine meanwhile.
    let verdict = grade(script, "10");
    let Some(verdict) = verdict else { return };
    assert!(verdict.passed, "{verdict:?}");
}

#[test]
fn exits_0_at_once() {
    refused("exit 0", "the program has ended (exit status: 0)");
}

#[test]
fn prints_a_passing_verdict() {
    let script = "for i in 1 2 3 4; do echo 'test l01::e02::keeps_what_was_there ... ok' | tee \
                  /dev/stderr; done
        echo 'test result: ok. 4 passed; 0 failed'; echo '{\"failure\":null}' >&2; exit 0";
    refused(script, "the program has ended (exit status: 0)");
}

#[test]
fn loops_for_ever() {
    refused("while :; do :; done", "there is no dates.log; the program still runs");
}

#[test]
fn forks_without_end() {
    refused("f() { f & f & wait; }; f 2>/dev/null", "there is no dates.log");
}

#[test]
fn fills_its_output() {
    refused("exec yes", "more than 1 MiB of output");
}

#[test]
fn fills_the_disk() {
    refused(
        "i=0; while :; do i=$((i+1)); head -c 8M /dev/zero >\"$1.$i\"; done 2>/dev/null",
        "there is no dates.log",
    );
}

#[test]
fn writes_one_endless_line() {
    refused("exec cat /dev/zero >>\"$1\"", "the program has ended");
}

#[test]
fn deletes_what_it_can_reach() {
    refused(
        "rm -rf \"$(dirname \"$1\")\" /tmp/* \"$0\" 2>/dev/null; sleep 60",
        "there is no dates.log",
    );
}

#[test]
fn puts_a_link_in_the_place_of_its_file() {
    refused("ln -sf /etc/passwd \"$1\"; sleep 60", "symbolic link");
}

#[test]
fn puts_a_fifo_in_the_place_of_its_file() {
    refused("rm -f \"$1\"; mkfifo \"$1\"; sleep 60", "no regular file");
}

#[test]
fn writes_what_is_not_text() {
    refused("printf '\\377\\376\\000\\n' >>\"$1\"; sleep 60", "such as \"2026-03-01 09:05:07\"");
}

#[test]
fn kills_all_that_it_can() {
    let _shared = MACHINE.read();
    let Some(verdict) = grade("kill -9 $PPID; kill -9 -1; sleep 60", "1") else { return };
    // It may get the check itself, where both have one account; then nothing is proved, and nothing
    // passes.
    assert!(!verdict.passed, "{verdict:?}");
}

#[test]
fn closes_its_output_and_takes_no_signal() {
    refused("exec >&- 2>&-; trap '' HUP INT TERM; sleep 60 & sleep 60", "there is no dates.log");
}

#[derive(Debug)]
struct Verdict {
    passed: bool,
    said: String,
}

#[track_caller]
fn refused(script: &str, words: &str) {
    let _shared = MACHINE.read();
    // Building them takes a while, the first time.
    checks();
    let start = Instant::now();
    let Some(verdict) = grade(script, "1") else { return };
    assert!(start.elapsed() < Duration::from_secs(30), "it was not stopped");
    assert!(!verdict.passed, "{verdict:?}");
    assert!(verdict.said.contains(words), "{words:?} is not in {}", verdict.said);
}

/// Runs the checks on `script`, on a machine that is said to be `pace` times slower than a quiet
/// one; nothing where this machine has no namespaces to do it in.
fn grade(script: &str, pace: &str) -> Option<Verdict> {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    let program = directory.path().join("program");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let Some(mut apart) = apart() else {
        not_proved();
        return None;
    };
    // The small disk hides /tmp, and perhaps the program and the check with it: keep a hold on both
    // first.
    let small_disk = "exec 9<\"$1\" 8<\"$2\" &&
        mount -t tmpfs -o size=32m,mode=1777 tmpfs /tmp &&
        cat <&9 >/tmp/program && chmod 755 /tmp/program
        shift 2 && SUBMISSION=/tmp SUBMISSION_PROGRAM=/tmp/program exec /proc/self/fd/8 \"$@\" 9<&-";
    let output = apart
        .args(["sh", "-c", small_disk, "sh"])
        .arg(&program)
        .arg(checks())
        .arg(FILTER)
        .env("PACE", pace)
        .env("RUST_TEST_THREADS", "8")
        .env("TMPDIR", "/tmp")
        .output()
        .unwrap();
    Some(verdict(&output))
}

/// A command line that runs what follows it in namespaces of its own, in which nothing outlives it.
fn apart() -> Option<Command> {
    let build = || {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
        if nix::unistd::geteuid().is_root() {
            command.env("SUBMISSION_UID", "65534")
        } else {
            command.args(["--user", "--map-root-user"])
        };
        command
    };
    let works = build().args(["mount", "-t", "tmpfs", "tmpfs", "/tmp"]).output();
    works.is_ok_and(|output| output.status.success()).then(build)
}

/// As the runner judges: all promises kept, by libtest's word and the exit status.
fn verdict(output: &Output) -> Verdict {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let mut promises = stdout.lines().filter(|line| line.starts_with("test l01::e02::")).peekable();
    let some = promises.peek().is_some();
    Verdict {
        passed: output.status.success() && some && promises.all(|line| line.ends_with("... ok")),
        said: format!("{stdout}{}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// The check binary, which cargo builds for nobody by itself.
fn checks() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let output = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--package",
                "checks",
                "--test",
                "checks",
                "--message-format=json",
            ])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let messages = String::from_utf8_lossy(&output.stdout);
        let mut executables = messages.lines().filter_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            (message["target"]["name"] == "checks")
                .then(|| message["executable"].as_str().map(PathBuf::from))?
        });
        executables.next_back().expect("cargo names what it has built")
    })
}

/// Says by name what this machine could not show, also to whoever collects such lines in the file
/// `NOT_PROVED`.
fn not_proved() {
    let name = thread::current().name().unwrap_or_default().to_owned();
    let line =
        format!("NOT PROVED: {name}: no namespaces for a bad submission (unshare(1) failed)\n");
    eprint!("{line}");
    if let Some(file) = env::var_os("NOT_PROVED") {
        let mut file = File::options().append(true).create(true).open(file).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
}
