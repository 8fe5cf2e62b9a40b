//! Where a lab cannot run, the message says which step failed and the one command that mends it.

mod support;

use std::path::Path;

use lab::Mode;
use support::{Place, can, is_root, said};

/// Whether a place can be made sick, which takes root.
fn curable(mode: Mode, promise: &str) -> bool {
    if is_root() {
        return can(mode, promise);
    }
    lab::not_proved(promise, "only root can take something from a machine");
    false
}

/// In a place for `mode` that `setup` has changed, `lab` must name the step and one cure, and
/// `doctor` must too.
#[track_caller]
fn told(promise: &str, mode: Mode, setup: &str, step: &str, cure: &str) {
    if !curable(mode, promise) {
        return;
    }
    let place = Place::new(mode).prepare(setup);
    // An empty PATH: what lab itself needs has a fixed place, and what may be missing is.
    let path = if setup.contains("nothing in PATH") { "PATH=/mnt/home" } else { "A=b" };
    let lab = |args: &[&str]| {
        let mut command = place.program("/usr/bin/env", "/usr/bin/env");
        command
            .args([path, "/mnt/lab", "--mode", mode.word()])
            .args(args)
            .output()
            .expect("lab runs")
    };
    let output = lab(&["run", "--", "true"]);
    assert_eq!(output.status.code(), Some(125), "{}", said(&output));
    let lines: Vec<String> = said(&output).lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "lab: no lab can run here");
    assert!(lines[1].starts_with(&format!("  {mode}: could not {step}: ")), "{}", said(&output));
    assert!(lines[2].contains(cure), "{}", said(&output));
    assert_eq!(lines.len(), 3, "{}", said(&output));

    let output = lab(&["doctor"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains(&format!("  FAIL  {step}: ")), "{}", said(&output));
    assert_eq!(said(&output).matches(cure).count(), 1, "{}", said(&output));
    assert!(said(&output).ends_with("No lab can run here.\n"), "{}", said(&output));
    assert_eq!(place.labs_left(), Vec::<String>::new());
    assert_eq!(place.processes(), Vec::<i32>::new());
}

/// Types the cure as it is printed, as root, in a place for `mode` that `setup` has changed. Then
/// `lab` must work.
const TYPE_THE_CURE: &str = r#"
try() { if [ $PUPIL = 0 ]; then $LAB "$@"; else as_pupil $LAB "$@"; fi; }
try --mode $MODE run -q -- echo works > /mnt/told 2>&1 && echo "nothing was wrong: $(cat /mnt/told)"
cure=$(sed -n 's/.*`\(.*\)`.*/\1/p' /mnt/told)
eval "$cure" || echo "not a command that works: $cure"
try --mode $MODE run -q -- echo cured || echo "after: $cure"
"#;

/// As [`told`], and the cure works, where it can be typed on this side of a container.
#[track_caller]
fn cured(promise: &str, mode: Mode, setup: &str, step: &str, cure: &str) {
    told(promise, mode, setup, step, cure);
    if cure == NEW_CONTAINER || !curable(mode, promise) {
        return;
    }
    let place = Place::new(mode).prepare(setup);
    let script = format!("MODE={}\n{TYPE_THE_CURE}", mode.word());
    let output = place.script_of_root(&script).output().expect("bash runs");
    assert_eq!(said(&output), "cured\n");
}

/// A container is mended from outside.
const NEW_CONTAINER: &str = "run --privileged`";

