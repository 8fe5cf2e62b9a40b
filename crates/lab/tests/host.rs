//! The host is the same before and after, whatever happens to a lab and whatever is tried in it.

mod support;

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lab::{Lab, Mode, Options};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::snapshot::unchanged_by;
use support::terminal::Terminal;
use support::{
    PUPIL, Place, can, eventually, eventually_within, in_place, is_root, modes, run, said,
};

/// The modes, if this test runs as root: only root sees the whole host.
fn host_modes(promise: &str) -> Vec<Mode> {
    if !is_root() {
        lab::not_proved(promise, "only root sees all of the host");
        return Vec::new();
    }
    modes(promise)
}

/// A lab with a service, a user manager where there are users, and some files, that waits in a script.
const BUSY: &str = r#"
printf '[Service]\nType=notify\nNotifyAccess=all\nExecStart=sh -c "systemd-notify --ready; exec sleep 1000"\n' > /etc/systemd/system/busy.service
systemctl daemon-reload; systemctl start busy; echo x > /tmp/x; echo x > /var/x; touch /run/x
getent passwd learner > /dev/null && systemctl start user@1000 2> /dev/null
logger hello; setsid sleep 1000 & echo busy"#;

fn start(place: &Place, mode: Mode, script: &str) -> Child {
    let mut command: Command = place.lab();
    command
        .args([
            "--mode",
            mode.word(),
            "run",
            "-q",
            "--",
            "bash",
            "-c",
            script,
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command.spawn().expect("lab runs")
}

/// Starts a lab that is busy, and waits until it is.
fn start_busy(place: &Place, mode: Mode) -> Child {
    let mut child = start(place, mode, &format!("{BUSY}; sleep 1000"));
    let mut line = String::new();
    let stdout = child.stdout.take().expect("it is a pipe");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line)
        .expect("it can be read");
    assert_eq!(line, "busy\n");
    child
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).expect("ids are small"))
}

/// Waits until nothing of the place's labs is left.
#[track_caller]
fn becomes_clean(place: &Place) {
    eventually(|| place.processes().is_empty() && place.labs_left().is_empty());
    place.assert_clean();
}

/// Kills the launcher and all that is beside it in the place: the monitor, and who runs its commands.
fn kill_launcher_and_monitor(place: &Place, child: &mut Child) {
    let beside = std::fs::read_to_string(
        place
            .cgroup()
            .expect("root has places")
            .join("cgroup.procs"),
    )
    .expect("it can be read");
    for line in beside.lines() {
        let _ = kill(
            Pid::from_raw(line.parse().expect("a number")),
            Signal::SIGKILL,
        );
    }
    child.wait().expect("it can be waited for");
}

#[test]
fn a_run_a_busy_lab_and_a_reboot_change_nothing() {
    for mode in host_modes("a_run_a_busy_lab_and_a_reboot_change_nothing") {
        unchanged_by(|| {
            let place = Place::new(mode);
            assert!(run(&place, mode, &["bash", "-c", BUSY]).status.success());
            let status = run(&place, mode, &["bash", "-c", "systemctl reboot; sleep 100"]).status;
            assert!(!status.success());
            place.assert_clean();
        });
    }
}

#[test]
fn mounts_and_tmp_of_the_launchers_own_namespace_stay() {
    for mode in modes("mounts_and_tmp_of_the_launchers_own_namespace_stay") {
        let place = Place::new(mode);
        let script = r#"
            look() { cat /proc/self/mountinfo; find / -xdev -path /proc -prune -o -newer /mnt/home/start -print 2> /dev/null | grep -e '^/tmp' -e '^/mnt' -e '^/etc' -e '^/run' -e '^/var'; ls -la /tmp; }
            touch /mnt/home/start 2> /dev/null; look > /dev/shm/before.$$; "$@"; echo $?; look | diff /dev/shm/before.$$ - && echo same; rm /dev/shm/before.$$"#;
        if !is_root() {
            lab::not_proved(
                "mounts_and_tmp_of_the_launchers_own_namespace_stay",
                "an ordinary user shares these with others",
            );
            continue;
        }
        let output = place
            .program("/bin/bash", "/bin/bash")
            .args([
                "-c",
                script,
                "look",
                "/mnt/lab",
                "--mode",
                mode.word(),
                "run",
                "-q",
                "--",
                "bash",
                "-c",
            ])
            .arg(format!(
                "{BUSY}; mount -t tmpfs x $PWD; mount -t tmpfs x /usr; touch $PWD/hidden; exit 4"
            ))
            .output()
            .expect("bash runs");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "busy\n4\nsame\n",
            "{}",
            said(&output)
        );
        place.assert_clean();
    }
}

