//! The lab's `/etc`: written anew for each lab, with only what libc, D-Bus, PAM and systemd need.
//!
//! The files are those in `crates/lab/etc/`.

use std::fs;
use std::io;
use std::os::unix::fs::{chown, symlink};
use std::path::Path;

use super::host::host;
use super::mount;
use crate::mode::Mode;
use crate::protocol::Account;
use crate::refusal::{At, Refusal, Step};

/// What is the same in each lab: a file's name and its content.
const FILES: [(&str, &str); 15] = [
    ("hostname", "lab\n"),
    ("hosts", "127.0.0.1 localhost lab\n::1 localhost\n"),
    ("shells", "/bin/sh\n/bin/bash\n"),
    ("passwd", include_str!("../../etc/passwd")),
    ("group", include_str!("../../etc/group")),
    ("nsswitch.conf", include_str!("../../etc/nsswitch.conf")),
    ("pam.d/login", PAM),
    ("pam.d/su", PAM),
    ("pam.d/su-l", PAM),
    ("pam.d/other", PAM),
    ("systemd/journald.conf.d/lab.conf", include_str!("../../etc/journald.conf")),
    ("systemd/system.conf.d/lab.conf", MANAGER),
    ("systemd/user.conf.d/lab.conf", MANAGER),
    ("systemd/system/systemd-journald@.service.d/lab.conf", JOURNAL_NAMESPACE),
    ("systemd/system/user@.service.d/lab.conf", include_str!("../../etc/user-manager.conf")),
];

const PAM: &str = include_str!("../../etc/pam.conf");
const MANAGER: &str = include_str!("../../etc/manager.conf");
const JOURNAL_NAMESPACE: &str = include_str!("../../etc/journal-namespace.conf");
const BASHRC: &str = include_str!("../../etc/bashrc");
const DBUS: &str = include_str!("../../etc/dbus-system.conf");

/// Files of the host that are taken over where they exist: the linker's cache, tables of names, and
/// where man(1) finds its pages, which has one of two names.
const FROM_HOST: [&str; 9] = [
    "ld.so.cache",
    "login.defs",
    "services",
    "protocols",
    "localtime",
    "manpath.config",
    "man_db.conf",
    "groff/man.local",
    "groff/mdoc.local",
];

/// Writes `/etc`, the homes and D-Bus's configuration.
pub(super) fn write(mode: Mode) -> Result<(), Refusal> {
    files().at(Step::Root, "write /etc")?;
    homes(mode).at(Step::Root, "make the homes")?;
    dbus(mode).at(Step::Root, "write the D-Bus configuration")?;
    if host("/usr/share/dbus-1").is_dir() {
        mount::bind_read_only(Step::Root, "/.lab/dbus", "/usr/share/dbus-1")?;
    }
    let alternatives = Path::new("/etc/alternatives");
    if host(alternatives).is_dir() {
        fs::create_dir(alternatives).at(Step::Root, "make /etc/alternatives")?;
        mount::bind_read_only(Step::Root, host(alternatives), alternatives)?;
    }
    Ok(())
}

fn files() -> io::Result<()> {
    let etc = Path::new("/etc");
    for name in FROM_HOST {
        let (from, to) = (host("/etc").join(name), etc.join(name));
        // Not every distribution has each of them.
        if from.is_file() {
            fs::create_dir_all(to.parent().unwrap_or(etc))?;
            fs::copy(from, to)?;
        }
    }
    symlink("../usr/lib/os-release", etc.join("os-release"))?;
    for (name, content) in FILES {
        let path = etc.join(name);
        fs::create_dir_all(path.parent().unwrap_or(etc))?;
        fs::write(path, content)?;
    }
    // Without a machine id, systemd takes this for a first boot and enables every unit by its
    // preset; see machine-id(5).
    let id = fs::read_to_string(host("/proc/sys/kernel/random/uuid"))?.replace('-', "");
    fs::write("/etc/machine-id", id)
}

fn homes(mode: Mode) -> io::Result<()> {
    fs::create_dir("/home/learner")?;
    for home in ["/root", "/home/learner"] {
        fs::write(Path::new(home).join(".bashrc"), BASHRC)?;
    }
    if mode.has_users() {
        for path in ["/home/learner", "/home/learner/.bashrc"] {
            chown(path, Some(Account::LEARNER_ID), Some(Account::LEARNER_ID))?;
        }
    }
    Ok(())
}

/// D-Bus with systemd and logind on it, and none of the host's services; see dbus-daemon(1).
fn dbus(mode: Mode) -> io::Result<()> {
    let (from, to) = (host("/usr/share/dbus-1"), Path::new("/.lab/dbus"));
    for name in ["system.d", "system-services", "session.d", "services"] {
        fs::create_dir_all(to.join(name))?;
    }
    for name in ["systemd1", "login1"] {
        for file in [
            format!("system.d/org.freedesktop.{name}.conf"),
            format!("system-services/org.freedesktop.{name}.service"),
        ] {
            let _ = fs::copy(from.join(&file), to.join(&file));
        }
    }
    let _ = fs::copy(from.join("session.conf"), to.join("session.conf"));
    // A lab with one id has no second user whom the bus could become.
    let user = if mode.has_users() { "<user>messagebus</user>" } else { "" };
    fs::write(to.join("system.conf"), DBUS.replace("@USER@", user))
}
