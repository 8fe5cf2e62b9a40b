//! What no namespace keeps apart, and what could outlive a lab in the kernel: all labs share it.

use std::io::{BufRead, BufReader};
use std::path::Path;

use lab::Mode;

use crate::harm::harmless;
use crate::support::{Place, eventually, run, said};
use crate::{becomes_clean, host_modes, start};

pub(crate) fn has_perl(promise: &str) -> bool {
    let has = Path::new("/usr/bin/perl").exists();
    if !has {
        lab::not_proved(promise, "perl is not installed");
    }
    has
}

/// Tries `calls` as a command of root, as a unit of root, and as a unit of another account where
/// there is one.
#[track_caller]
fn refused(promise: &str, calls: &str, expected: &str) {
    if !has_perl(promise) {
        return;
    }
    for mode in host_modes(promise) {
        let place = Place::new(mode);
        let users = if mode == Mode::Single { "" } else { "-p User=learner" };
        let script = format!(
            "printf %s '{calls}' > /tmp/calls; perl /tmp/calls
            for user in '' {users:?}; do systemd-run -q --wait --pipe $user perl /tmp/calls; done"
        );
        let output = run(&place, mode, &["bash", "-c", &script]);
        assert_eq!(said(&output), expected.repeat(3), "{mode}");
        place.assert_clean();
    }
}

#[test]
fn the_kernels_keyrings_are_out_of_reach() {
    let calls = format!(
        "for $call ({}, {}, {}) {{ $! = 0; print syscall($call, 0, -3, 1, 0, 0), \" \", $! + 0, \"\\n\" }}",
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key
    );
    refused("the_kernels_keyrings_are_out_of_reach", &calls, "-1 1\n-1 1\n-1 1\n");
}

#[test]
fn a_virtual_machines_host_is_out_of_reach() {
    let calls = format!(
        "for $family ({}, {}) {{ print socket(my $socket, $family, 1, 0) ? \"open\" : $! + 0, \"\\n\" }}",
        libc::AF_VSOCK,
        libc::AF_INET
    );
    let expected = format!("{}\nopen\n", libc::EAFNOSUPPORT);
    refused("a_virtual_machines_host_is_out_of_reach", &calls, &expected);
}

#[test]
fn others_have_inotify_instances_left() {
    const PROMISE: &str = "others_have_inotify_instances_left";
    if !has_perl(PROMISE) || !Path::new("/proc/sys/user/max_inotify_instances").exists() {
        return lab::not_proved(PROMISE, "perl or the kernel's limit is not there");
    }
    // All users of the lab together, and whoever makes a namespace of their own.
    let take = format!(
        "perl -e '$| = 1; $n++ while syscall({}, 0) >= 0; print $n + 0, \"\\n\"; sleep 1000'",
        libc::SYS_inotify_init1
    );
    let script = format!(
        "read first < <({take}); read second < <(unshare --user {take}); echo $((first + second))"
    );
    for mode in host_modes(PROMISE) {
        let place = Place::new(mode);
        let output = run(&place, mode, &["bash", "-c", &script]);
        let count = said(&output).trim().parse().unwrap_or(0);
        assert!((32..=64).contains(&count), "{mode}: {}", said(&output));
        place.assert_clean();
    }
}

#[test]
fn a_lab_is_ended_first_when_memory_runs_out() {
    let script =
        "cat /proc/self/oom_score_adj; systemd-run -q --wait --pipe cat /proc/self/oom_score_adj
        systemd-run -q --wait --pipe -p OOMScoreAdjust=100 cat /proc/self/oom_score_adj";
    for mode in host_modes("a_lab_is_ended_first_when_memory_runs_out") {
        let place = Place::new(mode);
        let output = run(&place, mode, &["bash", "-c", script]);
        assert_eq!(said(&output), "500\n500\n100\n", "{mode}");
        if mode == Mode::Root {
            let lower = "(echo -1 > /proc/self/oom_score_adj) 2> /dev/null || echo refused";
            let output = run(&place, mode, &["bash", "-c", lower]);
            assert_eq!(said(&output), "refused\n");
        }
        place.assert_clean();
    }
}

#[test]
fn floods_end_with_the_lab() {
    const PROMISE: &str = "floods_end_with_the_lab";
    if !has_perl(PROMISE) {
        return;
    }
    let [mount, shmget, semget, msgget] =
        [libc::SYS_mount, libc::SYS_shmget, libc::SYS_semget, libc::SYS_msgget];
    let script = format!(
        r#"
        exec 2> /dev/null
        mkdir /run/m; perl -e '($kind, @m) = ("tmpfs", map {{ "/run/m/$_" }} 1..1000); for (@m) {{ mkdir; syscall({mount}, $kind, $_, $kind, 0, 0) }}'
        [ "$(grep -c /run/m/ /proc/self/mounts)" = 1000 ] || exit
        # Few enough for each that an ordinary limit of open files allows them.
        for part in 0 1 2 3; do
            perl -MSocket -e '$first = 500 * shift; for ($first + 1..$first + 500) {{ socket($s[$_], AF_UNIX, SOCK_STREAM, 0) && bind($s[$_], pack("Sa*", 1, "\0hostile$_")) }} sleep 1000' $part &
        done
        until [ "$(grep -c hostile /proc/net/unix)" = 2000 ]; do sleep 0.05; done
        perl -e 'for (1..1000) {{ syscall({shmget}, $_, 4096, 01600); syscall({semget}, $_, 1, 01600); syscall({msgget}, $_, 01600) }}'
        mkdir /run/q; mount -t mqueue none /run/q; for i in {{1..50}}; do : > /run/q/$i; done
        perl -e 'for (1..200000) {{ open(F, ">", "/var/$_") || last }}'
        for directory in / /tmp /run /dev /dev/shm; do head -c 1G /dev/zero > $directory/full; done
        yes hostile | head -c 1M | systemd-cat
        for i in {{1..20}}; do sh -c 'kill -SEGV $$'; done
        echo tried; kill -STOP -1"#
    );
    harmless(PROMISE, &script);
}

#[test]
fn a_lab_that_is_frozen_ends_with_its_launcher() {
    for mode in host_modes("a_lab_that_is_frozen_ends_with_its_launcher") {
        let place = Place::new(mode);
        let freeze = "echo up; kill -STOP -1; echo 1 > /sys/fs/cgroup/cgroup.freeze; \
                      for group in /sys/fs/cgroup/*/; do echo 1 > $group/cgroup.freeze; done; sleep 1000";
        let mut child = start(&place, mode, freeze);
        let stdout = child.stdout.take().expect("it is a pipe");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("it can be read");
        assert_eq!(line, "up\n");
        child.kill().expect("it runs");
        child.wait().expect("it can be waited for");
        becomes_clean(&place);
    }
}

#[test]
fn a_lab_that_reboots_for_ever_ends_with_its_launcher() {
    for mode in host_modes("a_lab_that_reboots_for_ever_ends_with_its_launcher") {
        let place = Place::new(mode);
        let script = "printf '[Service]\\nExecStart=systemctl reboot -ff\\n[Install]\\nWantedBy=sysinit.target\\n' \
                      > /etc/systemd/system/again.service; systemctl -q enable again; echo up; systemctl reboot -ff; sleep 1000";
        let mut child = start(&place, mode, script);
        let stdout = child.stdout.take().expect("it is a pipe");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("it can be read");
        assert_eq!(line, "up\n");
        // The command ends with its boot, and the launcher with the command.
        assert!(eventually(|| child.try_wait().expect("it is ours").is_some()), "{mode}");
        becomes_clean(&place);
    }
}
