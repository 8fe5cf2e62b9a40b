//! The log: for a person, or for the journal.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;

use nix::sys::signal::Signal;

use crate::harness::{PROGRAM, Place, Running};

#[test]
fn gives_the_journal_priorities_and_leaves_time_and_name_to_it() {
    let place = Place::new();
    let stderr = place.path("stderr");
    // The file stands for the journal's stream: it is the same file when the daemon opens it.
    let meta = File::create(&stderr).unwrap().metadata().unwrap();
    let mut command = place.command("1h");
    command.env("JOURNAL_STREAM", format!("{}:{}", meta.dev(), meta.ino()));
    let mut daemon = Running::start(&mut command, stderr);
    place.wait_for_lines("dates.log", 1);
    fs::rename(place.path("dates.log"), place.path("old")).unwrap();
    fs::create_dir(place.path("dates.log")).unwrap();
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for_log("stays in use");
    daemon.stop();
    let expected = "<6>appending the date to dates.log every 3600s\n\
        <3>cannot append to dates.log: not a regular file; the old file stays in use\n\
        <6>stopped\n";
    assert_eq!(daemon.log(), expected);
}

#[test]
fn a_redirected_log_is_not_the_journal() {
    let place = Place::new();
    let mut command = place.command("1h");
    command.env("JOURNAL_STREAM", "1:2");
    let mut daemon = Running::start(&mut command, place.path("stderr"));
    place.wait_for_lines("dates.log", 1);
    daemon.stop();
    let log = daemon.log();
    assert!(log.starts_with("20") && log.contains("Z  INFO appending"), "{log}");
    assert!(!log.contains('\u{1b}'), "colour in a file: {log}");
}

#[test]
fn says_no_more_than_it_is_asked_for() {
    let place = Place::new();
    let mut command = std::process::Command::new(PROGRAM);
    command.args(["--interval", "1h", "--log-level", "warn"]).current_dir(place.directory.path());
    let mut daemon = Running::start(&mut command, place.path("stderr"));
    place.wait_for_lines("dates.log", 1);
    daemon.stop();
    assert_eq!(daemon.log(), "");
}
