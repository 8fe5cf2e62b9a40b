//! The set of units that lesson 2 shows, written from typed values: line for line what stands in
//! `units/unit-writer`, its comments left out.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

use std::fmt::Display;
use std::fs;
use std::path::Path;

use systemd_types::UnitName;
use unit_file::values::Calendar;
use unit_file::writer::{
    AbsolutePath, Exec, Install, Listen, Mount, Restart, Service, ServiceType, Setting, Socket,
    Target, Text, Timer, Trigger, Unit,
};

#[track_caller]
fn check(file: &str, written: impl Display) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../units/unit-writer").join(file);
    let shown = fs::read_to_string(path).unwrap();
    let lines = shown.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(
        written.to_string().lines().collect::<Vec<_>>(),
        lines.collect::<Vec<_>>(),
        "{file}"
    );
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn names(names: &[&str]) -> Vec<UnitName> {
    names.iter().map(|name| UnitName::new(name).unwrap()).collect()
}

fn unit(description: &str) -> Unit {
    Unit::described(text(description))
}

fn wanted_by(target: &str) -> Install {
    Install { wanted_by: names(&[target]) }
}

/// A setting whose value means what it says, specifiers included.
fn raw(key: &str, value: &str) -> Setting {
    Setting::new("Service", key, value).unwrap()
}

#[test]
fn the_target() {
    let target = Target { unit: unit("The dates"), install: wanted_by("multi-user.target") };
    check("dates.target", target);
}

#[test]
fn the_socket_and_the_service_of_each_caller() {
    let unit_of_socket =
        Unit { part_of: names(&["dates.target"]), ..unit("Where the dates can be had") };
    let listen = Listen::Address("127.0.0.1:13".parse().unwrap());
    let socket = Socket {
        accept: true,
        install: wanted_by("dates.target"),
        ..Socket::new(unit_of_socket, listen)
    };
    check("dates.socket", socket);
    let unit_of_service = Unit {
        requires: names(&["date-daemon@main.service"]),
        part_of: names(&["dates.target"]),
        after: names(&["date-daemon@main.service"]),
        ..unit("The dates, for one caller")
    };
    let arguments = ["--lines=1", "--follow=name", "/var/lib/dates/main.log"];
    let tail = Exec::new("/usr/bin/tail", arguments).unwrap();
    let service = Service {
        more: vec![raw("StandardInput", "socket"), raw("IgnoreSIGPIPE", "no")],
        ..Service::new(unit_of_service, tail)
    };
    check("dates@.service", service);
}

#[test]
fn the_mount_under_the_only_name_that_it_can_have() {
    let place = AbsolutePath::new("/var/lib/dates").unwrap();
    let mount = Mount {
        file_system: Some(text("tmpfs")),
        options: Some(text("size=1M,mode=0755,nosuid,nodev,noexec")),
        install: wanted_by("dates.target"),
        ..Mount::new(unit("A small file system for the dates"), text("tmpfs"), place)
    };
    check(mount.name().unwrap().as_str(), &mount);
}

#[test]
fn the_template() {
    let unit = Unit {
        requires: names(&["var-lib-dates.mount"]),
        part_of: names(&["dates.target"]),
        after: names(&["var-lib-dates.mount"]),
        ..unit("Append the date to a file")
    };
    let service = Service {
        service_type: ServiceType::Notify,
        restart: Restart::OnFailure,
        // An Exec would write %i as %%i: its arguments are what the program gets. Here a specifier
        // is meant.
        exec_start: Vec::new(),
        more: vec![
            raw("ExecStart", "/usr/local/bin/date-daemon --file /var/lib/dates/%i.log"),
            raw("ExecReload", "/bin/kill -HUP $MAINPID"),
        ],
        install: wanted_by("dates.target"),
        ..Service::new(unit, Exec::new("true", []).unwrap())
    };
    check("date-daemon@.service", service);
}

#[test]
fn the_timer_and_the_service_that_it_starts() {
    let unit_of_timer =
        Unit { part_of: names(&["dates.target"]), ..unit("Rotate a file of dates every night") };
    let at_three = Calendar::parse("03:00", |_| false).unwrap();
    let timer = Timer {
        persistent: true,
        install: wanted_by("dates.target"),
        ..Timer::new(unit_of_timer, Trigger::Calendar(at_three))
    };
    check("rotate-dates@.timer", timer);
    let service = Service {
        service_type: ServiceType::Oneshot,
        exec_start: Vec::new(),
        more: vec![
            raw("ExecStart", "/usr/bin/mv /var/lib/dates/%i.log /var/lib/dates/%i.log.1"),
            raw("ExecStart", "/usr/bin/systemctl reload date-daemon@%i.service"),
        ],
        ..Service::new(unit("Rotate a file of dates"), Exec::new("true", []).unwrap())
    };
    check("rotate-dates@.service", service);
}
