//! Names that are none, units that are not as they should be, and a bus that is not there.

use crate::harness::{lab, says, sh, write_files};

#[test]
fn names_that_are_none_get_one_clear_line() {
    let Some(lab) = lab("names_that_are_none_get_one_clear_line") else { return };
    let long = "a".repeat(300);
    for name in ["''", "$'a\\nb'", "a/b", "../x", "x.nonsense", "@.service", &long] {
        for verb in ["start", "status", "enable", "is-enabled", "kill", "cat"] {
            let (said, status) = says(&lab, &format!("$W {verb} {name} < /dev/null"));
            let clean = said.replace('\n', "");
            assert_ne!(status, 0, "{verb} {name}: {said}");
            assert!(!said.trim().is_empty(), "{verb} {name}");
            assert!(!clean.contains(char::is_control), "{verb} {name}: {said:?}");
            assert!(said.lines().count() <= 4, "{verb} {name}: {said}");
        }
    }
}

#[test]
fn what_systemctl_has_and_this_has_not_is_refused_with_its_command() {
    let Some(lab) = lab("what_systemctl_has_and_this_has_not_is_refused_with_its_command") else {
        return;
    };
    for (typed, expected) in [
        ("poweroff", "systemctl poweroff"),
        ("start --root=/x web", "systemctl start --root=/x web"),
        ("log-level debug", "systemctl log-level debug"),
        ("strat web", "do you mean start?"),
        ("set-property web Slice=x.slice", "systemctl set-property web.service 'Slice=x.slice'"),
        ("edit --full web", "systemctl edit --full web"),
    ] {
        let (said, status) = says(&lab, &format!("$W {typed}"));
        assert!(said.contains(expected), "{typed}: {said}");
        assert_eq!((said.lines().count(), status), (1, 1), "{typed}: {said}");
    }
}

