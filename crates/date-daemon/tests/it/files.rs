//! The file and its directory: what is taken for a file, and what happens when it goes away.

use std::fs;
use std::os::unix::fs::symlink;

use nix::sys::signal::Signal;

use crate::harness::{Place, Running, assert_none_lost, labels};

#[test]
fn a_relative_path_starts_at_the_working_directory() {
    let place = Place::new();
    let mut daemon = place.start("1h");
    place.wait_for_lines("dates.log", 1);
    daemon.stop();
    assert_eq!(labels(&place.path("dates.log")).len(), 1);
}

#[test]
fn appends_to_what_is_there_and_follows_a_link() {
    let place = Place::new();
    fs::write(place.path("real"), "before\n").unwrap();
    symlink("real", place.path("dates.log")).unwrap();
    let mut daemon = place.start("1h");
    place.wait_for_lines("real", 2);
    daemon.stop();
    let text = fs::read_to_string(place.path("real")).unwrap();
    assert!(text.starts_with("before\n1"), "{text:?}");
}

#[test]
fn ends_the_half_line_that_another_program_left() {
    let place = Place::new();
    fs::write(place.path("dates.log"), "half a li").unwrap();
    let mut daemon = place.start("1ms");
    place.wait_for_lines("dates.log", 5);
    daemon.stop();
    let text = fs::read_to_string(place.path("dates.log")).unwrap();
    let rest = text.strip_prefix("half a li\n").expect("kept, and ended");
    fs::write(place.path("rest"), rest).unwrap();
    assert_none_lost(&labels(&place.path("rest")), 1, daemon.missed());
}

#[test]
fn a_vanished_directory_is_reported_once_and_no_later_line_is_lost() {
    let place = Place::new();
    fs::create_dir(place.path("directory")).unwrap();
    let mut command = place.command("1ms");
    command.args(["--file", "directory/dates.log"]);
    let mut daemon = Running::start(&mut command, place.path("stderr"));
    place.wait_for_lines("directory/dates.log", 5);

    fs::remove_dir_all(place.path("directory")).unwrap();
    daemon.wait_for_log("No such file or directory");
    let gone = crate::harness::now_ms();
    crate::harness::wait_until("some ticks have failed", || crate::harness::now_ms() > gone + 50);
    fs::create_dir(place.path("directory")).unwrap();
    daemon.wait_for_log("appending again");
    daemon.stop();

    let labels = labels(&place.path("directory/dates.log"));
    assert!(labels[0] <= gone, "what was due without a directory waited: {labels:?}");
    assert_none_lost(&labels, 1, daemon.missed());
    let log = daemon.log();
    assert_eq!(log.matches("No such file").count(), 1, "{log}");
    assert_eq!(log.matches("appending again").count(), 1, "{log}");
}

#[test]
fn a_removed_file_is_made_anew() {
    let place = Place::new();
    let mut daemon = place.start("1ms");
    place.wait_for_lines("dates.log", 5);
    fs::remove_file(place.path("dates.log")).unwrap();
    place.wait_for_lines("dates.log", 5);
    daemon.stop();
    assert_none_lost(&labels(&place.path("dates.log")), 1, daemon.missed());
    assert!(!daemon.log().contains("ERROR"), "{}", daemon.log());
}

#[test]
fn a_lock_that_somebody_holds_for_ever_holds_up_neither_lines_nor_the_end() {
    let place = Place::new();
    let file = fs::File::create(place.path("dates.log")).unwrap();
    file.lock().unwrap();
    let mut daemon = place.start("50ms");
    place.wait_for_lines("dates.log", 3);
    daemon.stop();
    assert_none_lost(&labels(&place.path("dates.log")), 50, daemon.missed());
}

#[test]
fn what_was_missed_while_it_was_held_up_is_said_and_not_made_up() {
    let place = Place::new();
    let mut daemon = place.start("10ms");
    place.wait_for_lines("dates.log", 2);
    daemon.signal(Signal::SIGSTOP);
    let held_up = crate::harness::now_ms();
    crate::harness::wait_until("ticks are due", || crate::harness::now_ms() > held_up + 60);
    daemon.signal(Signal::SIGCONT);
    daemon.wait_for_log("missed");
    daemon.stop();
    let labels = labels(&place.path("dates.log"));
    assert!(labels.iter().all(|label| label % 10 == 0), "off the grid: {labels:?}");
    assert!(daemon.missed() >= 4, "{}", daemon.log());
    assert_none_lost(&labels, 10, daemon.missed());
}