#[test]
fn a_killed_launcher_leaves_nothing() {
    for mode in host_modes("a_killed_launcher_leaves_nothing") {
        unchanged_by(|| {
            for signal in [
                Signal::SIGKILL,
                Signal::SIGTERM,
                Signal::SIGINT,
                Signal::SIGHUP,
            ] {
                let place = Place::new(mode);
                let mut child = start_busy(&place, mode);
                kill(pid(&child), signal).expect("it runs");
                assert_eq!(child.wait().expect("it ends").signal(), Some(signal as i32));
                becomes_clean(&place);
            }
        });
    }
}

#[test]
fn a_launcher_that_is_killed_at_any_moment_leaves_nothing() {
    for mode in host_modes("a_launcher_that_is_killed_at_any_moment_leaves_nothing") {
        for delay_ms in (0..160).step_by(8) {
            let place = Place::new(mode);
            let mut child = start(&place, mode, "systemctl reboot; sleep 100");
            std::thread::sleep(Duration::from_millis(delay_ms));
            kill(pid(&child), Signal::SIGKILL).expect("it runs");
            child.wait().expect("it ends");
            becomes_clean(&place);
        }
    }
}

#[test]
fn what_a_killed_monitor_leaves_is_swept_by_gc() {
    for mode in host_modes("what_a_killed_monitor_leaves_is_swept_by_gc") {
        unchanged_by(|| {
            let place = Place::new(mode);
            let mut child = start_busy(&place, mode);
            kill_launcher_and_monitor(&place, &mut child);
            assert!(
                eventually(|| place.processes().is_empty()),
                "processes outlived their monitor"
            );
            assert_eq!(place.labs_left().len(), 1);
            let output = place.lab().arg("gc").output().expect("lab runs");
            assert_eq!(said(&output), "removed the cgroups of 1 dead labs\n");
            place.assert_clean();
        });
    }
}

#[test]
fn what_a_killed_monitor_leaves_is_swept_by_the_next_lab() {
    for mode in host_modes("what_a_killed_monitor_leaves_is_swept_by_the_next_lab") {
        let place = Place::new(mode);
        let mut child = start_busy(&place, mode);
        kill_launcher_and_monitor(&place, &mut child);
        assert!(
            eventually(|| place.processes().is_empty()),
            "processes outlived their monitor"
        );
        assert!(run(&place, mode, &["true"]).status.success());
        place.assert_clean();
    }
}

#[test]
fn no_process_outlives_a_monitor_that_is_killed_at_any_moment() {
    for mode in host_modes("no_process_outlives_a_monitor_that_is_killed_at_any_moment") {
        let place = Place::new(mode);
        for delay_ms in (0..160).step_by(8) {
            let mut child = start(&place, mode, "systemctl reboot; sleep 100");
            std::thread::sleep(Duration::from_millis(delay_ms));
            kill_launcher_and_monitor(&place, &mut child);
            assert!(
                eventually(|| place.processes().is_empty()),
                "after {delay_ms} ms: processes outlived their monitor"
            );
        }
        assert!(run(&place, mode, &["true"]).status.success());
        place.assert_clean();
    }
}

#[test]
fn a_running_lab_is_not_swept() {
    for mode in host_modes("a_running_lab_is_not_swept") {
        let place = Place::new(mode);
        let mut child = start_busy(&place, mode);
        let output = place.lab().arg("gc").output().expect("lab runs");
        assert_eq!(said(&output), "removed the cgroups of 0 dead labs\n");
        assert_eq!(place.labs_left().len(), 1);
        kill(pid(&child), Signal::SIGKILL).expect("it runs");
        child.wait().expect("it ends");
        becomes_clean(&place);
    }
}

