//! The host is the same before and after, whatever happens to a lab and whatever is tried in it.

mod harm;
mod hostile;
mod left_behind;
mod shared_kernel;
#[path = "../support/mod.rs"]
mod support;

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lab::{Lab, Mode, Options};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::snapshot::unchanged_by;
use support::terminal::Terminal;
use support::{Place, eventually, in_place, is_root, modes, run, said};

/// The modes, if this test runs as root: only root sees the whole host.
fn host_modes(promise: &str) -> Vec<Mode> {
    if !is_root() {
        lab::not_proved(promise, "only root sees all of the host");
        return Vec::new();
    }
    modes(promise)
}

/// A lab with a service, a user manager where there are users, and some files, that waits in a
/// script.
const BUSY: &str = r#"
printf '[Service]\nType=notify\nNotifyAccess=all\nExecStart=sh -c "systemd-notify --ready; exec sleep 1000"\n' > /etc/systemd/system/busy.service
systemctl daemon-reload; systemctl start busy; echo x > /tmp/x; echo x > /var/x; touch /run/x
getent passwd learner > /dev/null && systemctl start user@1000 2> /dev/null
logger hello; setsid sleep 1000 & echo busy"#;

fn start(place: &Place, mode: Mode, script: &str) -> Child {
    let mut command: Command = place.lab();
    command
        .args(["--mode", mode.word(), "run", "-q", "--", "bash", "-c", script])
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

/// Kills the launcher and all that is beside it in the place: the monitor, and who runs its
/// commands.
fn kill_launcher_and_monitor(place: &Place, child: &mut Child) {
    let beside =
        std::fs::read_to_string(place.cgroup().expect("root has places").join("cgroup.procs"))
            .expect("it can be read");
    for line in beside.lines() {
        let _ = kill(Pid::from_raw(line.parse().expect("a number")), Signal::SIGKILL);
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
        assert_eq!(String::from_utf8_lossy(&output.stdout), "busy\n4\nsame\n", "{}", said(&output));
        place.assert_clean();
    }
}

#[test]
fn what_the_host_unmounts_is_in_use_no_more() {
    for mode in host_modes("what_the_host_unmounts_is_in_use_no_more") {
        let place = Place::new(mode);
        // As on a machine that was booted with systemd, mounts travel.
        let script = format!(
            r#"
            mount --make-rshared /
            mkdir /mnt/stick; mount -t tmpfs stick-{mode:?}-$$ /mnt/stick
            as_user() {{ if [ {mode:?} = Root ]; then "$@"; else as_pupil "$@"; fi; }}
            coproc as_user $LAB --mode {word} run -q -- sh -c 'echo up; read line'
            read up <&${{COPROC[0]}}
            umount /mnt/stick
            grep -l stick-{mode:?}-$$ /proc/[0-9]*/mountinfo 2> /dev/null
            echo $up, and nobody holds it; echo >&${{COPROC[1]}}; wait"#,
            word = mode.word(),
        );
        let output = place.script_of_root(&script).output().expect("bash runs");
        assert_eq!(said(&output), "up, and nobody holds it\n");
        place.assert_clean();
    }
}

#[test]
fn a_killed_launcher_leaves_nothing() {
    for mode in host_modes("a_killed_launcher_leaves_nothing") {
        unchanged_by(|| {
            for signal in [Signal::SIGKILL, Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
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
        assert!(eventually(|| place.processes().is_empty()), "processes outlived their monitor");
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
    command.args(["--mode", mode.word(), "shell"]).env("TERM", "dumb");
    Terminal::start(command, 24, 80)
}

/// Types Ctrl-C so long after the beginning of a boot. True if that ended it; else the lab came up
/// before, with a shell, for which Ctrl-C is no end.
fn ctrl_c_ends_the_boot(mode: Mode, delay_ms: u64) -> bool {
    let place = Place::new(mode);
    let mut terminal = on_terminal(&place, mode);
    assert!(eventually(|| !place.labs_left().is_empty()));
    std::thread::sleep(Duration::from_millis(delay_ms));
    terminal.type_in("\x03");
    let shows_prompt = terminal.shows("# ");
    let has_ended = || terminal.child.try_wait().expect("it can be asked").is_some();
    let ended = !shows_prompt && eventually(has_ended);
    terminal.close();
    terminal.finish();
    becomes_clean(&place);
    ended
}

#[test]
fn ctrl_c_while_it_boots_leaves_nothing() {
    for mode in host_modes("ctrl_c_while_it_boots_leaves_nothing") {
        for delay_ms in [10, 20, 30] {
            ctrl_c_ends_the_boot(mode, delay_ms);
        }
        // On a busy machine it may come up before anybody types; not each time.
        assert!((0..10).any(|_| ctrl_c_ends_the_boot(mode, 0)), "Ctrl-C did not end it");
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
            let options = Options { mode: Some(mode), ..Options::default() };
            drop(Lab::boot(&options).unwrap_or_else(|error| panic!("{error}")));
            let left = std::fs::read_dir(&own).expect("it can be read").flatten();
            let left: Vec<_> = left
                .map(|entry| entry.file_name())
                .filter(|name| name.to_string_lossy().contains("servicios-lab"))
                .collect();
            assert!(left.is_empty(), "left behind: {left:?}");
        }
        let descriptors = std::fs::read_dir("/proc/self/fd").expect("it can be read").count();
        assert!(descriptors < 20, "{descriptors} descriptors are open");
    });
}

#[test]
fn two_hundred_boots_as_root_leave_nothing() {
    if is_root() {
        many_boots(Mode::Root, "two_hundred_boots_as_root_leave_nothing");
    } else {
        lab::not_proved("two_hundred_boots_as_root_leave_nothing", "the tests do not run as root");
    }
}

#[test]
fn two_hundred_boots_of_a_user_leave_nothing() {
    many_boots(Mode::Subuid, "two_hundred_boots_of_a_user_leave_nothing");
}
