//! Disks that are full, and disks that are read-only; in the lab, where a disk costs a line.

use std::env;
use std::fs;
use std::path::Path;
use std::process;

use leveled_logger::{Batched, FileMode, FileSink, RotatingSink, Sink, WatchedSink, info};

use super::in_lab::{lab, sh};
use super::{at_root, child_directory, lines};

const LINES: u64 = 2000;

/// Fills the disk, makes room, and goes on. Every line is in the file whole, or counted as lost.
fn fill(sink: impl Sink + 'static, path: &Path) {
    let ballast = path.with_file_name("ballast");
    let handler = at_root(sink);
    let say_all = |who: &str| (0..LINES).for_each(|line| info!("{who} says line {line}."));
    say_all("before");
    leveled_logger::flush();
    assert!(handler.lost() > 0, "the disk is too large for this test");
    fs::remove_file(ballast).unwrap();
    say_all("after");
    leveled_logger::flush();
    let all = lines(path);
    let is_whole = |line: &&String| line.contains(" says line ") && line.ends_with('.');
    let whole = all.iter().filter(is_whole).count() as u64;
    // Where the disk was full, half a line may stand; it counts as lost, and has a line of its own.
    assert!(all.len() as u64 - whole <= 1, "{} of {} are whole", whole, all.len());
    // A batch counts all lines of a write that failed, though some may be in the file.
    assert!(whole + handler.lost() >= 2 * LINES, "{whole} and {}", handler.lost());
    assert_eq!(all.iter().filter(|line| line.starts_with("after")).count() as u64, LINES);
    process::exit(0);
}

#[test]
fn a_full_disk_loses_only_what_has_no_room_and_the_logger_recovers() {
    const NAME: &str = "disk::a_full_disk_loses_only_what_has_no_room_and_the_logger_recovers";
    if let Some(directory) = child_directory() {
        let path = directory.join("full/x.log");
        let file = || FileSink::open(&path, FileMode::Append).unwrap();
        match env::var("SINK").unwrap().as_str() {
            "file" => fill(file(), &path),
            "batch" => fill(Batched::new(file()), &path),
            "watched" => fill(WatchedSink::open(&path).unwrap(), &path),
            "rotating" => fill(RotatingSink::open(&path, 1 << 20, 2).unwrap(), &path),
            other => panic!("{other}"),
        }
    }
    let Some(lab) = lab(NAME) else { return };
    let script = "for SINK in file batch watched rotating; do
            export SINK; mkdir -p /tmp/full && mount -t tmpfs -o size=512k full /tmp/full || exit
            head -c 480K /dev/zero > /tmp/full/ballast
            $TEST > /dev/null 2> /tmp/said || { cat /tmp/said >&2; exit 1; }
            echo $SINK $(grep -c 'cannot write to .*: No space left' /tmp/said) $(grep -c 'works again; [0-9]* lines were lost' /tmp/said)
            umount /tmp/full
        done";
    let said = sh(&lab, NAME, script);
    // Said once, and once that it works again.
    assert_eq!(said, "file 1 1\nbatch 1 1\nwatched 1 1\nrotating 1 1\n");
}

#[test]
fn a_read_only_disk_is_named_with_the_file() {
    const NAME: &str = "disk::a_read_only_disk_is_named_with_the_file";
    if let Some(directory) = child_directory() {
        let place = directory.join("fixed");
        let error = FileSink::open(place.join("x.log"), FileMode::Append).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot open {}/x.log: Read-only file system", place.display())
        );
        process::exit(0);
    }
    let Some(lab) = lab(NAME) else { return };
    let script = "mkdir /tmp/fixed && mount -t tmpfs -o ro fixed /tmp/fixed && $TEST >&2";
    sh(&lab, NAME, script);
}
