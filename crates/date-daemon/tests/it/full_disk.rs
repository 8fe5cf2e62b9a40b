//! A full disk that gets free again: reported once, never fatal, whole lines only, and no line
//! lost.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{
    MILLIS, PROGRAM, Place, Running, assert_none_lost, labels, not_proved, wait_until,
};

#[test]
fn a_full_disk_that_gets_free_again_costs_no_line() {
    let place = Place::new();
    let disk = place.path("disk");
    fs::create_dir(&disk).unwrap();
    let Some(unshare) = mount_namespace() else {
        return not_proved(
            "a_full_disk_that_gets_free_again_costs_no_line",
            "neither root nor a user namespace may mount a tmpfs here",
        );
    };
    // Four pages: one for the daemon, three for what fills the disk.
    let script = "mount -t tmpfs -o size=16k,mode=755 tmpfs disk && cd disk && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(unshare).args(["sh", "-c", script, "sh", PROGRAM]);
    command.args(["--interval", "1ms", "--format", MILLIS]);
    command.current_dir(place.directory.path());
    let mut daemon = Running::start(&mut command, place.path("stderr"));

    // The disk is in the daemon's own mount namespace; /proc shows the way.
    let disk = PathBuf::from(format!("/proc/{}/cwd", daemon.pid()));
    wait_until("a line is on the daemon's disk", || {
        fs::metadata(disk.join("dates.log")).is_ok_and(|meta| meta.len() > 0)
    });
    fill(&disk.join("filler"));
    daemon.wait_for_log("No space left on device; each tick tries again");
    // 4096 is no multiple of a line's 15 bytes: the last write ended halfway, and was taken back.
    let before = labels(&disk.join("dates.log"));
    let bytes = before.len() * 15;
    assert!((bytes + 15) / 4096 > bytes / 4096, "{bytes} bytes");

    fs::remove_file(disk.join("filler")).unwrap();
    daemon.wait_for_log("appending again");
    let copy = place.path("copy");
    wait_until("more lines", || labels_at(&disk, &copy).len() > before.len() + 10);
    daemon.signal(nix::sys::signal::Signal::SIGSTOP);
    let after = labels_at(&disk, &copy);
    daemon.signal(nix::sys::signal::Signal::SIGCONT);
    daemon.stop();
    assert_none_lost(&after, 1, daemon.missed());
    assert_reported_once(&daemon.log(), "No space left on device");
}

#[test]
fn a_file_at_its_size_limit_is_a_full_disk_like_any_other() {
    let place = Place::new();
    let mut daemon = limited(&place);
    daemon.wait_for_log("File too large; each tick tries again");
    let before = fs::read_to_string(place.path("dates.log")).unwrap();
    assert_eq!(before.matches('\n').count(), 4096 / 15);

    let raised = Command::new("prlimit")
        .args(["--fsize=unlimited:unlimited", "--pid", &daemon.pid().to_string()])
        .status();
    assert!(raised.unwrap().success());
    daemon.wait_for_log("appending again");
    daemon.stop();
    let labels = labels(&place.path("dates.log"));
    assert_none_lost(&labels[LINES_BEFORE..], 10, daemon.missed());
    assert_reported_once(&daemon.log(), "File too large");
}

#[test]
fn stops_cleanly_on_a_full_disk_and_says_what_is_lost() {
    let place = Place::new();
    let mut daemon = limited(&place);
    daemon.wait_for_log("File too large");
    daemon.stop();
    assert!(daemon.log().contains("could not be written and are lost"), "{}", daemon.log());
    assert_eq!(labels(&place.path("dates.log")).len(), 4096 / 15);
}

/// How many lines are there before the daemon that is limited.
const LINES_BEFORE: usize = 250;

/// A daemon whose files cannot be larger than 4096 bytes: 8 blocks, by the measure of sh(1). Its log
/// is such a file too, with a line for each tick that a busy machine has it miss: so the file of the
/// dates is almost full from the beginning, and few ticks are enough.
fn limited(place: &Place) -> Running {
    fs::write(place.path("dates.log"), "0000000000.000\n".repeat(LINES_BEFORE)).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -S -f 8 && exec \"$@\"", "sh", PROGRAM]);
    command.args(["--interval", "10ms", "--format", MILLIS]);
    command.current_dir(place.directory.path());
    Running::start(&mut command, place.path("stderr"))
}

#[track_caller]
fn assert_reported_once(log: &str, cause: &str) {
    assert_eq!(log.matches(cause).count(), 1, "{log}");
    assert_eq!(log.matches("appending again").count(), 1, "{log}");
    assert!(log.contains(", 0 are lost"), "{log}");
}

fn fill(path: &Path) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
}

/// The labels on the daemon's disk, as they are at one moment.
fn labels_at(disk: &Path, copy: &Path) -> Vec<u64> {
    fs::copy(disk.join("dates.log"), copy).unwrap();
    labels(copy)
}

/// How unshare(1) makes a mount namespace here, in which a tmpfs can be mounted.
fn mount_namespace() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["--mount"], &["--mount", "--map-root-user"]];
    ways.into_iter().find(|way| {
        let mut command = Command::new("unshare");
        command.args(*way).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
        command.output().is_ok_and(|output| output.status.success())
    })
}
