//! Where a lab's rights come from, for real: a scope from the user's own systemd, and sudo(8).

mod support;

use std::path::Path;
use std::process::{Output, Stdio};

use lab::Mode;
use support::terminal::Terminal;
use support::{PUPIL, Place, can, is_root, said};

/// In a lab, the machine is one that was booted with systemd: there, `learner` boots labs of their
/// own.
const NESTED: &str = r#"
set -e
loginctl enable-linger learner 2> /dev/null || true
systemctl start user@1000
# Labs need to see a /proc that nothing is mounted over; the one of this lab is not.
mkdir /mnt/proc; mount -t proc proc /mnt/proc
as_learner() { systemd-run -q --wait --pipe --uid=learner -E XDG_RUNTIME_DIR=/run/user/1000 -p WorkingDirectory=/home/learner "$@"; }
cp "$LAB" /usr/local/bin/lab 2> /dev/null || cp "$LAB" /tmp/lab
lab=$(command -v lab || echo /tmp/lab)
as_learner $lab run -- sh -c 'systemctl is-system-running; grep ^0: /proc/self/cgroup; exit 3' || echo "exit status $?"
for i in {1..300}; do [ -z "$(as_learner systemctl --user --plain --no-legend list-units 'servicios-lab-*')" ] && break; sleep 0.02; done
as_learner systemctl --user --plain --no-legend list-units 'servicios-lab-*'
find /sys/fs/cgroup -name 'servicios-*'
# One whose monitor is killed, with what runs its commands: systemd tidies up after it.
mkfifo /tmp/up
as_learner $lab run -q -- sh -c 'systemd-run -q sleep 100; echo up; sleep 100' > /tmp/up & read line < /tmp/up; echo $line
kill -9 $(cat $(find /sys/fs/cgroup -path '*servicios-lab-*/monitor/cgroup.procs'))
wait || true
for i in {1..300}; do [ -z "$(find /sys/fs/cgroup -name 'servicios-*')" ] && break; sleep 0.02; done
find /sys/fs/cgroup -name 'servicios-*'
"#;

#[test]
fn an_ordinary_users_systemd_hands_over_a_scope() {
    const PROMISE: &str = "an_ordinary_users_systemd_hands_over_a_scope";
    if !can(Mode::Root, PROMISE) {
        return;
    }
    let place = Place::new(Mode::Root).prepare("cp /mnt/lab /mnt/home/lab");
    let args = ["run", "-q", "--mode", "root", "--", "bash", "-c"];
    let script = format!("LAB=/mnt/home/lab\n{NESTED}");
    let output =
        place.lab().args(args).arg(script).stdin(Stdio::null()).output().expect("lab runs");
    let told = said(&output);
    assert!(told.contains("rootless with one id, running after"), "{told}");
    let expected = "running\n0::/init.scope\nexit status 3\nup\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{told}");
    place.assert_clean();
}

/// A place whose pupil may use sudo(8) as `rule` says.
fn place_with_sudo(promise: &str, rule: &str) -> Option<Place> {
    if !is_root() || !can(Mode::Root, promise) {
        lab::not_proved(promise, "only root can make a place with rules for sudo");
        return None;
    }
    if !Path::new("/etc/sudoers").exists() {
        lab::not_proved(promise, "sudo is not installed");
        return None;
    }
    let setup = format!(
        "{{ cat /etc/shadow; echo 'pupil:*:19000:0:99999:7:::'; }} > /mnt/shadow; mount --bind /mnt/shadow /etc/shadow
        printf 'Defaults use_pty\\npupil ALL=(ALL) {rule}\\n' > /mnt/sudoers; chmod 440 /mnt/sudoers; mount --bind /mnt/sudoers /etc/sudoers"
    );
    Some(Place::new(Mode::Single).prepare(&setup))
}

fn sudo(place: &Place, command: &[&str]) -> Output {
    let mut lab = place.lab();
    lab.args(["--mode", "sudo", "run", "-q", "--"]).args(command);
    lab.stdin(Stdio::null()).output().expect("lab runs")
}

#[test]
fn sudo_makes_the_learner_the_labs_root() {
    let Some(place) = place_with_sudo("sudo_makes_the_learner_the_labs_root", "NOPASSWD: ALL")
    else {
        return;
    };
    let output = sudo(
        &place,
        &["bash", "-c", "systemctl is-system-running; id -u; wc -l < /proc/self/uid_map; exit 7"],
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "running\n0\n2\n", "{}", said(&output));
    assert_eq!(output.status.code(), Some(7));
    place.assert_clean();

    let output = sudo(
        &place,
        &[
            "bash",
            "-c",
            "systemd-run -q --wait --pipe -p DynamicUser=yes true && systemctl reboot; sleep 100",
        ],
    );
    assert!(!output.status.success() && output.status.code() != Some(125), "{}", said(&output));
    place.assert_clean();
}

