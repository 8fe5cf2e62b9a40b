//! No line is lost, however the program ends.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{self, Child};
use std::thread;
use std::time::Duration;

use leveled_logger::{error, info};
use nix::sys::signal::{Signal, kill, raise};
use nix::unistd::Pid;

use super::{batched, child, child_directory, lines, wait_until};

const LINES: usize = 5000;

pub(super) fn say_all(who: &str) {
    (0..LINES).for_each(|line| info!("{who} {line}"));
}

/// All lines, each once, in order.
#[track_caller]
pub(super) fn check_all(path: &Path, who: &str) {
    let prefix = format!("{who} ");
    let got: Vec<String> =
        lines(path).into_iter().filter(|line| line.starts_with(&prefix)).collect();
    let expected: Vec<String> = (0..LINES).map(|line| format!("{who} {line}")).collect();
    assert_eq!(got.len(), expected.len(), "lines of {who}");
    assert!(got == expected, "lines of {who} are out of order");
}

/// Runs the child, and returns how it ended.
#[track_caller]
pub(super) fn ends(test: &str, directory: &Path) -> process::ExitStatus {
    child(test, directory).output().unwrap().status
}

#[test]
fn exit_writes_what_is_held_back() {
    if let Some(directory) = child_directory() {
        batched(&directory.join("x.log"));
        say_all("a");
        process::exit(7);
    }
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(ends("end::exit_writes_what_is_held_back", directory.path()).code(), Some(7));
    check_all(&directory.path().join("x.log"), "a");
}

#[test]
fn a_panic_loses_nothing() {
    if let Some(directory) = child_directory() {
        batched(&directory.join("x.log"));
        let _ = thread::spawn(|| {
            say_all("in-the-thread");
            panic!("on purpose");
        })
        .join();
        say_all("after");
        panic!("on purpose");
    }
    let directory = tempfile::tempdir().unwrap();
    assert!(!ends("end::a_panic_loses_nothing", directory.path()).success());
    check_all(&directory.path().join("x.log"), "in-the-thread");
    check_all(&directory.path().join("x.log"), "after");
}

#[test]
fn abort_writes_what_is_held_back() {
    if let Some(directory) = child_directory() {
        batched(&directory.join("x.log"));
        say_all("a");
        process::abort();
    }
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(
        ends("end::abort_writes_what_is_held_back", directory.path()).signal(),
        Some(libc::SIGABRT)
    );
    check_all(&directory.path().join("x.log"), "a");
}

