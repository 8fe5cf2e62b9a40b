//! The daemon itself, without clock, signals, files or sockets: the test brings the events and
//! takes the lines.

use std::cell::RefCell;
use std::time::Duration;

use chrono::DateTime;
use date_daemon::Tick;
use date_daemon::daemon::{Daemon, Event, Output};

/// A disk in memory, full whenever the test says so.
#[derive(Default)]
struct Disk {
    full: bool,
    lines: Vec<String>,
    reopened: u32,
}

/// One half of the disk is the daemon's, the other the test's.
struct Half<'a>(&'a RefCell<Disk>);

impl Output for Half<'_> {
    type Error = &'static str;

    fn append(&mut self, line: &str) -> Result<(), &'static str> {
        let mut disk = self.0.borrow_mut();
        if disk.full {
            return Err("cannot append to disk: full");
        }
        disk.lines.push(line.to_owned());
        Ok(())
    }

    fn reopen(&mut self) -> Result<(), &'static str> {
        self.0.borrow_mut().reopened += 1;
        Ok(())
    }
}

/// What happens, in order.
enum Step {
    Event(Event),
    Full(bool),
}

fn tick(second: i64) -> Step {
    let due = DateTime::from_timestamp(second, 0).unwrap();
    Step::Event(Event::Tick(Tick { due, missed: 0 }))
}

const STOP: Step = Step::Event(Event::Stop);

/// Runs the steps; returns the lines written and what the service manager was told.
fn run(steps: Vec<Step>, watchdog: Option<Duration>) -> (Vec<String>, Vec<String>) {
    let disk = RefCell::new(Disk::default());
    let mut told = Vec::new();
    let notify = |state: &str| told.push(state.to_owned());
    let daemon = Daemon::new("%s".parse().unwrap(), Half(&disk), notify, watchdog);
    let mut steps = steps.into_iter();
    let next_event = || loop {
        match steps.next().expect("stopped before") {
            Step::Event(event) => return Ok(event),
            Step::Full(full) => disk.borrow_mut().full = full,
        }
    };
    daemon.run(next_event).unwrap();
    (disk.into_inner().lines, told)
}

const WATCHDOG: Option<Duration> = Some(Duration::from_secs(30));

#[test]
fn says_ready_before_the_first_line_and_stopping_at_the_end() {
    let (lines, told) = run(vec![tick(5), tick(10), STOP], None);
    assert_eq!(lines, ["5\n", "10\n"]);
    assert_eq!(told, ["READY=1\nSTATUS=appending the date", "STOPPING=1\nSTATUS=stopping"]);
}

#[test]
fn gives_a_sign_of_life_only_after_a_good_tick() {
    let steps = vec![
        tick(5),
        Step::Event(Event::Idle),
        Step::Full(true),
        tick(10),
        Step::Event(Event::Idle),
        tick(15),
        Step::Full(false),
        tick(20),
        STOP,
    ];
    let (lines, told) = run(steps, WATCHDOG);
    assert_eq!(lines, ["5\n", "10\n", "15\n", "20\n"]);
    let trouble = "STATUS=cannot append to disk: full; each tick tries again";
    let expected = [
        "READY=1\nSTATUS=appending the date",
        "WATCHDOG=1",
        "WATCHDOG=1",
        // Reported once, and the watchdog is off: the manager must not kill for want of a disk.
        trouble,
        "WATCHDOG_USEC=0",
        "STATUS=appending the date",
        "WATCHDOG=1\nWATCHDOG_USEC=30000000",
        "WATCHDOG=1",
        "STOPPING=1\nSTATUS=stopping",
    ];
    assert_eq!(told, expected);
}

#[test]
fn keeps_a_bounded_number_of_lines_for_better_times() {
    let mut steps = vec![Step::Full(true)];
    steps.extend((0..10_005).map(tick));
    steps.extend([Step::Full(false), tick(10_005), STOP]);
    let (lines, _) = run(steps, None);
    assert_eq!(lines.len(), 10_000);
    assert_eq!((lines[0].as_str(), lines[9_999].as_str()), ("6\n", "10005\n"));
}

#[test]
fn a_reload_is_announced_and_ended() {
    let reload = Event::Reload { monotonic_usec: 42 };
    let (_, told) = run(vec![tick(5), Step::Event(reload), STOP], None);
    assert_eq!(told[1..3], ["RELOADING=1\nMONOTONIC_USEC=42", "READY=1"]);
}

#[test]
fn what_waits_is_tried_once_more_at_the_end() {
    let (lines, _) = run(vec![Step::Full(true), tick(5), Step::Full(false), STOP], None);
    assert_eq!(lines, ["5\n"]);
}