#[test]
fn what_a_lab_writes_through_sudo_is_the_learners() {
    let Some(place) =
        place_with_sudo("what_a_lab_writes_through_sudo_is_the_learners", "NOPASSWD: ALL")
    else {
        return;
    };
    let script = "/mnt/lab --mode sudo run -q -- touch /mnt/home/file && stat -c %u /mnt/home/file";
    let output = place.script(script).output().expect("bash runs");
    assert_eq!(said(&output), format!("{PUPIL}\n"));
}

#[test]
fn a_launcher_that_is_killed_ends_a_lab_through_sudo() {
    let Some(place) =
        place_with_sudo("a_launcher_that_is_killed_ends_a_lab_through_sudo", "NOPASSWD: ALL")
    else {
        return;
    };
    let mut command = place.lab();
    command.args(["--mode", "sudo", "shell"]);
    let mut terminal = Terminal::start(command, 24, 80);
    terminal.expect("# ");
    terminal.child.kill().expect("it runs");
    terminal.finish();
    assert!(support::eventually(|| place.processes().is_empty() && place.labs_left().is_empty()));
    place.assert_clean();
}

#[test]
fn sudo_that_wants_a_password_is_no_hang_without_a_terminal() {
    let Some(place) =
        place_with_sudo("sudo_that_wants_a_password_is_no_hang_without_a_terminal", "ALL")
    else {
        return;
    };
    let output = sudo(&place, &["true"]);
    assert_eq!(output.status.code(), Some(125));
    let expected = "lab: no lab can run here\n  sudo: could not become root through sudo: cannot use sudo: sudo: a password is required\n    \
                    sudo has no terminal to ask for the password: run this on one (over ssh: `ssh -t`)\n";
    // On a machine that doesn't know its own name, sudo says so first.
    let told = said(&output);
    let told = match told.split_once("sudo: unable to resolve host ") {
        Some((before, after)) => before.to_owned() + after.split_once('\n').map_or("", |it| it.1),
        None => told,
    };
    assert_eq!(told, expected);
    place.assert_clean();
}

#[test]
fn sudo_that_wants_a_password_asks_for_it_on_a_terminal() {
    let Some(place) =
        place_with_sudo("sudo_that_wants_a_password_asks_for_it_on_a_terminal", "ALL")
    else {
        return;
    };
    let mut command = place.lab();
    command.args(["--mode", "sudo", "run", "-q", "--", "true"]);
    let mut terminal = Terminal::start(command, 24, 80);
    terminal.expect("[sudo] password for pupil, to make a lab: ");
    terminal.type_in("\x03");
    assert!(support::eventually(|| terminal.child.try_wait().expect("it is ours").is_some()));
    // sudo misses a signal between its prompt and its read, but not the end of the terminal.
    terminal.close();
    assert!(!terminal.finish().success());
    assert!(support::eventually(|| place.processes().is_empty()));
    place.assert_clean();
}

#[test]
fn doctor_asks_for_no_password_even_on_a_terminal() {
    let Some(place) = place_with_sudo("doctor_asks_for_no_password_even_on_a_terminal", "ALL")
    else {
        return;
    };
    for args in [&["doctor"][..], &["--mode", "sudo", "doctor"]] {
        let mut command = place.lab();
        command.args(args);
        let mut terminal = Terminal::start(command, 24, 200);
        terminal.finish();
        assert!(!terminal.seen.contains("[sudo]"), "{}", terminal.seen);
        let told = "let sudo need no password for a while: `sudo -v`";
        assert!(terminal.seen.contains(told), "{}", terminal.seen);
    }
    place.assert_clean();
}

#[test]
fn no_sudo_at_all_is_told() {
    if !is_root() || !can(Mode::Single, "no_sudo_at_all_is_told") {
        return lab::not_proved(
            "no_sudo_at_all_is_told",
            "only root can take something from a machine",
        );
    }
    let place = Place::new(Mode::Single);
    let args = ["PATH=/mnt/home", "/mnt/lab", "--mode", "sudo", "run", "true"];
    let output =
        place.program("/usr/bin/env", "/usr/bin/env").args(args).output().expect("lab runs");
    assert_eq!(output.status.code(), Some(125));
    let expected = "lab: no lab can run here\n  sudo: could not become root through sudo: cannot run sudo: No such file or directory (os error 2)\n    \
                    install it: as root, `apt-get install -y sudo`\n";
    assert_eq!(said(&output), expected);
    place.assert_clean();
}
