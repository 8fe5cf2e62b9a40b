//! What is for programs to read is what systemctl(1) says, word for word.

use std::fs;
use std::path::Path;

use crate::harness::{lab, says, sh, write_files};

/// Counters that move between two questions.
const MOVES: &str =
    "^(CPUUsageNSec|MemoryCurrent|MemoryAvailable|TasksCurrent|NInstalledJobs)=[0-9]";

#[test]
fn show_says_the_same_of_every_unit_and_of_the_manager() {
    let Some(lab) = lab("show_says_the_same_of_every_unit_and_of_the_manager") else { return };
    write_files(
        &lab,
        "
== /etc/systemd/system/tick.timer
[Timer]
OnCalendar=daily
OnBootSec=1h
== /etc/systemd/system/tick.service
[Service]
Type=oneshot
ExecStart=/bin/true a \\\"b c\\\"
== /etc/systemd/system/dies.service
[Service]
User=nobody-at-all
ExecStart=/bin/sh -c 'kill -SEGV $$$$'
",
    );
    sh(&lab, "systemctl start tick.timer tick.service; systemctl start dies");
    let (said, _) = says(
        &lab,
        &format!(
            "units=$(systemctl list-units --all --plain --no-legend | cut -d' ' -f1)
             for unit in $units nobody-knows-it.service; do
                 systemctl show -- $unit | grep -vE '{MOVES}' > /tmp/theirs
                 $W show -- $unit | grep -vE '{MOVES}' > /tmp/ours
                 cmp --quiet /tmp/theirs /tmp/ours || {{ echo $unit; diff /tmp/theirs /tmp/ours; }}
             done
             systemctl show | grep -vE '{MOVES}' > /tmp/theirs
             $W show | grep -vE '{MOVES}' > /tmp/ours; diff /tmp/theirs /tmp/ours"
        ),
    );
    assert_eq!(said, "");
}

#[test]
fn words_for_scripts_are_systemctls() {
    let Some(lab) = lab("words_for_scripts_are_systemctls") else { return };
    for words in [
        "is-active dbus nobody-knows-it",
        "is-failed dbus",
        "is-enabled dbus dbus.socket",
        "is-system-running",
        "get-default",
        "show dbus -p MainPID,Id --value",
        "show dbus -P ActiveState",
        "show dbus dbus.socket -p Id -p SubState",
        "list-jobs",
        "cat dbus.service",
        "show-environment",
        "list-dependencies --plain multi-user.target",
        "list-dependencies dbus",
        "list-unit-files",
        "list-unit-files -o json",
        "show-environment -o json",
        "list-sockets --all --no-legend",
        "list-units --plain --no-legend -o json",
    ] {
        let (said, _) = says(
            &lab,
            &format!(
                "systemctl {words} > /tmp/theirs; $W {words} > /tmp/ours
                 diff /tmp/theirs /tmp/ours"
            ),
        );
        assert_eq!(said, "", "{words}");
    }
}

#[test]
fn the_book_has_the_picture_that_the_wrapper_draws() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/en/unit-states.svg");
    let Ok(picture) = fs::read_to_string(page) else { return };
    assert_eq!(picture, systemctl_wrapper::picture_svg());
}
