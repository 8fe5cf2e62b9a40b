//! The vendor's units that a lab has: copies of the host's own files, and only those that a minimal boot needs.
//!
//! Nothing that the host's administrator installed is started, and every unit fits the systemd that runs, because it came with it.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::Mode;
use crate::error::{At, Refusal, Step};
use crate::mount;
use crate::root::host;

const SYSTEM: &str = "/usr/lib/systemd/system";
const USER: &str = "/usr/lib/systemd/user";

/// Units taken over besides all targets and slices.
const SYSTEM_UNITS: [&str; 22] = [
    "dbus.service",
    "dbus.socket",
    "dbus-broker.service",
    "dbus-daemon.service",
    "dbus-org.freedesktop.login1.service",
    "systemd-exit.service",
    "systemd-journal-flush.service",
    "systemd-journald.service",
    "systemd-journald.socket",
    "systemd-journald-dev-log.socket",
    "systemd-journald@.service",
    "systemd-journald@.socket",
    "systemd-logind.service",
    "systemd-poweroff.service",
    "systemd-reboot.service",
    "systemd-soft-reboot.service",
    "systemd-tmpfiles-clean.service",
    "systemd-tmpfiles-clean.timer",
    "systemd-tmpfiles-setup.service",
    "systemd-user-sessions.service",
    "user-runtime-dir@.service",
    "user@.service",
];

/// A lab has no swap, and this target is ordered before every tmpfs. With systemd 257 and 262, one shutdown in twenty never
/// ended: all was unmounted, and the stop job of this target still waited.
const NO_SWAP: &str = "swap.target";

const USER_UNITS: [&str; 5] = [
    "dbus.service",
    "dbus.socket",
    "dbus-broker.service",
    "dbus-daemon.service",
    "systemd-exit.service",
];

/// What the boot pulls in, as links in `.wants/`; see systemd.unit(5).
const SYSTEM_WANTS: [(&str, &str); 5] = [
    ("sockets.target", "dbus.socket"),
    ("sockets.target", "systemd-journald.socket"),
    ("sockets.target", "systemd-journald-dev-log.socket"),
    ("sysinit.target", "systemd-journald.service"),
    ("multi-user.target", "dbus.service"),
];

/// Programs of the host that would make units up or change the environment; see systemd.generator(7).
const GENERATORS: [&str; 4] = [
    "/usr/lib/systemd/system-generators",
    "/usr/lib/systemd/system-environment-generators",
    "/usr/lib/systemd/user-generators",
    "/usr/lib/systemd/user-environment-generators",
];

const DBUS_AS_ROOT: &str = "[Service]\nUser=\nGroup=\nAmbientCapabilities=\n";

/// Covers the vendor's unit folders with the chosen few.
pub(crate) fn curate(mode: Mode) -> Result<(), Refusal> {
    let system = || -> io::Result<()> {
        take_over(SYSTEM, "/.lab/system", &SYSTEM_UNITS)?;
        want("/.lab/system", &SYSTEM_WANTS)?;
        // The host's kernel log and audit are no business of a lab's.
        symlink("/dev/null", "/.lab/system/systemd-journald-audit.socket")?;
        // Most hosts boot to graphical.target, which a lab has no use for.
        let _ = fs::remove_file("/.lab/system/default.target");
        symlink("multi-user.target", "/.lab/system/default.target")?;
        if mode.has_users() {
            return Ok(());
        }
        // Some distributions give D-Bus a user of its own in its unit; here there is none.
        fs::create_dir("/.lab/system/dbus.service.d")?;
        fs::write("/.lab/system/dbus.service.d/lab.conf", DBUS_AS_ROOT)
    };
    system().at(Step::Root, "copy the system's units")?;
    let user = || -> io::Result<()> {
        take_over(USER, "/.lab/user", &USER_UNITS)?;
        want("/.lab/user", &[("sockets.target", "dbus.socket")])
    };
    user().at(Step::Root, "copy the units for users")?;
    for (folder, copy) in [(SYSTEM, "/.lab/system"), (USER, "/.lab/user")] {
        mount::bind_read_only(Step::Root, Path::new(copy), Path::new(folder))?;
    }
    for folder in GENERATORS.into_iter().filter(|folder| Path::new(folder).is_dir()) {
        mount::bind_read_only(Step::Root, Path::new("/.lab/empty"), Path::new(folder))?;
    }
    Ok(())
}

fn take_over(from: &str, to: &str, chosen: &[&str]) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(host(from))? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(unit) = name.to_str() else { continue };
        if unit == NO_SWAP
            || !(unit.ends_with(".target") || unit.ends_with(".slice") || chosen.contains(&unit))
        {
            continue;
        }
        let target = Path::new(to).join(unit);
        // An alias stays one, and so does a mask.
        match fs::read_link(entry.path()) {
            Ok(link) => symlink(link, target)?,
            Err(_) if entry.file_type()?.is_file() => drop(fs::copy(entry.path(), target)?),
            Err(_) => {}
        }
    }
    Ok(())
}

fn want(folder: &str, wants: &[(&str, &str)]) -> io::Result<()> {
    for (target, unit) in wants {
        let wants = Path::new(folder).join(format!("{target}.wants"));
        fs::create_dir_all(&wants)?;
        symlink(format!("../{unit}"), wants.join(unit))?;
    }
    Ok(())
}
