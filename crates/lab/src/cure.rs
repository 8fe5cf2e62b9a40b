//! The command that mends a failed step, chosen by what this machine's kernel says of itself.

use std::fs;

use crate::error::{Refusal, Step};

/// What to do about `refusal`, as one line with one command, where we know one.
pub(crate) fn cure(refusal: &Refusal) -> Option<String> {
    let said = |file: &str| fs::read_to_string(file).ok();
    let text = match refusal.step {
        Step::Sudo if refusal.cause.contains("No such file") => {
            "install it, as root: `apt-get install sudo` (on Fedora: `dnf install sudo`)".to_owned()
        }
        Step::Sudo => "run `sudo -v` first, so that sudo needs no password for a while".to_owned(),
        Step::Programs => programs(&refusal.cause),
        Step::Cgroup => cgroup(&refusal.cause),
        Step::Namespaces | Step::Root => namespaces(&said)?,
        Step::Ids => ids(&refusal.cause, &said)?,
        Step::Proc => return proc(),
        Step::Devices | Step::Boot => return None,
    };
    Some(text)
}

fn programs(cause: &str) -> String {
    let package = if cause.contains("dbus") { "dbus" } else { "systemd" };
    format!("install it: `sudo apt-get install {package}` (on Fedora: `sudo dnf install {package}-daemon`)")
        .replace("systemd-daemon", "systemd")
}

fn cgroup(cause: &str) -> String {
    if in_container() {
        return "start the container with `docker run --privileged --cgroupns=private`".to_owned();
    }
    if cause.contains("Read-only") {
        return "make it writable: `sudo mount -o remount,rw /sys/fs/cgroup`".to_owned();
    }
    if cause.contains("mounted") || cause.contains("no cgroup v2") {
        return "mount it: `sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup`".to_owned();
    }
    if fs::exists("/run/systemd/system").unwrap_or(false) {
        return "name your user's systemd, which can give one: `export XDG_RUNTIME_DIR=/run/user/$(id -u)`".to_owned();
    }
    "this machine's systemd is not running, but root can make one: let sudo be used with `sudo -v`, and try again".to_owned()
}

/// Why an ordinary user gets no user namespace, or one without rights: each distribution has its own switch.
fn namespaces(said: &impl Fn(&str) -> Option<String>) -> Option<String> {
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
        if said(file).is_some_and(|value| value.trim() == off) {
            return Some(format!(
                "this machine forbids user namespaces ({file} is {off}): `{command}`"
            ));
        }
    }
    in_container().then(privileged)
}

fn ids(cause: &str, said: &impl Fn(&str) -> Option<String>) -> Option<String> {
    if cause.contains("not installed") {
        return Some("install it: `sudo apt-get install uidmap` (on Fedora: `sudo dnf install shadow-utils`)".to_owned());
    }
    if cause.contains("/etc/sub") {
        return Some("give yourself ids: `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER`".to_owned());
    }
    namespaces(said)
}

/// The kernel mounts a fresh /proc only for those who see all of the present one ("mount too revealing").
fn proc() -> Option<String> {
    if in_container() {
        return Some(privileged());
    }
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    // These lie on folders that are empty below, and hide nothing.
    let harmless = ["autofs", "binfmt_misc"];
    let hidden = mounts.lines().find_map(|line| {
        let mut fields = line.split(' ');
        let (_source, target, kind) = (fields.next()?, fields.next()?, fields.next()?);
        (target.starts_with("/proc/") && !harmless.contains(&kind)).then_some(target)
    });
    hidden.map(|target| format!("a part of /proc is hidden here: `sudo umount {target}`"))
}

fn privileged() -> String {
    "a plain container hides what a lab needs: start it with `docker run --privileged`".to_owned()
}

fn in_container() -> bool {
    ["/.dockerenv", "/run/.containerenv", "/run/systemd/container"]
        .iter()
        .any(|file| fs::exists(file).unwrap_or(false))
}

#[cfg(test)]
mod tests;