#[test]
fn text_from_units_and_logs_never_reaches_the_terminal_raw() {
    let Some(lab) = lab("text_from_units_and_logs_never_reaches_the_terminal_raw") else { return };
    write_files(
        &lab,
        "
== /etc/systemd/system/evil.service
[Unit]
Description=a\u{1b}]0;title\u{7}b
[Service]
ExecStart=/bin/sh -c 'printf \"\\\\033[2Jlog\\\\n\"; exit 1'
",
    );
    for command in [
        "start evil",
        "status evil",
        "list-units --all 'evil*'",
        "show evil -p Description",
        "blame --all",
    ] {
        let (said, _) = says(&lab, &format!("$W {command}"));
        assert!(!said.replace('\n', "").contains(|c: char| c.is_control()), "{command}: {said:?}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let Some(lab) = lab("a_closed_pipe_is_no_error") else { return };
    let (said, status) = says(
        &lab,
        "set -o pipefail; $W show dbus.service | true
         $W list-units --all | head --lines=1 > /dev/null",
    );
    assert_eq!((said.as_str(), status), ("", 0));
}

#[test]
fn a_watch_ends_when_its_reader_is_gone() {
    let Some(lab) = lab("a_watch_ends_when_its_reader_is_gone") else { return };
    // Nothing changes any more, so nothing is written any more. A file has no reader to lose.
    let (said, status) = says(
        &lab,
        "systemctl is-system-running --wait > /dev/null
         for unit in dbus.service 'sys*' ''; do
             timeout 30 $W watch ${unit:+\"$unit\"} -- | head --lines=1 > /dev/null
             echo ${PIPESTATUS[0]}
         done
         timeout 2 $W watch dbus.service > /tmp/said; echo $?; cat /tmp/said",
    );
    assert_eq!((said.as_str(), status), ("0\n0\n0\n124\ndbus.service active (running)\n", 0));
}

#[test]
fn what_cannot_be_said_keeps_nothing_from_being_done() {
    let Some(lab) = lab("what_cannot_be_said_keeps_nothing_from_being_done") else { return };
    write_files(
        &lab,
        "\n== /etc/systemd/system/one.service\n[Service]\nExecStart=sleep infinity\n",
    );
    // A new drop-in is told of on standard error, before the start.
    let (said, _) = says(
        &lab,
        "mkdir /etc/systemd/system/one.service.d
         echo '[Service]' > /etc/systemd/system/one.service.d/new.conf
         for to in '2> /dev/full' '2>&-' '2>&1 | true'; do
             for words in 'start one nowhere' 'is-enabled nowhere' 'status nowhere' 'cat nowhere' \
                 'no-such-verb' '--no-such-option' 'mask dbus.socket/x'; do
                 eval \"{ sleep 0.1; $W $words; echo \\$? > /tmp/status; } > /dev/null $to\"
                 [ $(cat /tmp/status) -lt 10 ] || echo \"$words $to: $(cat /tmp/status)\"
             done
             systemctl is-active one; systemctl stop one
         done",
    );
    assert_eq!(said, "active\nactive\nactive\n");
}

#[test]
fn a_terminal_is_paged_as_systemctl_pages_it() {
    let Some(lab) = lab("a_terminal_is_paged_as_systemctl_pages_it") else { return };
    // A pager that tells of itself; script(1) is the terminal.
    sh(
        &lab,
        "mkdir -p /usr/local/bin; cd /usr/local/bin
         printf '#!/bin/sh\\necho \"<$0 $LESS ${LESSSECURE-open}>\"; cat\\n' > less
         chmod +x less; cp less mine; hash -r",
    );
    let on_terminal = |words: &str| {
        let script = format!("export TERM=xterm; script -qec \"{words}\" /dev/null < /dev/null");
        says(&lab, &script)
    };
    let starts = |words: &str, expected: &str| {
        let (said, _) = on_terminal(words);
        assert!(said.starts_with(expected), "{words}: {said}");
    };
    // Nobody is known to have logged in, so the pager must not be a way to a shell.
    starts("$W list-units", "</usr/local/bin/less FRSXMK 1>");
    starts("PAGER=mine $W list-units", "</usr/local/bin/less FRSXMK 1>");
    starts("SYSTEMD_PAGERSECURE=0 PAGER=mine $W cat dbus", "</usr/local/bin/mine FRSXMK open>");
    starts(
        "SYSTEMD_PAGERSECURE=1 SYSTEMD_PAGER=mine SYSTEMD_LESS=R $W show dbus",
        "</usr/local/bin/mine R 1>",
    );
    starts("SYSTEMD_LESS=F $W status dbus", "</usr/local/bin/less F 1>");
    let (said, status) = on_terminal("$W status nobody-knows-it");
    assert!(said.contains("could not be found") && !said.contains('<'), "{said}");
    assert_eq!(status, 4);
    for words in [
        "$W --no-pager list-units",
        "PAGER= $W list-units",
        "SYSTEMD_PAGER=cat PAGER=mine $W list-units",
        "TERM=dumb $W list-units",
        "$W list-units | cat",
        "$W list-units 2> /dev/null",
        "$W is-active dbus",
        "$W start dbus",
    ] {
        let (said, status) = on_terminal(words);
        assert!(!said.contains('<') && !said.is_empty(), "{words}: {said}");
        assert_eq!(status, 0, "{words}");
    }
}

#[test]
fn without_a_bus_systemctl_does_it_and_that_is_said() {
    let Some(lab) = lab("without_a_bus_systemctl_does_it_and_that_is_said") else { return };
    sh(&lab, "systemctl stop dbus.socket dbus.service");
    let (said, status) = says(&lab, "$W is-active systemd-journald");
    assert!(said.contains("systemctl does it instead") && said.ends_with("active\n"), "{said}");
    assert_eq!(status, 0);
    let (said, status) = says(&lab, "$W watch");
    assert!(said.contains("no such verb or option to fall back to"), "{said}");
    assert_eq!(status, 1);
}

#[test]
fn a_bus_that_never_answers_is_waited_for_only_so_long() {
    let Some(lab) = lab("a_bus_that_never_answers_is_waited_for_only_so_long") else { return };
    let (said, status) = says(
        &lab,
        "python3 -c 'import os, socket, time
s = socket.socket(socket.AF_UNIX); s.bind(\"/run/made\"); s.listen()
os.rename(\"/run/made\", \"/run/mute\"); time.sleep(60)' & mute=$!
         until [ -S /run/mute ]; do :; done
         export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/mute SYSTEMD_BUS_TIMEOUT=1
         $W is-active dbus; status=$?; kill $mute; exit $status",
    );
    assert!(said.contains("no answer within 1 s"), "{said}");
    assert_eq!(status, 1);
}

#[test]
fn your_own_manager_without_a_runtime_directory_names_the_cure() {
    let Some(lab) = lab("your_own_manager_without_a_runtime_directory_names_the_cure") else {
        return;
    };
    let (said, status) = says(&lab, "SUDO_USER=ann $W --user list-units");
    assert!(
        said.contains("XDG_RUNTIME_DIR is not set") && said.contains("run it as ann"),
        "{said}"
    );
    assert_eq!(status, 1);
}

#[test]
fn a_stop_that_will_be_undone_names_who_undoes_it() {
    let Some(lab) = lab("a_stop_that_will_be_undone_names_who_undoes_it") else { return };
    write_files(
        &lab,
        "
== /etc/systemd/system/call.socket
[Socket]
ListenStream=127.0.0.1:4711
== /etc/systemd/system/call.service
[Service]
StandardInput=null
ExecStart=/bin/sleep infinity
",
    );
    let (said, status) =
        says(&lab, "systemctl start call.socket call.service; $W stop call.service");
    assert!(said.contains("it will be started again: call.socket is active"), "{said}");
    assert_eq!(status, 0);
}

#[test]
fn another_machine_is_reached_through_ssh() {
    let Some(lab) = lab("another_machine_is_reached_through_ssh") else { return };
    // There is no other machine here: this ssh ends on the same one, and writes down how it was
    // called.
    let (said, status) = says(
        &lab,
        "mkdir -p /usr/local/bin
         printf '#!/bin/sh\\necho \"$@\" > /tmp/called\\nexec systemd-stdio-bridge\\n' \
             > /usr/local/bin/ssh
         chmod +x /usr/local/bin/ssh; $W -H ann@box:22 is-active dbus; cat /tmp/called
         $W -H box cat dbus; $W -H box status dbus | grep 'Main PID'
         $W -H-oProxyCommand=x is-active dbus",
    );
    // What this machine's disk and /proc say is not what that one's do.
    assert!(said.contains("files of box can't be read from here"), "{said}");
    let of_process = said.lines().find_map(|line| line.split_once("Main PID: "));
    assert!(of_process.is_some_and(|(_, pid)| pid.parse::<u32>().is_ok()), "{said}");
    assert!(said.starts_with("active\n-xT -p22 -- ann@box systemd-stdio-bridge\n"), "{said}");
    assert!(said.contains("is not the name of a host"), "{said}");
    assert_eq!(status, 1);
}