fn unless_in_container(cure: &'static str) -> &'static str {
    let marks = ["/.dockerenv", "/run/.containerenv", "/run/systemd/container"];
    if marks.iter().any(|mark| Path::new(mark).exists()) { NEW_CONTAINER } else { cure }
}

#[test]
fn all_steps_are_told_with_their_results() {
    for mode in support::modes("all_steps_are_told_with_their_results") {
        let place = Place::new(mode);
        let output =
            place.lab().args(["--mode", mode.word(), "doctor"]).output().expect("lab runs");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let expected = format!(
            "{mode} (--mode {})\n  ok    find systemd and dbus-daemon\n  ok    make a cgroup v2 directory of our own\n  \
             ok    enter new namespaces\n  ok    map user and group ids\n  ok    build the lab's root in memory\n  \
             ok    mount a fresh /proc and /sys\n  ok    make the lab's own /dev\n  ok    boot systemd in ",
            mode.word()
        );
        assert!(said(&output).starts_with(&expected), "{}", said(&output));
        let lines: Vec<String> = said(&output).lines().map(str::to_owned).collect();
        let [.., controllers, last] = lines.as_slice() else { panic!("{}", said(&output)) };
        assert!(controllers.starts_with("        controllers: "), "{}", said(&output));
        assert_eq!(*last, format!("A lab can run here: {mode}."));
        place.assert_clean();
    }
}

#[test]
fn an_ordinary_users_doctor_tries_three_modes() {
    if !curable(Mode::Subuid, "an_ordinary_users_doctor_tries_three_modes") {
        return;
    }
    let place = Place::new(Mode::Subuid);
    let output = place.lab().arg("doctor").output().expect("lab runs");
    for mode in [Mode::Subuid, Mode::Single, Mode::Sudo] {
        assert!(
            said(&output).contains(&format!("{mode} (--mode {})\n", mode.word())),
            "{}",
            said(&output)
        );
    }
    assert!(
        said(&output).ends_with("A lab can run here: rootless with subordinate ids.\n"),
        "{}",
        said(&output)
    );
    place.assert_clean();
}

#[test]
fn no_systemd() {
    for mode in [Mode::Root, Mode::Single] {
        told(
            "no_systemd",
            mode,
            "mount -t tmpfs none /usr/lib/systemd",
            "find systemd and dbus-daemon",
            "install -y systemd`",
        );
    }
}

#[test]
fn no_dbus() {
    told(
        "no_dbus",
        Mode::Root,
        "mount --bind /dev/null /usr/bin/dbus-daemon",
        "find systemd and dbus-daemon",
        "install it: `apt-get install -y dbus`",
    );
}

#[test]
fn no_newuidmap() {
    told(
        "no_newuidmap",
        Mode::Subuid,
        ": nothing in PATH",
        "map user and group ids",
        "install -y uidmap`",
    );
}

#[test]
fn no_subordinate_ids() {
    told(
        "no_subordinate_ids",
        Mode::Subuid,
        "echo other:300000:65536 > /mnt/subids",
        "map user and group ids",
        "usermod --add-subuids 365536-431071 --add-subgids 365536-431071 pupil`",
    );
}

#[test]
fn no_delegated_cgroup() {
    // Outside of the place's own cgroup, where root may make one that the pupil can reach.
    let closed = "mkdir -p $PLACE_CGROUP/closed; echo $$ > $PLACE_CGROUP/closed/cgroup.procs";
    for mode in [Mode::Subuid, Mode::Single] {
        cured(
            "no_delegated_cgroup",
            mode,
            closed,
            "make a cgroup v2 directory of our own",
            "cgroup.threads && echo",
        );
        let mounts = std::fs::read_to_string("/proc/self/mounts").expect("it can be read");
        let point = mounts.lines().find(|line| line.contains(" cgroup2 "));
        let point = point.and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
        // What the cure has made, on a machine where it was typed.
        let _ = std::fs::remove_dir(Path::new(point).join(format!("lab-{}", support::PUPIL)));
    }
}

#[test]
fn a_cgroup_that_cannot_be_written_to() {
    let read_only = "mount -o remount,bind,ro $(findmnt -n -o TARGET -t cgroup2 | head -1)";
    let setup = format!("echo $$ > $PLACE_CGROUP/cgroup.procs; {read_only}");
    cured(
        "a_cgroup_that_cannot_be_written_to",
        Mode::Root,
        &setup,
        "make a cgroup v2 directory of our own",
        unless_in_container("`mount -o remount,rw /sys/fs/cgroup"),
    );
}

#[test]
fn no_cgroup2_at_all() {
    let none = "for point in $(findmnt -n -o TARGET -t cgroup2); do umount -l $point; done";
    cured(
        "no_cgroup2_at_all",
        Mode::Root,
        none,
        "make a cgroup v2 directory of our own",
        unless_in_container("-t cgroup2 cgroup2 /sys/fs/cgroup"),
    );
}

#[test]
fn a_masked_proc() {
    for mode in [Mode::Subuid, Mode::Single] {
        cured(
            "a_masked_proc",
            mode,
            "mount --bind /dev/null /proc/cpuinfo",
            "mount a fresh /proc and /sys",
            unless_in_container("umount /proc/cpuinfo`"),
        );
    }
}

#[test]
fn a_program_on_a_file_system_without_programs() {
    const PROMISE: &str = "a_program_on_a_file_system_without_programs";
    for mode in support::modes(PROMISE) {
        if !curable(mode, PROMISE) {
            return;
        }
        let setup = "mkdir /mnt/noexec; mount -t tmpfs -o mode=1777,noexec none /mnt/noexec";
        let place = Place::new(mode).prepare(setup);
        let script = format!(
            "MODE={}; cd /mnt/noexec; mkdir p; cd p; printf '#!/bin/sh\\necho cured\\n' > own; chmod a+rx own\n{}",
            mode.word(),
            TYPE_THE_CURE.replace("echo works", "./own").replace("echo cured", "./own")
        );
        let output = place.script_of_root(&script).output().expect("bash runs");
        assert_eq!(said(&output), "cured\n");
        place.assert_clean();
    }
}

#[test]
fn no_user_namespaces() {
    const PROMISE: &str = "no_user_namespaces";
    if !curable(Mode::Single, PROMISE) {
        return;
    }
    // The limit is each user namespace's own: it is set in one, where the pupil keeps the rights
    // for it, and then lets them go.
    let place = Place::new(Mode::Single);
    let script = "echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --ambient-caps=-all --inh-caps=-all --bounding-set=-all /mnt/lab doctor";
    let output = place
        .program("/usr/bin/unshare", "/usr/bin/unshare")
        .args(["--user", "--map-current-user", "--keep-caps", "bash", "-c", script])
        .output()
        .expect("unshare runs");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(
        said(&output)
            .matches("FAIL  enter new namespaces: cannot make a user namespace: No space left")
            .count(),
        2,
        "{}",
        said(&output)
    );
    let cure = "sysctl -w user.max_user_namespaces=15000`";
    assert_eq!(said(&output).matches(cure).count(), 1, "{}", said(&output));
    place.assert_clean();
}

/// As in a container that has few ids of its own, or may make no user namespaces.
const WITH_FEW_IDS: &str = r#"
mkfifo /mnt/mapped
unshare --user --keep-caps bash -c 'read < /mnt/mapped; exec setpriv --reuid 0 --regid 0 --clear-groups bash -c "
    @FORBID@; cd /; $LAB --mode root run -- true; $LAB doctor"' 2>&1 &
until ! [ /proc/$!/ns/user -ef /proc/self/ns/user ]; do sleep 0.01; done
for map in uid_map gid_map; do echo 0 0 65536 > /proc/$!/$map; done
echo > /mnt/mapped; wait $!"#;

#[test]
fn root_that_may_make_no_user_namespace_has_a_lab_without() {
    const PROMISE: &str = "root_that_may_make_no_user_namespace_has_a_lab_without";
    if !curable(Mode::Root, PROMISE) {
        return;
    }
    for (forbid, why) in [
        ("true", "could not map user and group ids: cannot write gid_map: Operation not permitted"),
        (
            "echo 0 > /proc/sys/user/max_user_namespaces",
            "could not enter new namespaces: cannot make a user namespace: No space left on device",
        ),
    ] {
        let place = Place::new(Mode::Root);
        let output = place.script(&WITH_FEW_IDS.replace("@FORBID@", forbid)).output();
        let told = said(&output.expect("bash runs"));
        assert!(told.contains("root without a user namespace, running after"), "{told}");
        assert!(told.contains(&why.replacen("could not", "FAIL ", 1)), "{told}");
        assert!(told.ends_with("A lab can run here: root without a user namespace.\n"), "{told}");
        place.assert_clean();
    }
}

#[test]
fn ubuntus_apparmor_rule() {
    if !Path::new("/proc/sys/kernel/apparmor_restrict_unprivileged_userns").exists() {
        lab::not_proved(
            "ubuntus_apparmor_rule",
            "this kernel has no such rule; its cure is tested with the words that Ubuntu's kernel would say (cure/tests.rs)",
        );
    }
}

#[test]
fn a_forced_mode_that_is_another_users_is_refused() {
    if !curable(Mode::Single, "a_forced_mode_that_is_another_users_is_refused") {
        return;
    }
    let place = Place::new(Mode::Single);
    let output = place.lab().args(["--mode", "root", "doctor"]).output().expect("lab runs");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("you are not root"), "{}", said(&output));
}
