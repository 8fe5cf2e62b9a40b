//! The lab's root folder: a tmpfs with the host's programs, read-only, and an `/etc` of its own.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::mount::MsFlags;
use nix::unistd::{chdir, pivot_root};

use crate::error::{At, Refusal, Step};
use crate::protocol::Plan;
use crate::{etc, mount, units};

/// Where the host's root is while a lab is built. Gone when systemd starts.
pub(crate) const HOST: &str = "/.lab/host";

/// Enough for a journal and a learner's files; the memory is used only when something is written.
const TMPFS: &str = "mode=755,size=512m,nr_inodes=100k";

/// The folders of the root that nothing else makes.
const FOLDERS: [&str; 17] = [
    "/usr",
    "/etc/systemd/system",
    "/var/lib",
    "/var/log/journal",
    "/var/cache",
    "/var/spool",
    "/run",
    "/proc",
    "/sys",
    "/dev",
    "/home",
    "/opt",
    "/srv",
    "/mnt",
    "/media",
    "/.lab/empty",
    "/.lab/boot",
];

/// The path of something of the host while the lab is built.
pub(crate) fn host(path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    Path::new(HOST).join(path.strip_prefix("/").unwrap_or(path))
}

/// Builds the root and moves into it. Nobody outside of this mount namespace sees any of it.
pub(crate) fn build(plan: &Plan) -> Result<(), Refusal> {
    mount::propagation(Step::Root, MsFlags::MS_PRIVATE)?;
    // /tmp is on every machine. Hidden here under the new root, it comes back below HOST with the old one.
    mount::fresh(Step::Root, "tmpfs", "/tmp", MsFlags::MS_NODEV, TMPFS)?;
    fs::create_dir_all("/tmp/.lab/host").at(Step::Root, "make folders")?;
    chdir("/tmp")
        .and_then(|()| pivot_root(".", ".lab/host"))
        .and_then(|()| chdir("/"))
        .at(Step::Root, "pivot_root to the lab's root")?;
    folders().at(Step::Root, "make folders")?;
    programs()?;
    local()?;
    units::curate(plan.mode)?;
    etc::write(plan.mode)
}

fn folders() -> io::Result<()> {
    for folder in FOLDERS {
        fs::create_dir_all(folder)?;
    }
    for shared in ["/tmp", "/var/tmp"] {
        fs::create_dir(shared)?;
        fs::set_permissions(shared, Permissions::from_mode(0o1777))?;
    }
    DirBuilder::new().mode(0o700).create("/root")?;
    symlink("../run", "/var/run")
}

/// Shows the host's `/usr`, and `/bin` and its like as the host has them.
fn programs() -> Result<(), Refusal> {
    mount::bind_read_only(Step::Root, &host("/usr"), Path::new("/usr"))?;
    for name in ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] {
        let source = host(name);
        if let Ok(target) = fs::read_link(&source) {
            symlink(target, name).at(Step::Root, format!("link {name}"))?;
        } else if source.is_dir() {
            fs::create_dir(name).at(Step::Root, format!("make {name}"))?;
            mount::bind_read_only(Step::Root, &source, Path::new(name))?;
        }
    }
    Ok(())
}

/// An empty `/usr/local` that can be written to, as on a fresh machine: that is where an administrator's own programs go.
fn local() -> Result<(), Refusal> {
    if Path::new("/usr/local").is_dir() {
        for folder in ["bin", "lib", "sbin", "share"] {
            fs::create_dir_all(Path::new("/.lab/local").join(folder))
                .at(Step::Root, "make /usr/local")?;
        }
        mount::bind(Step::Root, Path::new("/.lab/local"), Path::new("/usr/local"))?;
    }
    Ok(())
}

/// The path of systemd, which is no command of its own.
pub(crate) fn systemd() -> io::Result<&'static str> {
    const PLACES: [&str; 2] = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"];
    PLACES.into_iter().find(|place| fs::exists(place).unwrap_or(false)).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            format!("systemd is not installed ({} is missing)", PLACES[0]),
        )
    })
}

/// Fails if the host lacks a program that every lab needs.
pub(crate) fn check_programs() -> Result<(), Refusal> {
    let programs = || -> io::Result<()> {
        systemd()?;
        let buses = ["/usr/bin/dbus-daemon", "/usr/bin/dbus-broker-launch"];
        if !buses.iter().any(|bus| fs::metadata(bus).is_ok_and(|file| file.is_file())) {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("dbus-daemon is not installed ({} is missing)", buses[0]),
            ));
        }
        Ok(())
    };
    programs().at(Step::Programs, "boot a lab")
}
