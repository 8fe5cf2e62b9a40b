//! Bad input: one clear line, an exit status that is not 0, and never a panic.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::harness::{PROGRAM, Place};

/// Bad input is refused at once; this only keeps the test from hanging.
const PATIENCE: Duration = Duration::from_secs(10);

#[track_caller]
fn check(args: &[&str], status: i32, words: &str) {
    let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
    check_in(&Place::new(), &args, status, words);
}

#[track_caller]
fn check_in(place: &Place, args: &[&OsStr], status: i32, words: &str) {
    let mut command = place.program();
    command.args(args);
    expect(command, status, words);
}

#[track_caller]
fn expect(command: Command, status: i32, words: &str) {
    let mut command = assert_cmd::Command::from_std(command);
    let assert = command.timeout(PATIENCE).assert().code(status).stdout("");
    let said = String::from_utf8_lossy(&assert.get_output().stderr);
    let line = said.strip_suffix('\n').expect("a whole line");
    assert!(!line.contains('\n'), "{command:?}: more than one line: {said}");
    assert!(line.starts_with("date-daemon: ") && line.contains(words), "{command:?}: {line}");
}

#[test]
fn an_option_that_is_wrong() {
    check(&["--bogus"], 2, "'--bogus'");
    check(&["more"], 2, "'more'");
    check(&["--file"], 2, "a value is required");
    check(&["--file="], 2, "a value is required");
    check(&["--file", "a\nREADY=1"], 2, "control character");
    check(&["--log-level", "loud"], 2, "'loud'");
}

#[test]
fn an_interval_that_cannot_be_kept() {
    for interval in ["0", "0ms", "25h", "876000h", "99999999999999999999999"] {
        check(&["--interval", interval], 2, "must be between 1ms and 24h");
    }
    check(&["--interval", "often"], 2, "such as 50ms, 5s");
    check(&["--interval", "5\n6"], 2, "such as 50ms, 5s");
    check(&["--interval=-5s"], 2, "such as 50ms, 5s");
}

#[test]
fn a_format_that_makes_no_line() {
    check(&["--format", "%Q"], 2, "not known");
    check(&["--format", "%"], 2, "not known");
    check(&["--format", ""], 2, "is empty");
    check(&["--format", "%Y%n%m"], 2, "control character");
    check(&["--format", &"%c".repeat(100)], 2, "longer than 255 bytes");
}

#[test]
fn a_file_that_is_none() {
    let place = Place::new();
    fs::create_dir(place.path("directory")).unwrap();
    mkfifo(&place.path("pipe"), Mode::S_IRWXU).unwrap();
    let check = |file: &str, words| {
        check_in(&place, &["--file".as_ref(), file.as_ref()], 1, words);
    };
    check("directory", "cannot append to directory: not a regular file");
    check("pipe", "cannot append to pipe: not a regular file");
    check("/dev/null", "cannot append to /dev/null: not a regular file");
    check("no/dates.log", "cannot open no/dates.log: No such file or directory; mkdir -p no makes");
    check(&"x".repeat(300), "File name too long");
}

#[test]
fn a_file_name_need_not_be_text() {
    let place = Place::new();
    fs::create_dir(place.path("directory")).unwrap();
    let name = OsString::from_vec(b"no-directory/\xff".to_vec());
    check_in(&place, &["--file".as_ref(), &name], 1, "cannot open no-directory/");
}

#[test]
fn a_notify_socket_that_is_none() {
    let place = Place::new();
    for socket in ["relative", "vsock:2:1234"] {
        let mut command = place.program();
        command.env("NOTIFY_SOCKET", socket);
        expect(command, 1, "cannot use $NOTIFY_SOCKET");
    }
}

#[test]
fn closed_outputs_are_not_a_panic() {
    let place = Place::new();
    for script in [
        "\"$0\" --bogus 2>&-; test $? = 2",
        "\"$0\" --bogus 2>/dev/full; test $? = 2",
        "\"$0\" --help >&-; test $? = 0",
        "\"$0\" --help >/dev/full; test $? = 0",
        "\"$0\" --help | true",
        // A daemon that cannot log goes on, and stops when told to.
        "rm -f dates.log; \"$0\" --interval 1ms 2>/dev/full & \
         while ! test -s dates.log; do :; done; kill -HUP $!; kill $!; wait $!",
        "rm -f dates.log; \"$0\" --interval 1ms 2>&- & \
         while ! test -s dates.log; do :; done; kill -HUP $!; kill $!; wait $!",
    ] {
        let mut command = Command::new("sh");
        command.args(["-c", script, PROGRAM]).current_dir(place.directory.path());
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
        assert!(status.unwrap().success(), "{script}");
    }
}