#[test]
fn a_crash_writes_what_is_held_back() {
    if let Some(directory) = child_directory() {
        batched(&directory.join("x.log"));
        say_all("a");
        // SAFETY: it is not, and that is the point.
        unsafe { std::ptr::dangling_mut::<u64>().wrapping_sub(1).write_volatile(1) };
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(
        ends("end::a_crash_writes_what_is_held_back", directory.path()).signal(),
        Some(libc::SIGSEGV)
    );
    check_all(&directory.path().join("x.log"), "a");
}

#[test]
fn a_stack_overflow_is_still_reported_and_loses_nothing() {
    #[allow(unconditional_recursion)]
    fn deeper(level: u64) -> u64 {
        std::hint::black_box(deeper(std::hint::black_box(level + 1)) + 1)
    }
    if let Some(directory) = child_directory() {
        batched(&directory.join("x.log"));
        say_all("a");
        deeper(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let output =
        child("end::a_stack_overflow_is_still_reported_and_loses_nothing", directory.path())
            .output()
            .unwrap();
    assert_eq!(output.status.signal(), Some(libc::SIGABRT));
    assert!(String::from_utf8_lossy(&output.stderr).contains("overflowed its stack"));
    check_all(&directory.path().join("x.log"), "a");
}

#[test]
fn signals_that_end_a_program_end_it_after_the_last_line() {
    const NAME: &str = "end::signals_that_end_a_program_end_it_after_the_last_line";
    if let Some(directory) = child_directory() {
        let signal: i32 = fs::read_to_string(directory.join("signal")).unwrap().parse().unwrap();
        // Whoever runs the tests with `&` in a script, or with nohup(1), has them ignore some.
        // SAFETY: no handler is set, only what the kernel does by itself.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        batched(&directory.join("x.log"));
        say_all("a");
        // SAFETY: a signal to ourselves.
        unsafe { libc::kill(libc::getpid(), signal) };
        thread::sleep(super::PATIENCE);
        process::exit(99);
    }
    for signal in
        [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGUSR1, libc::SIGSEGV, libc::SIGQUIT]
    {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("signal"), signal.to_string()).unwrap();
        assert_eq!(ends(NAME, directory.path()).signal(), Some(signal));
        check_all(&directory.path().join("x.log"), "a");
    }
}

#[test]
fn a_signal_that_the_program_handles_is_left_alone() {
    extern "C" fn nothing(_: i32) {}
    if let Some(directory) = child_directory() {
        // SAFETY: the handler does nothing.
        unsafe { libc::signal(libc::SIGUSR1, nothing as *const () as usize) };
        batched(&directory.join("x.log"));
        raise(Signal::SIGUSR1).unwrap();
        say_all("a");
        process::exit(5);
    }
    let directory = tempfile::tempdir().unwrap();
    let status = ends("end::a_signal_that_the_program_handles_is_left_alone", directory.path());
    assert_eq!(status.code(), Some(5));
    check_all(&directory.path().join("x.log"), "a");
}

#[test]
fn lines_are_seen_soon_and_errors_at_once() {
    if let Some(directory) = child_directory() {
        let path = directory.join("x.log");
        batched(&path);
        info!("held back");
        error!("serious");
        assert_eq!(lines(&path), ["held back", "serious"]);
        info!("alone");
        wait_until("the line is there", || lines(&path).len() == 3);
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    assert!(ends("end::lines_are_seen_soon_and_errors_at_once", directory.path()).success());
}

#[test]
fn lines_of_several_threads_come_in_the_order_of_their_times() {
    if let Some(directory) = child_directory() {
        let path = directory.join("x.log");
        batched(&path);
        // One after the other, each from a thread of its own: the batch has one line in each of
        // many rings.
        for at in 0..50 {
            thread::spawn(move || info!("{at}")).join().unwrap();
        }
        leveled_logger::flush();
        assert_eq!(lines(&path), (0..50).map(|at| at.to_string()).collect::<Vec<_>>());
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    assert!(
        ends("end::lines_of_several_threads_come_in_the_order_of_their_times", directory.path())
            .success()
    );
}

/// Kills the child when it has written something, at a moment that nobody chose.
fn kill_some_time_later(mut child: Child, after: Duration) {
    let mut ready = [0];
    let _ = child.stdout.as_mut().unwrap().read(&mut ready);
    thread::sleep(after);
    kill(Pid::from_raw(child.id() as i32), Signal::SIGKILL).unwrap();
    child.wait().unwrap();
}

#[test]
fn after_sigkill_only_the_last_moment_is_missing() {
    const NAME: &str = "end::after_sigkill_only_the_last_moment_is_missing";
    if let Some(directory) = child_directory() {
        batched(&directory.join("x.log"));
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                thread::spawn(move || {
                    (0..u64::MAX).for_each(|line| info!("thread {thread} says line {line}."))
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        process::exit(99);
    }
    for run in 0..5 {
        let directory = tempfile::tempdir().unwrap();
        let started = child(NAME, directory.path()).spawn().unwrap();
        kill_some_time_later(started, Duration::from_millis(3 + 7 * run));
        let text = fs::read_to_string(directory.path().join("x.log")).unwrap_or_default();
        let mut next = [0_u64; 4];
        // The kernel looks for SIGKILL between two pages: a line across them may be cut, there, and
        // only the last one.
        assert!(
            text.is_empty() || text.ends_with('\n') || text.len().is_multiple_of(4096),
            "{}",
            text.len()
        );
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        for line in whole.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let ["thread", thread, "says", "line", number] = words[..] else { panic!("{line:?}") };
            let thread: usize = thread.parse().unwrap();
            assert_eq!(number, format!("{}.", next[thread]), "thread {thread}");
            next[thread] += 1;
        }
    }
}

#[test]
fn two_processes_with_four_threads_each_tear_no_line() {
    const NAME: &str = "end::two_processes_with_four_threads_each_tear_no_line";
    if let Some(directory) = child_directory() {
        batched(&directory.join("x.log"));
        let me = process::id();
        let threads: Vec<_> =
            (0..4).map(|at| thread::spawn(move || say_all(&format!("{me}-{at}")))).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let children: Vec<Child> =
        (0..2).map(|_| child(NAME, directory.path()).spawn().unwrap()).collect();
    children
        .into_iter()
        .for_each(|child| assert!(child.wait_with_output().unwrap().status.success()));
    let path = directory.path().join("x.log");
    let all = lines(&path);
    assert_eq!(all.len(), 2 * 4 * LINES);
    let who: BTreeSet<&str> = all.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(who.len(), 8);
    who.into_iter().for_each(|who| check_all(&path, who));
}
