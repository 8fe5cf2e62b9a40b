//! What is for programs to read is what systemctl(1) says, word for word.

use std::fs;
use std::path::Path;

use crate::harness::{lab, says, sh, write_files};

/// Counters that move between two questions; and systemd 252 writes `tcp80` for `tcp:80`.
const MOVES: &str =
    "^(CPUUsageNSec|MemoryCurrent|MemoryAvailable|TasksCurrent|NInstalledJobs|SocketBind.*)=.";

/// Units with as many settings as there is room for.
const FULL: &str = include_str!("cases/full.txt");

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
    write_files(&lab, FULL);
    sh(&lab, "systemctl start keep.target tick.timer tick.service; systemctl start dies");
    let (said, _) = says(
        &lab,
        &format!(
            "units=$(systemctl list-units --all --plain --no-legend | cut -d' ' -f1)
             compare() {{
                 systemctl show \"$@\" | grep -vE '{MOVES}' > /tmp/theirs
                 $W show \"$@\" | grep -vE '{MOVES}' > /tmp/ours
                 cmp --quiet /tmp/theirs /tmp/ours || {{ echo \"$@\"; diff /tmp/theirs /tmp/ours; }}
             }}
             for unit in $units full.service full.socket full.timer nobody-knows-it.service; do
                 compare -- $unit
             done
             for unit in full.service full.socket full.timer dbus.socket init.scope tmp.mount; do
                 compare --all $unit
             done
             for kind in path swap automount device slice mount target timer socket scope; do
                 compare nobody-knows.$kind; compare --all nobody-knows.$kind
             done
             compare; compare --all"
        ),
    );
    assert_eq!(said, "");
}

#[test]
fn words_for_scripts_are_systemctls() {
    let Some(lab) = lab("words_for_scripts_are_systemctls") else { return };
    write_files(
        &lab,
        "
== /etc/systemd/system/egg.target
[Unit]
Wants=hen.target other.target
== /etc/systemd/system/hen.target
[Unit]
Wants=egg.target one.service
== /etc/systemd/system/one.service
[Service]
ExecStart=/bin/true
== /etc/systemd/system/other.target
[Unit]
== /etc/systemd/system/tick.timer
[Timer]
OnCalendar=*-*-* 03:00
Unit=one.service
== /etc/systemd/system/each.socket
[Socket]
ListenStream=/run/each
Accept=yes
== /etc/systemd/system/each@.service
[Service]
ExecStart=/bin/cat
StandardInput=socket
== /etc/systemd/system/nothing.service.d/a.conf
[Unit]
Description=of a unit that has no lines
",
    );
    sh(&lab, ": > /etc/systemd/system/nothing.service; systemctl mask forbidden.timer");
    sh(&lab, "systemctl start tick.timer each.socket");
    for words in [
        "is-active dbus nobody-knows-it",
        "is-failed dbus",
        "is-enabled nobody-knows-it dbus 2> /dev/null",
        "is-enabled --quiet nobody-knows-it 2> /dev/null",
        "is-enabled dbus dbus.socket",
        "is-system-running",
        "get-default",
        "show dbus -p MainPID,Id --value",
        "show dbus -P ActiveState",
        "show dbus dbus.socket -p Id -p SubState",
        "list-jobs",
        "cat dbus.service",
        "cat nothing forbidden.timer",
        // One that is in memory, and does nothing.
        "cat 'on[e]*'",
        "show-environment",
        "list-dependencies --plain multi-user.target",
        "list-dependencies dbus",
        "list-dependencies egg.target",
        "list-dependencies --all egg.target hen.target",
        "list-dependencies --type=service egg.target sysinit.target",
        "list-dependencies --type=target,socket basic.target",
        "list-dependencies --state=inactive,not-found basic.target",
        "list-dependencies --state=mounted --type=mount --all basic.target",
        "list-unit-files",
        "list-unit-files -o json",
        "show-environment -o json",
        "list-sockets --all --no-legend",
        "list-sockets -o json each.socket",
        "list-timers -o json tick.timer",
        "list-timers --no-legend tick.timer | grep -c ' left '",
        "list-units --plain --no-legend -o json",
        "list-dependencies --all --plain sysinit.target",
        "list-dependencies --plain dbus basic.target",
        "list-dependencies --reverse --all dbus.socket",
        "list-units --state=help",
        "clean --what=help",
        "list-unit-files --type=help | sort",
        "show dbus -p Conditions -p Job -p LoadError -p TTYRows",
        // Chosen by what they are, and not by name.
        "show --type=slice -p Id",
        "show --state=running --type=service,socket -p Id,SubState",
        "show --failed -p Id",
        "list-unit-files --failed --no-legend",
        // A name without a suffix means the kind that is listed.
        "list-sockets each --no-legend",
        "list-sockets --show-types --no-legend",
        "list-sockets --show-types -o json each.socket",
        "list-timers tick -o json",
        "list-dependencies -o json egg.target",
        // Shortened, joined, in any order, as getopt_long(3) takes them.
        "--no-leg --typ slice list-units",
        "show -pId -pSubState,ActiveState dbus",
        "show -PActiveState,SubState -- dbus",
        "-atslice list-units --no-legend --plain",
        "--legend=yes list-units -q dbus.service | head --lines=2",
        "is-enabled -ql dbus.socket",
        "status 99999999999999999999 2> /dev/null",
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
