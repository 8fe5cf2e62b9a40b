//! The set of units that lesson 2 shows, written from typed values: byte for byte what stands in `units/unit-writer`.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

use std::fmt::Display;
use std::fs;
use std::path::Path;

use systemd_types::UnitName;
use unit_file::values::Calendar;
use unit_file::writer::{
    AbsolutePath, DropIn, Exec, Install, Listen, Mount, Restart, Service, ServiceType, Setting,
    Socket, Target, Text, Timer, Trigger, Unit,
};

#[track_caller]
fn check(file: &str, written: impl Display) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../units/unit-writer").join(file);
    assert_eq!(written.to_string(), fs::read_to_string(path).unwrap(), "{file}");
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn names(names: &[&str]) -> Vec<UnitName> {
    names.iter().map(|name| UnitName::new(name).unwrap()).collect()
}

fn unit(notes: [&str; 2], description: &str) -> Unit {
    Unit { notes: notes.map(text).to_vec(), ..Unit::described(text(description)) }
}

fn wanted_by(target: &str) -> Install {
    Install { wanted_by: names(&[target]), ..Install::default() }
}

/// A setting whose value means what it says, specifiers included.
fn raw(key: &str, value: &str) -> Setting {
    Setting::new("Service", key, value).unwrap()
}

#[test]
fn the_target() {
    check(
        "dates.target",
        Target {
            unit: unit(
                [
                    "All that has to do with dates, under one name: started, stopped and enabled together. systemd.target(5).",
                    "The members name this target, in WantedBy= and PartOf=, so that a new one needs no change here.",
                ],
                "The dates",
            ),
            install: wanted_by("multi-user.target"),
        },
    );
}

#[test]
fn the_socket_and_the_service_of_each_caller() {
    let unit_of_socket = Unit {
        part_of: names(&["dates.target"]),
        ..unit(
            [
                "systemd listens here, on the port that RFC 867 gave to the time of day. Each caller gets a dates@.service of their own,",
                "with the connection as its standard input. systemd.socket(5).",
            ],
            "Where the dates can be had",
        )
    };
    let listen = Listen::Address("127.0.0.1:13".parse().unwrap());
    check(
        "dates.socket",
        Socket {
            accept: true,
            install: wanted_by("dates.target"),
            ..Socket::new(unit_of_socket, listen)
        },
    );
    let unit_of_service = Unit {
        requires: names(&["date-daemon@main.service"]),
        part_of: names(&["dates.target"]),
        after: names(&["date-daemon@main.service"]),
        ..unit(
            [
                "What a caller gets: the last date, and each new one. The first call starts the daemon, if nothing else has.",
                "A caller who hangs up ends tail by SIGPIPE, which counts as a good end.",
            ],
            "The dates, for one caller",
        )
    };
    let tail =
        Exec::new("/usr/bin/tail", ["--lines=1", "--follow=name", "/var/lib/dates/main.log"]);
    check(
        "dates@.service",
        Service {
            more: vec![raw("StandardInput", "socket"), raw("IgnoreSIGPIPE", "no")],
            ..Service::new(unit_of_service, tail.unwrap())
        },
    );
}

#[test]
fn the_mount_under_the_only_name_that_it_can_have() {
    let unit = unit(
        [
            "A file system in memory, so that dates can't fill the disk. systemd.mount(5).",
            "The file's name follows from Where=: under another one, systemd refuses it.",
        ],
        "A small file system for the dates",
    );
    let place = AbsolutePath::new("/var/lib/dates").unwrap();
    let mount = Mount {
        file_system: Some(text("tmpfs")),
        options: Some(text("size=1M,mode=0755,nosuid,nodev,noexec")),
        install: wanted_by("dates.target"),
        ..Mount::new(unit, text("tmpfs"), place)
    };
    check(mount.name().unwrap().as_str(), &mount);
}

#[test]
fn the_template_and_its_drop_in() {
    let unit = Unit {
        requires: names(&["var-lib-dates.mount"]),
        part_of: names(&["dates.target"]),
        after: names(&["var-lib-dates.mount"]),
        ..unit(
            [
                "A template: date-daemon@main.service writes main.log, for %i is what stands after the @. systemd.unit(5).",
                "Requires= brings the mount along, and After= waits for it: each does only its half.",
            ],
            "Append the date to a file",
        )
    };
    check(
        "date-daemon@.service",
        Service {
            service_type: ServiceType::Notify,
            restart: Restart::OnFailure,
            // An Exec would write %i as %%i: its arguments are what the program gets. Here a specifier is meant.
            exec_start: Vec::new(),
            more: vec![
                raw("ExecStart", "/usr/local/bin/date-daemon --file /var/lib/dates/%i.log"),
                raw("ExecReload", "/bin/kill -HUP $MAINPID"),
            ],
            install: wanted_by("dates.target"),
            ..Service::new(unit, Exec::new("true", []).unwrap())
        },
    );
    let drop_in = "date-daemon@quick.service.d/interval.conf";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../units/unit-writer").join(drop_in);
    let file = fs::read_to_string(path).unwrap();
    let notes = file.lines().map_while(|line| line.strip_prefix("# ")).map(text).collect();
    let command = "/usr/local/bin/date-daemon --file /var/lib/dates/%i.log --interval 1s";
    check(
        drop_in,
        DropIn { notes, settings: vec![raw("ExecStart", ""), raw("ExecStart", command)] },
    );
}

#[test]
fn the_timer_and_the_service_that_it_starts() {
    let unit_of_timer = Unit {
        part_of: names(&["dates.target"]),
        ..unit(
            [
                "Every night at three, and at the next start if the machine was off then. systemd.timer(5), systemd.time(7).",
                "It starts the service of its own name: rotate-dates@main.timer starts rotate-dates@main.service.",
            ],
            "Rotate a file of dates every night",
        )
    };
    let at_three = Calendar::parse("03:00", |_| false).unwrap();
    check(
        "rotate-dates@.timer",
        Timer {
            persistent: true,
            install: wanted_by("dates.target"),
            ..Timer::new(unit_of_timer, Trigger::Calendar(at_three))
        },
    );
    let unit_of_service = unit(
        [
            "Two commands, one after the other, which only a oneshot may have: give the file another name, and let the daemon open",
            "a new one.",
        ],
        "Rotate a file of dates",
    );
    check(
        "rotate-dates@.service",
        Service {
            service_type: ServiceType::Oneshot,
            exec_start: Vec::new(),
            more: vec![
                raw("ExecStart", "/usr/bin/mv /var/lib/dates/%i.log /var/lib/dates/%i.log.1"),
                raw("ExecStart", "/usr/bin/systemctl reload date-daemon@%i.service"),
            ],
            ..Service::new(unit_of_service, Exec::new("true", []).unwrap())
        },
    );
}
