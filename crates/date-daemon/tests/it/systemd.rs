//! The protocol of sd_notify(3), spoken to a socket of the test's own: no systemd is needed to hear
//! what it would hear.

use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::time::{ClockId, clock_gettime};

use crate::harness::{Place, Running};

/// The manager's end of the socket.
struct Manager(UnixDatagram);

impl Manager {
    fn listen(place: &Place) -> Self {
        Self(UnixDatagram::bind(place.path("notify")).unwrap()).with_time_out()
    }

    fn with_time_out(self) -> Self {
        self.0.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        self
    }

    #[track_caller]
    fn hear(&self) -> String {
        let mut message = [0; 1024];
        let length = self.0.recv(&mut message).expect("a message within a minute");
        String::from_utf8(message[..length].to_vec()).unwrap()
    }

    #[track_caller]
    fn expect(&self, message: &str) {
        assert_eq!(self.hear(), message);
    }
}

const READY: &str = "READY=1\nSTATUS=appending the date";
const STOPPING: &str = "STOPPING=1\nSTATUS=stopping";

fn start(place: &Place, interval: &str, environment: &[(&str, &str)]) -> Running {
    let mut command = place.command(interval);
    command.env("NOTIFY_SOCKET", place.path("notify"));
    command.envs(environment.iter().copied());
    Running::start(&mut command, place.path("stderr"))
}

fn monotonic_usec() -> u128 {
    Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC).unwrap()).as_micros()
}

#[test]
fn ready_when_the_file_is_open_reloading_on_sighup_stopping_on_sigterm() {
    let place = Place::new();
    let manager = Manager::listen(&place);
    let mut daemon = start(&place, "10ms", &[]);
    manager.expect(READY);
    assert!(place.path("dates.log").exists(), "ready, but no file");

    let before = monotonic_usec();
    daemon.signal(Signal::SIGHUP);
    let reloading = manager.hear();
    let usec = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").expect(&reloading);
    let usec: u128 = usec.parse().unwrap();
    assert!((before..=monotonic_usec()).contains(&usec), "{before} {usec}");
    manager.expect("READY=1");

    daemon.signal(Signal::SIGTERM);
    manager.expect(STOPPING);
    assert_eq!(daemon.wait().code(), Some(0));
}

#[test]
fn reload_ends_with_ready_even_if_it_failed() {
    let place = Place::new();
    let manager = Manager::listen(&place);
    let mut daemon = start(&place, "1h", &[]);
    manager.expect(READY);
    place.wait_for_lines("dates.log", 1);
    fs::remove_file(place.path("dates.log")).unwrap();
    fs::create_dir(place.path("dates.log")).unwrap();
    daemon.signal(Signal::SIGHUP);
    assert!(manager.hear().starts_with("RELOADING=1\n"));
    manager.expect("READY=1");
    daemon.stop();
}

#[test]
fn speaks_to_an_abstract_socket() {
    let place = Place::new();
    let name = format!("date-daemon-test-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let manager = Manager(UnixDatagram::bind_addr(&address).unwrap()).with_time_out();
    let mut daemon = start(&place, "1h", &[("NOTIFY_SOCKET", &format!("@{name}"))]);
    manager.expect(READY);
    daemon.stop();
    manager.expect(STOPPING);
}

#[test]
fn each_good_tick_is_a_sign_of_life() {
    let place = Place::new();
    let manager = Manager::listen(&place);
    let mut daemon = start(&place, "10ms", &[("WATCHDOG_USEC", "30000000")]);
    manager.expect(READY);
    for _ in 0..5 {
        manager.expect("WATCHDOG=1");
    }
    daemon.stop();
}

#[test]
fn gives_signs_of_life_between_ticks_that_are_too_rare() {
    let place = Place::new();
    let manager = Manager::listen(&place);
    let mut daemon = start(&place, "24h", &[("WATCHDOG_USEC", "100000")]);
    manager.expect(READY);
    for _ in 0..5 {
        manager.expect("WATCHDOG=1");
    }
    daemon.stop();
    let lines = fs::read_to_string(place.path("dates.log")).unwrap();
    assert_eq!(lines.lines().count(), 1);
}

#[test]
fn gives_no_sign_of_life_while_ticks_fail() {
    let place = Place::new();
    fs::create_dir(place.path("directory")).unwrap();
    let manager = Manager::listen(&place);
    let mut command = place.command("10ms");
    command.args(["--file", "directory/dates.log"]);
    command.env("NOTIFY_SOCKET", place.path("notify")).env("WATCHDOG_USEC", "30000000");
    let mut daemon = Running::start(&mut command, place.path("stderr"));
    manager.expect(READY);
    manager.expect("WATCHDOG=1");

    fs::remove_dir_all(place.path("directory")).unwrap();
    // Signs of life from before may still be under way, but no more than a socket holds.
    let mut messages = (0..1000).map(|_| manager.hear());
    let message = messages.find(|message| message != "WATCHDOG=1").expect("no endless life");
    assert!(message.starts_with("STATUS=cannot open directory/dates.log"), "{message}");
    manager.expect("WATCHDOG_USEC=0");
    fs::create_dir(place.path("directory")).unwrap();
    manager.expect("STATUS=appending the date");
    manager.expect("WATCHDOG=1\nWATCHDOG_USEC=30000000");
    daemon.stop();
}

#[test]
fn a_watchdog_that_is_meant_for_another_process_is_left_alone() {
    let place = Place::new();
    let manager = Manager::listen(&place);
    let other = [("WATCHDOG_USEC", "30000000"), ("WATCHDOG_PID", "1")];
    let mut daemon = start(&place, "1ms", &other);
    manager.expect(READY);
    place.wait_for_lines("dates.log", 5);
    daemon.stop();
    manager.expect(STOPPING);
}

#[test]
fn a_manager_that_does_not_listen_is_no_reason_to_stop() {
    let place = Place::new();
    let mut daemon = start(&place, "1ms", &[("WATCHDOG_USEC", "30000000")]);
    place.wait_for_lines("dates.log", 20);
    daemon.stop();
    assert_eq!(daemon.log().matches("cannot tell the service manager").count(), 1);
}
