//! The command that mends a failed step, chosen by what this machine says of itself. It can be
//! typed as it is printed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::{Group, Uid, User, getgroups, getppid};

use crate::cgroup;
use crate::refusal::{Obstacle, Refusal, Step};

impl Refusal {
    /// What to do about it, as one line with one command between backticks, where we know one.
    pub fn cure(&self) -> Option<String> {
        Some(match self.obstacle {
            Obstacle::NoSystemd => install("systemd", "systemd"),
            Obstacle::NoDbus => install("dbus", "dbus-daemon"),
            Obstacle::NoNewuidmap => install("uidmap", "shadow-utils"),
            Obstacle::NoSudo => install("sudo", "sudo"),
            Obstacle::SudoWantsPassword => {
                "let sudo need no password for a while: `sudo -v`".to_owned()
            }
            Obstacle::SudoHasNoTerminal => {
                "sudo has no terminal to ask for the password: run this on one (over ssh: `ssh -t`)"
                    .to_owned()
            }
            Obstacle::NoSubordinateIds => subordinate_ids(),
            Obstacle::NoCgroup2 if in_container() => privileged(),
            Obstacle::NoCgroup2 => mount_cgroup2(),
            Obstacle::NoUserManager => user_manager(),
            Obstacle::NoUserBus => user_bus(),
            Obstacle::Other => return self.cure_of_step(),
        })
    }

    fn cure_of_step(&self) -> Option<String> {
        match self.step {
            Step::Cgroup => cgroup(self.errno),
            Step::Namespaces | Step::Root | Step::Ids => {
                namespaces(&|file| fs::read_to_string(file).ok())
            }
            Step::Proc => proc(),
            Step::Sudo | Step::Programs | Step::Devices | Step::Boot => None,
        }
    }
}

/// `command`, which root must run, as this user would type it.
fn as_root(command: &str) -> String {
    if Uid::effective().is_root() {
        format!("`{command}`")
    } else if may_use_sudo() {
        format!("`sudo {command}`")
    } else {
        format!("as root, `{command}`")
    }
}

/// Whether this user is in one of the groups that distributions let use sudo(8).
fn may_use_sudo() -> bool {
    let groups = getgroups().unwrap_or_default();
    groups
        .into_iter()
        .filter_map(|gid| Group::from_gid(gid).ok().flatten())
        .any(|group| ["sudo", "wheel", "admin"].contains(&group.name.as_str()))
}

fn user_name() -> String {
    let uid = Uid::effective();
    User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name)
}

/// Installs a package, by the names that Debian and Fedora have for it.
fn install(debian: &str, fedora: &str) -> String {
    let command = match fs::exists("/usr/bin/dnf") {
        Ok(true) => format!("dnf install -y {fedora}"),
        _ => format!("apt-get install -y {debian}"),
    };
    // Without sudo, sudo cannot be installed with it.
    let typed = if debian == "sudo" { format!("as root, `{command}`") } else { as_root(&command) };
    format!("install it: {typed}")
}

/// A range above all that others have.
fn subordinate_ids() -> String {
    let texts = ["/etc/subuid", "/etc/subgid"].map(fs::read_to_string);
    let texts = texts.into_iter().flatten().collect::<String>();
    let end = |line: &str| -> Option<u32> {
        let mut fields = line.split(':').skip(1);
        fields.next()?.parse::<u32>().ok()?.checked_add(fields.next()?.trim().parse().ok()?)
    };
    let first = texts.lines().filter_map(end).max().unwrap_or(0).max(100_000);
    let range = format!("{first}-{}", u64::from(first) + 65_535);
    let command = format!("usermod --add-subuids {range} --add-subgids {range} {}", user_name());
    format!("give yourself ids: {}", as_root(&command))
}

fn user_manager() -> String {
    let (user, uid) = (user_name(), Uid::effective());
    let commands = format!("loginctl enable-linger {user} && systemctl start user@{uid}.service");
    let typed = as_root(&format!("sh -c '{commands}'"));
    format!("start your systemd, now and at each boot: {typed}")
}

