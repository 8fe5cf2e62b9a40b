//! The command that mends a failed step, chosen by what this machine's kernel says of itself.

use std::fs;

use crate::error::{Refusal, Step};

/// What to do about `refusal`, as one line with one command, where we know one.
pub(crate) fn cure(refusal: &Refusal) -> Option<String> {
    let text = match refusal.step {
        Step::Sudo => "run `sudo -v` first, so that sudo needs no password for a while".to_owned(),
        Step::Programs => programs(&refusal.cause),
        Step::Cgroup => cgroup(),
        Step::Namespaces | Step::Root => namespaces()?,
        Step::Ids => ids(&refusal.cause)?,
        Step::Proc => return proc(),
        Step::Devices | Step::Boot => return None,
    };
    Some(text)
}

fn programs(cause: &str) -> String {
    let package = if cause.contains("dbus") {
        "dbus"
    } else {
        "systemd"
    };
    format!("install it: `sudo apt-get install {package}` (on Fedora: `sudo dnf install {package}-daemon`)")
        .replace("systemd-daemon", "systemd")
}

fn cgroup() -> String {
    if in_container() {
        return "start the container with `docker run --privileged --cgroupns=private`".to_owned();
    }
    "ask systemd for one: `systemd-run --user --scope -p Delegate=yes COMMAND`".to_owned()
}

/// Why an ordinary user gets no user namespace, or one without rights: each distribution has its own switch.
fn namespaces() -> Option<String> {
    let switches = [
        (
            "/proc/sys/user/max_user_namespaces",
            "0",
            "sudo sysctl -w user.max_user_namespaces=15000",
        ),
        (
            "/proc/sys/kernel/unprivileged_userns_clone",
            "0",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        (
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    ];
    for (file, off, command) in switches {
        if fs::read_to_string(file).is_ok_and(|value| value.trim() == off) {
            return Some(format!(
                "this machine forbids user namespaces ({file} is {off}): `{command}`"
            ));
        }
    }
    in_container().then(privileged)
}

fn ids(cause: &str) -> Option<String> {
    if cause.contains("not installed") {
        return Some("install it: `sudo apt-get install uidmap` (on Fedora: `sudo dnf install shadow-utils`)".to_owned());
    }
    if cause.contains("/etc/sub") {
        return Some("give yourself ids: `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER`".to_owned());
    }
    namespaces()
}

/// The kernel mounts a fresh /proc only for those who see all of the present one ("mount too revealing").
fn proc() -> Option<String> {
    if in_container() {
        return Some(privileged());
    }
    Some("something is mounted over parts of /proc or /sys here; `grep -E ' /(proc|sys)/' /proc/self/mounts` shows what".to_owned())
}

fn privileged() -> String {
    "a plain container hides what a lab needs: start it with `docker run --privileged`".to_owned()
}

fn in_container() -> bool {
    [
        "/.dockerenv",
        "/run/.containerenv",
        "/run/systemd/container",
    ]
    .iter()
    .any(|file| fs::exists(file).unwrap_or(false))
}