fn on_terminal(place: &Place, mode: Mode) -> Terminal {
    let mut command = place.lab();
    command
        .args(["--mode", mode.word(), "shell"])
        .env("TERM", "dumb");
    Terminal::start(command, 24, 80)
}

#[test]
fn ctrl_c_while_it_boots_leaves_nothing() {
    for mode in host_modes("ctrl_c_while_it_boots_leaves_nothing") {
        for delay_ms in [0, 10, 20, 30] {
            let place = Place::new(mode);
            let mut terminal = on_terminal(&place, mode);
            assert!(eventually(|| !place.labs_left().is_empty()));
            std::thread::sleep(Duration::from_millis(delay_ms));
            terminal.type_in("\x03");
            // One that came up just before has a shell, for which Ctrl-C is no end.
            let ended = eventually_within(Duration::from_secs(2), || {
                terminal
                    .child
                    .try_wait()
                    .expect("it can be asked")
                    .is_some()
            });
            terminal.close();
            terminal.finish();
            becomes_clean(&place);
            assert!(ended || delay_ms > 0, "Ctrl-C did not end it");
        }
    }
}

#[test]
fn a_closed_terminal_leaves_nothing() {
    for mode in host_modes("a_closed_terminal_leaves_nothing") {
        let place = Place::new(mode);
        let mut terminal = on_terminal(&place, mode);
        terminal.expect("# ");
        terminal.type_in("sleep 1000 & sleep 1000\r");
        terminal.close();
        terminal.finish();
        becomes_clean(&place);
    }
}

/// 200 boots in a row.
fn many_boots(mode: Mode, test: &str) {
    in_place(mode, test, || {
        let own = support::own_cgroup().expect("it has one");
        for _ in 0..200 {
            let options = Options {
                mode: Some(mode),
                ..Options::default()
            };
            drop(Lab::boot(&options).unwrap_or_else(|error| panic!("{error}")));
            let left = std::fs::read_dir(&own).expect("it can be read").flatten();
            let left: Vec<_> = left
                .map(|entry| entry.file_name())
                .filter(|name| name.to_string_lossy().contains("servicios-lab"))
                .collect();
            assert!(left.is_empty(), "left behind: {left:?}");
        }
        let descriptors = std::fs::read_dir("/proc/self/fd")
            .expect("it can be read")
            .count();
        assert!(descriptors < 20, "{descriptors} descriptors are open");
    });
}

#[test]
fn two_hundred_boots_as_root_leave_nothing() {
    if is_root() {
        many_boots(Mode::Root, "two_hundred_boots_as_root_leave_nothing");
    } else {
        lab::not_proved(
            "two_hundred_boots_as_root_leave_nothing",
            "the tests do not run as root",
        );
    }
}

#[test]
fn two_hundred_boots_of_a_user_leave_nothing() {
    many_boots(Mode::Subuid, "two_hundred_boots_of_a_user_leave_nothing");
}

/// A way to do harm from inside, tried in each mode, and in the mode that sudo(8) has.
#[track_caller]
fn harmless(promise: &str, script: &str) {
    let mut places: Vec<(Mode, Place)> = host_modes(promise)
        .into_iter()
        .map(|mode| (mode, Place::new(mode)))
        .collect();
    if is_root() && can(Mode::Root, promise) {
        places.push((Mode::Sudo, Place::new(Mode::Root)));
    }
    for (mode, place) in places {
        unchanged_by(|| {
            let mut command = place.lab();
            command.args([
                "--mode",
                mode.word(),
                "run",
                "-q",
                "--",
                "bash",
                "-c",
                script,
            ]);
            let output = command
                .env("SUDO_UID", PUPIL.to_string())
                .env("MODE", mode.word())
                .output()
                .expect("lab runs");
            assert!(
                output.stdout.ends_with(b"tried\n"),
                "{mode}: {}",
                said(&output)
            );
            place.assert_clean();
        });
    }
}

