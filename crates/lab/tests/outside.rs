//! A command outside of a lab: it sees the lab, and no process of the lab can reach it.

mod support;

use std::process::Output;

use lab::{COMMAND_TIMEOUT, Lab, Mode, Options};
use support::{eventually, in_place, said};

fn boot(mode: Mode) -> Lab {
    let options = Options { mode: Some(mode), ..Options::default() };
    Lab::boot(&options).unwrap_or_else(|error| panic!("{error}"))
}

fn run(mut command: lab::Command<'_>, script: &str) -> Output {
    command.args(["-c", script]).output(COMMAND_TIMEOUT).unwrap_or_else(|error| panic!("{error}"))
}

/// What `script` prints outside of `lab`.
#[track_caller]
fn outside(lab: &Lab, script: &str) -> String {
    let output = run(lab.outside_command("/bin/bash"), script);
    assert!(output.status.success(), "{script}: {}", said(&output));
    String::from_utf8(output.stdout).expect("a script here prints UTF-8")
}

/// What `script` prints in `lab`.
#[track_caller]
fn inside(lab: &Lab, script: &str) -> String {
    let output = run(lab.command("/bin/bash"), script);
    assert!(output.status.success(), "{script}: {}", said(&output));
    String::from_utf8(output.stdout).expect("a script here prints UTF-8")
}

/// One test a promise and mode.
macro_rules! promises {
    ($($name:ident($lab:ident) $body:block)*) => {
        $(fn $name($lab: &Lab) $body)*
        promises!(in root Root $($name)*);
        promises!(in subuid Subuid $($name)*);
        promises!(in single Single $($name)*);
    };
    (in $module:ident $mode:ident $($name:ident)*) => {
        mod $module {
            $(
                #[test]
                fn $name() {
                    let mode = lab::Mode::$mode;
                    super::in_place(mode, concat!(stringify!($module), "::", stringify!($name)), || super::$name(&super::boot(mode)));
                }
            )*
        }
    };
}

promises! {
    it_asks_systemd_and_looks_at_processes(lab) {
        let script = r#"
            printf '[Service]\nExecStart=sleep 1000\n' > /etc/systemd/system/own.service
            systemctl daemon-reload; systemctl start own; systemctl is-active own
            readlink /lab/proc/$(systemctl show --value -p MainPID own)/exe; readlink /proc/self/exe; systemd-analyze verify own.service
            systemd-run -q --wait --pipe echo by systemd-run; logger -t own hello; journalctl --sync; journalctl -q -o cat -t own; id -u"#;
        let expected = "active\n/usr/bin/sleep\n/usr/bin/readlink\nby systemd-run\nhello\n0\n";
        assert_eq!(outside(lab, script), expected);
        assert_eq!(inside(lab, "systemctl is-active own; systemctl is-system-running"), "active\nrunning\n");
    }

    no_process_of_the_lab_sees_or_ends_it(lab) {
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| outside(lab, "echo > /run/began; until [ -e /run/go-on ]; do sleep 0.01; done; echo alive"));
            inside(lab, "until [ -e /run/began ]; do sleep 0.01; done");
            assert_eq!(inside(lab, "cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' ' | grep -c 'run/go-[o]n' || true"), "0\n");
            // All that root can see is ended, apart from systemd itself.
            inside(lab, "kill -9 -1; sleep 0.1; echo 1 > /sys/fs/cgroup/system.slice/cgroup.kill; touch /run/go-on");
            assert_eq!(waiting.join().expect("no panic"), "alive\n");
        });
    }

    what_the_lab_mounts_is_not_there(lab) {
        inside(lab, "mount -t tmpfs none /usr/share; mount -t tmpfs none /etc; mkdir /run/x; mount -t tmpfs none /run/x; touch /run/x/y");
        assert_eq!(outside(lab, "[ -e /usr/share/dbus-1 ] && cat /etc/hostname; ls /run/x; ls /lab/proc/1/root/run/x"), "lab\ny\n");
        // Nor does what is mounted outside reach the lab.
        assert_eq!(outside(lab, "mount -t tmpfs none /var; touch /var/there; ls /var"), "there\n");
        assert_eq!(inside(lab, "ls /var | grep -c there || true"), "0\n");
        inside(lab, "umount /etc");
        lab.reboot().expect("it reboots");
        assert_eq!(outside(lab, "cat /etc/hostname; systemctl is-system-running"), "lab\nrunning\n");
    }

    what_the_lab_moves_in_the_place_of_a_directory_is_not_there(lab) {
        if !std::path::Path::new("/usr/bin/python3").exists() {
            return lab::not_proved("what_the_lab_moves_in_the_place_of_a_directory_is_not_there", "python3 is not installed");
        }
        let script = "
import ctypes, os
umount = lambda path: ctypes.CDLL(None).umount2(path, 2)
print(umount(b'/usr/local'), umount(b'/usr'))
os.rename('/usr', '/moved'); os.makedirs('/usr/bin'); open('/usr/bin/forged', 'w').close()";
        assert_eq!(inside(lab, &format!("exec python3 -c \"{script}\"")), "0 0\n");
        assert_eq!(outside(lab, "ls /usr/bin/forged 2> /dev/null; systemctl is-active dbus"), "active\n");
    }

    all_that_it_has_started_ends_with_it(lab) {
        outside(lab, "setsid sh -c 'while :; do date +%s%N > /run/beats; sleep 0.01; done' < /dev/null > /dev/null 2>&1 & until [ -e /run/beats ]; do sleep 0.01; done");
        let mut last = String::new();
        let stopped = || {
            let before = std::mem::replace(&mut last, inside(lab, "cat /run/beats; sleep 0.1"));
            before == last
        };
        assert!(eventually(stopped));
    }

    it_runs_no_program_that_the_lab_has_put_there(lab) {
        inside(lab, "printf '#!/bin/sh\\necho forged\\n' > /usr/local/bin/systemctl; chmod +x /usr/local/bin/systemctl; systemctl | grep -x forged");
        assert_eq!(outside(lab, "systemctl is-system-running"), "running\n");
    }
}