fn user_bus() -> String {
    let start = format!(
        "XDG_RUNTIME_DIR=/run/user/{} systemctl --user start dbus.socket",
        Uid::effective()
    );
    let (debian, sudo) = ("apt-get install -y dbus-user-session", may_use_sudo());
    match (fs::exists("/usr/lib/systemd/user/dbus.socket"), sudo) {
        (Ok(true), _) => format!("start your bus: `{start}`"),
        (_, true) => format!("install it, and start your bus: `sudo {debian} && {start}`"),
        (_, false) => format!("install it, as root, `{debian}`, and start your bus: `{start}`"),
    }
}

/// Why this process may make no cgroup, and no systemd does it instead.
fn cgroup(errno: Option<i32>) -> Option<String> {
    let mount = cgroup::mount_point()?;
    if errno == Some(libc::EROFS) {
        if in_container() {
            return Some(privileged());
        }
        let remount = as_root(&format!("mount -o remount,rw {mount}"));
        return Some(format!("let it be written to: {remount}"));
    }
    // Gives the shell that this was typed in a cgroup of its own.
    let (uid, shell) = (Uid::effective(), getppid());
    let make = format!(
        "sh -c 'mkdir -p {mount}/lab-{uid} && cd {mount}/lab-{uid} && chown {uid} . cgroup.procs \
         cgroup.subtree_control cgroup.threads && echo {shell} > cgroup.procs'"
    );
    Some(format!("give this shell a cgroup of its own: {}", as_root(&make)))
}

fn mount_cgroup2() -> String {
    // Where /sys/fs/cgroup has the hierarchies of version 1, they must stay.
    let target = match fs::read_dir("/sys/fs/cgroup").map(|entries| entries.count()) {
        Ok(1..) => "/sys/fs/cgroup/unified",
        _ => "/sys/fs/cgroup",
    };
    let command = format!("mount -o X-mount.mkdir -t cgroup2 cgroup2 {target}");
    format!("mount it: {}", as_root(&command))
}

/// Why an ordinary user gets no user namespace, or one without rights: each distribution has its
/// own switch.
fn namespaces(said: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let switches = [
        ("user.max_user_namespaces", "0", "15000"),
        ("kernel.unprivileged_userns_clone", "0", "1"),
        ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
    ];
    for (name, off, on) in switches {
        let file = format!("/proc/sys/{}", name.replace('.', "/"));
        if said(&file).is_some_and(|value| value.trim() == off) {
            let command = as_root(&format!("sysctl -w {name}={on}"));
            return Some(format!(
                "this machine forbids user namespaces ({file} is {off}): {command}"
            ));
        }
    }
    in_container().then(privileged)
}

/// The kernel mounts a fresh /proc only for those who see all of the present one ("mount too
/// revealing").
fn proc() -> Option<String> {
    if in_container() {
        return Some(privileged());
    }
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    // These lie on directories that are empty below, and hide nothing.
    let harmless = ["autofs", "binfmt_misc"];
    let hidden = mounts.lines().find_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (target, kind) = (fields.next()?, fields.next()?);
        (target.starts_with("/proc/") && !harmless.contains(&kind)).then_some(target)
    });
    hidden.map(|target| {
        format!("a part of /proc is hidden here: {}", as_root(&format!("umount {target}")))
    })
}

/// What mends a program at `path` that may not run, if it is on a file system from which nothing
/// may.
pub(crate) fn noexec(path: &Path) -> Option<String> {
    let flags = statvfs(path).ok()?.flags();
    if !flags.contains(FsFlags::ST_NOEXEC) {
        return None;
    }
    let path = path.canonicalize().ok()?;
    let device = fs::metadata(&path).ok()?.dev();
    let same = |above: &&Path| fs::metadata(above).is_ok_and(|found| found.dev() == device);
    let mount = path.ancestors().take_while(same).last()?;
    let command = as_root(&format!("mount -o remount,exec {}", mount.display()));
    Some(format!("{} is mounted noexec: {command}", mount.display()))
}

fn privileged() -> String {
    let is_podman = fs::exists("/run/.containerenv").unwrap_or(false);
    let engine = if is_podman { "podman" } else { "docker" };
    format!("a plain container hides what a lab needs: start it with `{engine} run --privileged`")
}

fn in_container() -> bool {
    let marks = ["/.dockerenv", "/run/.containerenv", "/run/systemd/container"];
    marks.iter().any(|mark| fs::exists(mark).unwrap_or(false))
}

#[cfg(test)]
mod tests;
