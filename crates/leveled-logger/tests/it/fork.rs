//! A program that forks loses no line, and neither side waits for the other's locks; fork(2).

use std::{process, thread};

use leveled_logger::{Batched, Level, MemorySink, RotatingSink, Sink, WatchedSink, info};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

use super::end::{check_all, ends, say_all};
use super::{at_root, batched, child, child_directory, lines};

#[test]
fn a_fork_writes_each_line_once() {
    if let Some(directory) = child_directory() {
        let path = directory.join("x.log");
        batched(&path);
        let busy: Vec<_> =
            (0..3).map(|at| thread::spawn(move || say_all(&format!("thread-{at}")))).collect();
        say_all("before");
        // SAFETY: the child logs, which is what is tried here, and exits.
        let ForkResult::Parent { child } = unsafe { fork() }.unwrap() else {
            say_all("child");
            process::exit(0);
        };
        say_all("parent");
        busy.into_iter().for_each(|thread| thread.join().unwrap());
        waitpid(child, None).unwrap();
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    assert!(ends("fork::a_fork_writes_each_line_once", directory.path()).success());
    for who in ["before", "child", "parent", "thread-0", "thread-1", "thread-2"] {
        check_all(&directory.path().join("x.log"), who);
    }
}

/// Forks again and again while three threads log, each time through a sink that has a lock.
fn fork_while_busy(sink: impl Sink + 'static) {
    at_root(sink);
    let busy: Vec<_> =
        (0..3).map(|at| thread::spawn(move || say_all(&format!("thread-{at}")))).collect();
    for run in 0..20 {
        // SAFETY: the child logs, which is what is tried here, and exits.
        let ForkResult::Parent { child } = unsafe { fork() }.unwrap() else {
            info!("child {run} is {}", process::id());
            process::exit(0);
        };
        waitpid(child, None).unwrap();
    }
    busy.into_iter().for_each(|thread| thread.join().unwrap());
    process::exit(0);
}

#[track_caller]
fn check_forks(test: &str) {
    let directory = tempfile::tempdir().unwrap();
    let output = child(test, directory.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let path = directory.path().join("x.log");
    (0..3).for_each(|at| check_all(&path, &format!("thread-{at}")));
    let from_children = lines(&path).iter().filter(|line| line.starts_with("child ")).count();
    assert_eq!(from_children, 20);
}

#[test]
fn a_fork_never_leaves_a_rotating_file_locked() {
    if let Some(directory) = child_directory() {
        // No rotation here: two processes that rotate one file would move each other's away.
        fork_while_busy(RotatingSink::open(directory.join("x.log"), u64::MAX, 3).unwrap());
    }
    check_forks("fork::a_fork_never_leaves_a_rotating_file_locked");
}

#[test]
fn a_fork_never_leaves_a_watched_file_locked() {
    if let Some(directory) = child_directory() {
        fork_while_busy(WatchedSink::open(directory.join("x.log")).unwrap());
    }
    check_forks("fork::a_fork_never_leaves_a_watched_file_locked");
}

#[test]
fn a_fork_never_leaves_a_batched_rotating_file_locked() {
    if let Some(directory) = child_directory() {
        let file = RotatingSink::open(directory.join("x.log"), u64::MAX, 3).unwrap();
        fork_while_busy(Batched::new(MemorySink::new(file, 10, Level::CRITICAL)));
    }
    check_forks("fork::a_fork_never_leaves_a_batched_rotating_file_locked");
}
