//! The command, as a shell script and a terminal see it.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Output, Stdio};

use nix::pty::{OpenptyResult, Winsize, openpty};

#[track_caller]
fn run(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_leveled-logger"))
        .args(args)
        .env_remove("LEVELS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

#[track_caller]
fn check(args: &[&str], input: &[u8], status: i32, stdout: &str, stderr: &str) {
    let output = run(args, input);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(
        (text(&output.stdout), text(&output.stderr)),
        (stdout.to_owned(), stderr.to_owned())
    );
    assert_eq!(output.status.code(), Some(status));
}

#[test]
fn says_a_message_with_fields() {
    check(
        &[
            "log",
            "--level",
            "warning",
            "--name",
            "app.db",
            "nearly full",
            "disk=/srv",
            "percent=97",
        ],
        b"",
        0,
        "",
        "WARNING:app.db:nearly full disk=/srv percent=97\n",
    );
    check(
        &["log", "--style", "{", "--format", "{levelno:>4} {message}", "--level", "25", "x"],
        b"",
        0,
        "",
        "  25 x\n",
    );
}

#[test]
fn says_each_line_of_its_input_also_when_it_is_no_text() {
    check(
        &["log", "--format", "%(message)s"],
        b"one\ntw\xffo\nthr\x1bee",
        0,
        "",
        "one\ntw\u{fffd}o\nthr\\x1bee\n",
    );
}

#[test]
fn appends_to_a_file_and_counts_its_levels() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.log");
    let path = path.to_str().unwrap();
    for (level, message) in
        [("info", "a"), ("error", "b"), ("error", "c\nINFO forged"), ("debug", "d")]
    {
        assert!(run(&["log", "--file", path, "--level", level, message], b"").status.success());
    }
    check(
        &["filter", "--count", path],
        b"",
        0,
        "ERROR              2\nINFO               1\nDEBUG              1\n",
        "",
    );
    check(
        &["filter", "--count", "--json", path],
        b"",
        0,
        "{\"DEBUG\":1,\"ERROR\":2,\"INFO\":1}\n",
        "",
    );
    check(&["filter", path], b"", 0, "ERROR:root:b\nERROR:root:c\\nINFO forged\n", "");
    check(&["filter", "--level", "critical", path], b"", 1, "", "");
    fs::remove_file(path).unwrap();
}

#[test]
fn filters_what_others_wrote() {
    let log = b"2026-01-01 INFO quiet\nsecond line\n<3>disk\n{\"level\":\"warning\"}\nERROR \xff\n  at line 3\nLevel 35 x\n";
    let expected: Vec<u8> = log.split(|b| *b == b'\n').skip(2).collect::<Vec<_>>().join(&b'\n');
    let output = run(&["filter"], log);
    assert_eq!(String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&expected));
}

#[test]
fn a_traceback_belongs_to_its_line_whatever_it_says() {
    let log = "ERROR no answer\nTraceback (most recent call last):\n  File \"x.py\", line 1\n    \
               raise Late(INFO)\nLate: WARNING from below\n\tat x (DEBUG)\nINFO goes on\n";
    let (error, _) = log.split_once("INFO goes").unwrap();
    check(&["filter", "--level", "error"], log.as_bytes(), 0, error, "");
    // A name that stands to the right in its column is a level nevertheless.
    let log = b"    INFO a\n WARNING b\n   ERROR c\n    INFO d\n";
    check(&["filter"], log, 0, " WARNING b\n   ERROR c\n", "");
}

#[test]
fn no_bar_is_longer_than_its_terminal_is_wide() {
    let longest = |columns: u16| {
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let OpenptyResult { master, slave } = openpty(&size, None).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_leveled-logger"));
        command
            .args(["filter", "--count"])
            .stdin(Stdio::piped())
            .stdout(slave.try_clone().unwrap());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"ERROR x\nERROR y\nINFO z\n").unwrap();
        assert!(child.wait().unwrap().success());
        let mut shown = vec![0; 4096];
        let length = fs::File::from(master).read(&mut shown).unwrap();
        let shown = String::from_utf8_lossy(&shown[..length]).into_owned();
        shown.lines().map(|line| line.chars().count()).max().unwrap()
    };
    assert_eq!([200, 60, 30, 22].map(longest), [62, 60, 30, 20]);
}

