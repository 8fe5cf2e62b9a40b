//! A lab that was given controllers, such as `memory`: its systemd hands them on, and must be able
//! to boot again.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use lab::{Lab, Mode, Options};
use support::terminal::Terminal;
use support::{Place, is_root, own_cgroup};

/// The controller that even a machine with cgroup v1 leaves to cgroup v2.
const CONTROLLER: &str = "+hugetlb";

/// Hands the controller on from the cgroup of these tests, until this is dropped.
struct HandedOn(PathBuf);

impl HandedOn {
    fn from_here() -> Option<Self> {
        let file = own_cgroup()?.join("cgroup.subtree_control");
        fs::write(&file, CONTROLLER).ok().map(|()| HandedOn(file))
    }
}

impl Drop for HandedOn {
    fn drop(&mut self) {
        let _ = fs::write(&self.0, CONTROLLER.replace('+', "-"));
    }
}

/// A cgroup that hands controllers on may have no processes of its own: all of `place` move to one
/// below.
fn empty(place: &Path) {
    let aside = place.join("aside");
    fs::create_dir(&aside).expect("root may make a cgroup");
    for pid in fs::read_to_string(place.join("cgroup.procs")).expect("it can be read").lines() {
        // One that has ended meanwhile need not move.
        let _ = fs::write(aside.join("cgroup.procs"), pid);
    }
}

/// Gives the controller to the lab in `place`, and has its systemd hand it on, as a unit with a
/// limit does.
fn give_controllers(place: &Place) {
    let cgroup = place.cgroup().expect("root's places have one");
    let name = place.labs_left().pop().expect("a lab runs here");
    empty(cgroup);
    for directory in [cgroup.to_owned(), cgroup.join(&name), cgroup.join(name).join("lab")] {
        fs::write(directory.join("cgroup.subtree_control"), CONTROLLER)
            .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    }
}

#[test]
fn a_lab_with_controllers_reboots() {
    const PROMISE: &str = "a_lab_with_controllers_reboots";
    if !is_root() {
        return lab::not_proved(PROMISE, "only root can hand a controller to a place");
    }
    let Some(_handed_on) = HandedOn::from_here() else {
        return lab::not_proved(PROMISE, "the cgroup of these tests can hand no controller on");
    };
    for mode in support::modes(PROMISE) {
        let place = Place::new(mode);
        let mut terminal = shell(&place, mode);
        give_controllers(&place);
        for _ in 0..2 {
            terminal.type_in("systemctl reboot\r");
            terminal.expect("lab: rebooted");
            terminal.expect("# ");
        }
        terminal.type_in("exit 7\r");
        assert_eq!(terminal.finish().code(), Some(7), "{}", terminal.seen);
        place.assert_clean();
    }
}

#[test]
fn a_lab_that_cannot_boot_again_says_which_step_failed_and_is_no_success() {
    const PROMISE: &str = "a_lab_that_cannot_boot_again_says_which_step_failed_and_is_no_success";
    for mode in support::modes(PROMISE) {
        let place = Place::new(mode);
        let mut terminal = shell(&place, mode);
        // Whoever is root in a lab can break what its next boot needs.
        terminal.type_in("rm -r /.lab/boot; systemctl reboot\r");
        assert_eq!(terminal.finish().code(), Some(125), "{}", terminal.seen);
        let told = "lab: the lab is gone: after a reboot, it could not mount a fresh /proc and /sys: \
                    cannot write the boot id: No such file or directory";
        assert!(terminal.seen.contains(told), "{}", terminal.seen);
        place.assert_clean();
    }
}

/// The scope that the machine's systemd has given to the only lab of this process.
fn scope() -> Option<PathBuf> {
    let children = fs::read_to_string("/proc/thread-self/children").ok()?;
    let monitor = children.split_whitespace().next()?;
    let groups = fs::read_to_string(format!("/proc/{monitor}/cgroup")).ok()?;
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    Some(Path::new("/sys/fs/cgroup").join(group).parent()?.to_owned())
}

#[test]
fn a_lab_has_at_most_half_of_the_memory() {
    const PROMISE: &str = "a_lab_has_at_most_half_of_the_memory";
    if support::modes(PROMISE).is_empty() {
        return;
    }
    let _lab = Lab::boot(&Options::default()).unwrap_or_else(|error| panic!("{error}"));
    let read = |name| scope().and_then(|scope| fs::read_to_string(scope.join(name)).ok());
    let Some(limit) = read("memory.max") else {
        return lab::not_proved(PROMISE, "no systemd here gives a lab the memory controller");
    };
    let about = fs::read_to_string("/proc/meminfo").expect("it can be read");
    let total = about.split_whitespace().nth(1).and_then(|word| word.parse::<u64>().ok());
    let half = total.expect("a number of kB") * 1024 / 2;
    let limit: u64 = limit.trim().parse().expect("a number of bytes");
    assert!(limit <= half + 4096, "{limit} of {half}");
    assert!(read("memory.swap.max").is_none_or(|limit| limit == "0\n"));
}

fn shell(place: &Place, mode: Mode) -> Terminal {
    let mut command = place.lab();
    command.args(["--mode", mode.word(), "shell"]).env("TERM", "dumb");
    let mut terminal = Terminal::start(command, 24, 80);
    terminal.expect("# ");
    terminal
}
