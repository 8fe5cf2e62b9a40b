//! The vendor's units that a lab has: copies of the host's own files, and only those that a minimal
//! boot needs.
//!
//! Nothing that the host's administrator installed is started, and every unit fits the systemd that
//! runs, because it came with it.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::host::host;
use super::mount;
use crate::mode::Mode;
use crate::refusal::{At, Refusal, Step};

const SYSTEM: &str = "/usr/lib/systemd/system";
const USER: &str = "/usr/lib/systemd/user";

/// System units taken over besides all targets and slices.
const SYSTEM_UNITS: &str = include_str!("../../etc/system-units");

/// A lab has no swap, and this target is ordered before every tmpfs. With systemd 257 and 262, one
/// shutdown in twenty never ended: all was unmounted, and the stop job of this target still waited.
const NO_SWAP: &str = "swap.target";

/// The same for users.
const USER_UNITS: &str =
    "dbus.service dbus.socket dbus-broker.service dbus-daemon.service systemd-exit.service";

/// What the boot pulls in, as links in `.wants/`; see systemd.unit(5).
const SYSTEM_WANTS: [(&str, &str); 5] = [
    ("sockets.target", "dbus.socket"),
    ("sockets.target", "systemd-journald.socket"),
    ("sockets.target", "systemd-journald-dev-log.socket"),
    ("sysinit.target", "systemd-journald.service"),
    ("multi-user.target", "dbus.service"),
];

/// Programs of the host that would make units up or change the environment; see
/// systemd.generator(7).
const GENERATORS: [&str; 4] = [
    "/usr/lib/systemd/system-generators",
    "/usr/lib/systemd/system-environment-generators",
    "/usr/lib/systemd/user-generators",
    "/usr/lib/systemd/user-environment-generators",
];

const DBUS_AS_ROOT: &str = "[Service]\nUser=\nGroup=\nAmbientCapabilities=\n";

/// Covers the vendor's unit directories with the chosen few.
pub(super) fn curate(mode: Mode) -> Result<(), Refusal> {
    system(mode).at(Step::Root, "copy the system's units")?;
    take_over(USER, "/.lab/user", USER_UNITS, &[("sockets.target", "dbus.socket")])
        .at(Step::Root, "copy the units for users")?;
    for (directory, copy) in [(SYSTEM, "/.lab/system"), (USER, "/.lab/user")] {
        mount::bind_read_only(Step::Root, Path::new(copy), Path::new(directory))?;
    }
    for directory in GENERATORS.into_iter().filter(|directory| Path::new(directory).is_dir()) {
        mount::bind_read_only(Step::Root, Path::new("/.lab/empty"), Path::new(directory))?;
    }
    Ok(())
}

fn system(mode: Mode) -> io::Result<()> {
    take_over(SYSTEM, "/.lab/system", SYSTEM_UNITS, &SYSTEM_WANTS)?;
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
}

/// Copies the targets, the slices and the `chosen` units, and has targets want some of them.
fn take_over(from: &str, to: &str, chosen: &str, wants: &[(&str, &str)]) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(host(from))? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(unit) = name.to_str() else { continue };
        if unit == NO_SWAP
            || !(unit.ends_with(".target")
                || unit.ends_with(".slice")
                || chosen.split_whitespace().any(|name| name == unit))
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
    for (target, unit) in wants {
        let wants = Path::new(to).join(format!("{target}.wants"));
        fs::create_dir_all(&wants)?;
        symlink(format!("../{unit}"), wants.join(unit))?;
    }
    Ok(())
}