#[test]
fn finds_the_level_as_other_loggers_write_it() {
    for (line, level) in [
        ("2024/01/01 12:00:00 [error] 123#0: *1 open() failed", "ERROR"),
        ("[Mon Jan 01 2024] [core:crit] [pid 1] x", "none"),
        ("[2024-01-01T00:00:00Z WARN  app::db] slow", "WARNING"),
        ("time=2024-01-01 level=warn msg=\"an error\"", "WARNING"),
        ("ts=1 lvl=\"fatal\" msg=x", "CRITICAL"),
        ("2024-01-01T00:00:00Z TRACE app: x", "Level 5"),
        ("an error in a sentence, and some info", "none"),
        ("{\"severity\":\"NOTICE\",\"message\":\"x\"}", "INFO"),
        ("{\"levelname\":\"CRITICAL\"}", "CRITICAL"),
        ("{\"PRIORITY\":\"3\",\"MESSAGE\":\"x\"}", "ERROR"),
        ("ERR: disk", "ERROR"),
    ] {
        let expected = format!("{level:<10}{:>10}\n", 1);
        check(&["filter", "--count"], line.as_bytes(), 0, &expected, "");
    }
}

#[test]
fn completes_itself_in_three_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell], b"");
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("leveled-logger"), "{shell}");
        assert!(script.contains("filter") && script.contains("journal"), "{shell}");
    }
}

#[test]
fn what_cannot_be_shown_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_leveled-logger"));
    command.arg("filter").stdin(Stdio::piped()).stdout(full).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"ERROR x\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.starts_with("leveled-logger: cannot write to standard output: No space left"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn levels_come_from_the_environment() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leveled-logger"));
    command.env("LEVELS", "warning,app=debug");
    let output =
        command.args(["log", "--level", "debug", "--name", "app.db", "x"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "DEBUG:app.db:x\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_leveled-logger"));
    let output = command.env("LEVELS", "loud").args(["log", "x"]).output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .starts_with("leveled-logger: cannot use $LEVELS: \"loud\"")
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn bad_arguments_get_one_line_with_the_cure() {
    for (args, words) in [
        (&["log", "--level", "loud", "x"][..], "unknown level \"LOUD\""),
        (&["log", "x", "y"], "quote the message"),
        (&["log", "x", "a b=1"], "is no key"),
        (
            &["log", "--format", "%(message)d", "x"],
            "column 1: message: %d needs a number, not text",
        ),
        (&["log", "--file", "/no/such/x.log", "x"], "mkdir -p /no/such makes its directory"),
        (&["log", "--file", "/", "x"], "cannot open /: Is a directory"),
        (&["filter", "/no/such"], "cannot read /no/such: No such file"),
        (&["filter", "/"], "cannot read /: it is a directory"),
        (&["frobnicate"], "see leveled-logger --help"),
    ] {
        let output = run(args, b"");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            stderr.starts_with("leveled-logger: ") && stderr.contains(words),
            "{args:?}: {stderr}"
        );
        assert_eq!(
            (stderr.lines().count(), output.status.code()),
            (1, Some(2)),
            "{args:?}: {stderr}"
        );
    }
}

#[test]
fn a_full_disk_is_an_error_and_a_closed_pipe_is_none() {
    let output = run(&["log", "--file", "/dev/full", "x"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("cannot write to /dev/full: No space left on device")
    );
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_leveled-logger"));
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("x.log"), "ERROR x\n".repeat(100_000)).unwrap();
    let status = command.arg("filter").arg(directory.path().join("x.log")).stdout(writer).status();
    assert!(status.unwrap().success());
    // What is said to nobody ends the program, also when there would be more to say for ever.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let endless = fs::File::open("/dev/zero").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_leveled-logger"));
    assert!(command.arg("log").stdin(endless).stderr(writer).status().unwrap().success());
}