#[test]
fn systemd_sysctl_inside_changes_no_sysctl_outside() {
    harmless(
        "systemd_sysctl_inside_changes_no_sysctl_outside",
        r#"
        for name in protected_fifos protected_regular protected_hardlinks protected_symlinks suid_dumpable; do
            echo "fs.$name = $((1 - $(cat /proc/sys/fs/$name) % 2))" >> /etc/sysctl.conf
        done
        printf 'kernel.printk = 1 1 1 1\nkernel.core_pattern = |/bin/false\nkernel.sysrq = 1\nvm.swappiness = 1\n' >> /etc/sysctl.conf
        mkdir -p /etc/sysctl.d; cp /etc/sysctl.conf /etc/sysctl.d/99.conf
        /usr/lib/systemd/systemd-sysctl
        printf '[Service]\nType=oneshot\nExecStart=/usr/lib/systemd/systemd-sysctl\n' > /etc/systemd/system/sysctl-again.service
        systemctl daemon-reload; systemctl start sysctl-again; sysctl -q -p /etc/sysctl.conf
        # The lab's root may make its own mounts writable; where that is the host's root too, there is nothing to stop it.
        if [ "$(awk '{print $2}' /proc/self/uid_map)" != 0 ]; then mount -o remount,rw,bind /proc/sys; sysctl -q -p /etc/sysctl.conf; fi
        echo tried"#,
    );
}

#[test]
fn device_nodes_keep_their_modes_and_owners() {
    harmless(
        "device_nodes_keep_their_modes_and_owners",
        r#"
        for device in null zero full random urandom tty; do
            chmod 600 /dev/$device; chown 1:1 /dev/$device; touch /dev/$device; rm -f /dev/$device; mv /dev/$device /dev/gone
        done
        ln -s /nowhere /dev/log2; mkdir -p /dev/hugepages
        if [ "$(awk '{print $2}' /proc/self/uid_map)" != 0 ]; then mount -o remount,rw,bind /dev/null; chmod 600 /dev/null; fi
        printf 'z /dev/null 0600 root root -\nz /dev/zero 0600 root root -\n' > /tmp/z.conf; systemd-tmpfiles --create /tmp/z.conf
        echo tried"#,
    );
}

#[test]
fn nothing_reaches_the_kernel_log() {
    harmless(
        "nothing_reaches_the_kernel_log",
        r#"
        echo 'written by a lab' > /dev/kmsg; echo 'written by a lab' > /proc/kmsg; logger -p kern.crit 'written by a lab'
        mknod /tmp/kmsg c 1 11; echo 'written by a lab' > /tmp/kmsg
        journalctl --flush; systemd-analyze log-target kmsg; systemctl daemon-reload; systemctl daemon-reexec
        dmesg -C; dmesg -n 1; echo h > /proc/sysrq-trigger
        echo tried"#,
    );
}

#[test]
fn no_device_can_be_made() {
    harmless(
        "no_device_can_be_made",
        r#"
        for folder in / /tmp /run /dev /dev/shm /var /root /etc; do
            mknod $folder/memory c 1 1; mknod $folder/disk b 8 0; mknod $folder/nothing c 1 3
            for device in memory disk nothing; do
                if [ -e $folder/$device ] && (: < $folder/$device) 2> /dev/null; then echo "$folder/$device opens"; exit 1; fi
            done
        done
        echo tried"#,
    );
}

#[test]
fn names_clock_and_power_are_the_labs_own() {
    harmless(
        "names_clock_and_power_are_the_labs_own",
        r#"
        hostname other; echo other > /proc/sys/kernel/hostname; before=$(date +%s); date -s '2001-01-01' > /dev/null; [ $(($(date +%s) - before)) -lt 60 ] || exit 1
        swapoff -a; ip link add dummy0 type dummy; ip link set lo down; rmdir /sys/fs/cgroup/*; umount -a -t tmpfs
        echo tried; systemctl reboot -ff & wait"#,
    );
}

#[test]
fn the_hosts_programs_and_tables_cannot_be_changed() {
    harmless(
        "the_hosts_programs_and_tables_cannot_be_changed",
        r#"
        for folder in /usr /usr/bin /usr/lib/systemd /etc/alternatives /bin /lib /sbin; do
            touch $folder/by-a-lab && [ "$(findmnt -n -o FSTYPE --target $folder)" != tmpfs ] && { rm $folder/by-a-lab; echo "$folder can be written to"; exit 1; }
        done
        echo tried"#,
    );
}
