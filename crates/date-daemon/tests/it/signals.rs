//! SIGTERM, SIGHUP, SIGKILL and a closed terminal at any moment: no line is lost, none is torn.

use std::fs;
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::harness::{
    PROGRAM, Place, Running, assert_none_lost, label, labels, not_proved, now_ms, random,
    wait_until,
};

#[test]
fn sigterm_at_any_moment_ends_cleanly_and_loses_no_line() {
    for _ in 0..100 {
        let place = Place::new();
        let mut daemon = place.start("1ms");
        // From before the first tick to some ticks later.
        place.wait_for_lines("dates.log", random(5) as usize);
        std::thread::sleep(Duration::from_micros(random(3000)));
        daemon.stop();
        if daemon.log().contains("appending the date") {
            let labels = labels(&place.path("dates.log"));
            assert_none_lost(&labels, 1, daemon.missed());
        }
    }
}

#[test]
fn a_line_that_is_due_when_sigterm_comes_is_written() {
    for _ in 0..10 {
        let place = Place::new();
        let mut daemon = place.start("20ms");
        place.wait_for_lines("dates.log", 1);
        // Held up past a deadline, the daemon finds the tick and the signal at the same time.
        daemon.signal(Signal::SIGSTOP);
        let held_up = now_ms();
        wait_until("two more ticks are due", || now_ms() > held_up + 40);
        let sent = now_ms();
        daemon.signal(Signal::SIGTERM);
        daemon.signal(Signal::SIGCONT);
        assert_eq!(daemon.wait().code(), Some(0));

        let labels = labels(&place.path("dates.log"));
        assert!(labels.last().unwrap() + 20 > sent, "sent at {sent}: {labels:?}");
        assert_none_lost(&labels, 20, daemon.missed());
        assert!(daemon.missed() > 0, "it was held up, and did not say so");
    }
}

#[test]
fn sigint_stops_it_too() {
    let place = Place::new();
    let mut daemon = place.start("1h");
    place.wait_for_lines("dates.log", 1);
    daemon.signal(Signal::SIGINT);
    assert_eq!(daemon.wait().code(), Some(0));
}

#[test]
fn sighup_after_a_rename_loses_no_line_in_a_thousand_fast_ticks() {
    let place = Place::new();
    let mut daemon = place.start("1ms");
    let mut all = Vec::new();
    for turn in 0.. {
        let rotated = format!("dates.log.{turn}");
        place.wait_for_lines("dates.log", 1 + random(60) as usize);
        fs::rename(place.path("dates.log"), place.path(&rotated)).unwrap();
        daemon.signal(Signal::SIGHUP);
        place.wait_for_lines("dates.log", 1);
        // The new file has lines, so the old one is closed and complete.
        all.extend(labels(&place.path(&rotated)));
        if all.len() > 1000 {
            break;
        }
    }
    daemon.stop();
    all.extend(labels(&place.path("dates.log")));
    assert_none_lost(&all, 1, daemon.missed());
}

#[test]
fn sighup_keeps_the_old_file_when_there_can_be_no_new_one() {
    let place = Place::new();
    let mut daemon = place.start("1ms");
    place.wait_for_lines("dates.log", 1);
    fs::rename(place.path("dates.log"), place.path("old")).unwrap();
    fs::create_dir(place.path("dates.log")).unwrap();
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for_log("not a regular file; the old file stays in use");
    let count = labels(&place.path("old")).len();
    place.wait_for_lines("old", count + 10);
    daemon.stop();
    assert_none_lost(&labels(&place.path("old")), 1, daemon.missed());
}

#[test]
fn kill_9_at_any_moment_leaves_whole_lines() {
    let place = Place::new();
    let mut lines = 0;
    for _ in 0..60 {
        let mut daemon = place.start("1ms");
        place.wait_for_lines("dates.log", lines + 1);
        std::thread::sleep(Duration::from_micros(random(5000)));
        daemon.signal(Signal::SIGKILL);
        daemon.wait();
        let labels = labels(&place.path("dates.log"));
        // A restart may come within the millisecond of the last line.
        assert!(labels.is_sorted(), "{labels:?}");
        lines = labels.len();
    }
}

#[test]
fn two_daemons_on_one_file_neither_tear_nor_lose_a_line() {
    let place = Place::new();
    let daemons = ["a", "b"].map(|name| {
        let mut command = place.program();
        // Long lines, so that some begin in one page of memory and end in the next.
        command.args([
            "--interval",
            "1ms",
            "--format",
            &format!("{name}{}%s%.3f", "-".repeat(200)),
        ]);
        Running::start(&mut command, place.path(name))
    });
    wait_until("a thousand lines of each", || {
        let text = fs::read_to_string(place.path("dates.log")).unwrap_or_default();
        ["a", "b"].iter().all(|name| text.matches(&format!("\n{name}-")).count() >= 1000)
    });
    let missed = daemons.map(|mut daemon| {
        daemon.stop();
        daemon.missed()
    });

    let text = fs::read_to_string(place.path("dates.log")).unwrap();
    for (name, missed) in ["a", "b"].iter().zip(missed) {
        let start = format!("{name}{}", "-".repeat(200));
        let own = text.lines().filter_map(|line| line.strip_prefix(&start));
        assert_none_lost(&own.map(label).collect::<Vec<_>>(), 1, missed);
    }
    let whole = |line: &str| line.len() == 201 + 14 && line.starts_with(['a', 'b']);
    assert_eq!(text.lines().find(|line| !whole(line)), None);
}

#[test]
fn a_closed_terminal_stops_it() {
    let place = Place::new();
    if Command::new("script").arg("--version").output().is_err() {
        return not_proved("a_closed_terminal_stops_it", "script(1) is not installed");
    }
    // script(1) gives the daemon a terminal of its own, which closes when script is killed.
    let mut script = Running::start(
        Command::new("script")
            .args(["--quiet", "--command"])
            .arg(format!("exec {PROGRAM} --interval 1ms --format '%s%.3f'"))
            .arg("/dev/null")
            .stdout(std::process::Stdio::null())
            .current_dir(place.directory.path()),
        place.path("stderr"),
    );
    place.wait_for_lines("dates.log", 5);
    let children = format!("/proc/{0}/task/{0}/children", script.pid());
    let daemon = fs::read_to_string(children).unwrap();
    let daemon = format!("/proc/{}/exe", daemon.trim());
    assert_eq!(fs::read_link(&daemon).unwrap().to_str(), Some(PROGRAM));
    script.signal(Signal::SIGKILL);
    script.wait();
    wait_until("the daemon has ended", || fs::read_link(&daemon).is_err());
    labels(&place.path("dates.log"));
}
