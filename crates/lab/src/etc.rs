//! The lab's `/etc`: written anew for each lab, with only what libc, D-Bus and systemd need.

use std::fs;
use std::io;
use std::os::unix::fs::{chown, symlink};
use std::path::Path;

use crate::Mode;
use crate::error::{At, Refusal, Step};
use crate::mount;
use crate::root::host;

/// The learner's account: its id is the first that ordinary users get.
pub(crate) const LEARNER: u32 = 1000;

const PASSWD: &str = "\
root:x:0:0:root:/root:/bin/bash
messagebus:x:100:102::/nonexistent:/usr/sbin/nologin
dbus:x:81:81::/nonexistent:/usr/sbin/nologin
learner:x:1000:1000:Learner:/home/learner:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
";

const GROUP: &str = "\
root:x:0:
adm:x:4:
tty:x:5:
dbus:x:81:
systemd-journal:x:101:learner
messagebus:x:102:
learner:x:1000:
nogroup:x:65534:
";

/// Users come from the files alone: the host's LDAP and the like are not asked.
const NSSWITCH: &str = "passwd: files systemd\ngroup: files systemd\nshadow: files\nhosts: files\n";

/// The kernel's log and the audit log belong to the host; a lesson's flood of lines is not to be dropped.
const JOURNALD: &str = "[Journal]\nReadKMsg=no\nAudit=no\nRateLimitIntervalSec=0\nSystemMaxUse=64M\nRuntimeMaxUse=16M\n";

/// A learner does not wait a minute and a half for a program that ignores SIGTERM. Why cores have one byte: see `monitor.rs`.
const MANAGER: &str =
    "[Manager]\nDefaultTimeoutStartSec=20s\nDefaultTimeoutStopSec=10s\nDefaultLimitCORE=1\n";

/// There is no login, and so no PAM; this is what it would have set.
const USER_MANAGER: &str = "[Service]\nPAMName=\nEnvironment=XDG_RUNTIME_DIR=/run/user/%i\n";

const BASHRC: &str = "PS1='lab:\\w\\$ '\nalias ls='ls --color=auto'\n";

/// Files of the host that are taken over where they exist: the linker's cache and tables of names.
const FROM_HOST: [&str; 5] = ["ld.so.cache", "login.defs", "services", "protocols", "localtime"];

/// Writes `/etc`, the homes and D-Bus's configuration.
pub(crate) fn write(mode: Mode) -> Result<(), Refusal> {
    files().at(Step::Root, "write /etc")?;
    homes(mode).at(Step::Root, "make the homes")?;
    dbus(mode).at(Step::Root, "write the D-Bus configuration")?;
    if host("/usr/share/dbus-1").is_dir() {
        mount::bind_read_only(Step::Root, Path::new("/.lab/dbus"), Path::new("/usr/share/dbus-1"))?;
    }
    if host("/etc/alternatives").is_dir() {
        fs::create_dir("/etc/alternatives").at(Step::Root, "make /etc/alternatives")?;
        mount::bind_read_only(
            Step::Root,
            &host("/etc/alternatives"),
            Path::new("/etc/alternatives"),
        )?;
    }
    Ok(())
}

fn files() -> io::Result<()> {
    let etc = Path::new("/etc");
    for name in FROM_HOST {
        // Not every distribution has each of them.
        let _ = fs::copy(host("/etc").join(name), etc.join(name));
    }
    symlink("../usr/lib/os-release", etc.join("os-release"))?;
    // Without a machine id, systemd takes this for a first boot and enables every unit by its preset; see machine-id(5).
    let id = fs::read_to_string(host("/proc/sys/kernel/random/uuid"))?.replace('-', "");
    for (name, content) in [
        ("machine-id", id.as_str()),
        ("hostname", "lab\n"),
        ("hosts", "127.0.0.1 localhost lab\n::1 localhost\n"),
        ("passwd", PASSWD),
        ("group", GROUP),
        ("nsswitch.conf", NSSWITCH),
        ("shells", "/bin/sh\n/bin/bash\n"),
        ("systemd/journald.conf.d/lab.conf", JOURNALD),
        ("systemd/system.conf.d/lab.conf", MANAGER),
        ("systemd/user.conf.d/lab.conf", MANAGER),
        ("systemd/system/user@.service.d/lab.conf", USER_MANAGER),
    ] {
        let path = etc.join(name);
        fs::create_dir_all(path.parent().unwrap_or(etc))?;
        fs::write(path, content)?;
    }
    Ok(())
}

fn homes(mode: Mode) -> io::Result<()> {
    fs::create_dir("/home/learner")?;
    for home in ["/root", "/home/learner"] {
        fs::write(Path::new(home).join(".bashrc"), BASHRC)?;
    }
    if mode.has_users() {
        for path in ["/home/learner", "/home/learner/.bashrc"] {
            chown(path, Some(LEARNER), Some(LEARNER))?;
        }
    }
    Ok(())
}

/// D-Bus with systemd and logind on it, and none of the host's services; see dbus-daemon(1).
fn dbus(mode: Mode) -> io::Result<()> {
    let (from, to) = (host("/usr/share/dbus-1"), Path::new("/.lab/dbus"));
    for folder in ["system.d", "system-services", "session.d", "services"] {
        fs::create_dir_all(to.join(folder))?;
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

/// The rules of D-Bus's own system.conf: everybody may ask, only root may own a name, unless a file in system.d allows it.
const DBUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  @USER@
  <fork/>
  <syslog/>
  <auth>EXTERNAL</auth>
  <standard_system_servicedirs/>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Introspectable"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Properties"/>
  </policy>
  <policy user="root">
    <allow own="*"/>
    <allow send_destination="*"/>
  </policy>
  <includedir>system.d</includedir>
</busconfig>
"#;
