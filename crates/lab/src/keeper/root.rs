//! The lab's root directory: a tmpfs with the host's programs, read-only, and an `/etc` of its own.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::Path;

use nix::mount::MsFlags;
use nix::unistd::{chdir, pivot_root};

use super::host::{HOST, host};
use super::{etc, mount, vendor_units};
use crate::protocol::Plan;
use crate::refusal::{At, Refusal, Step};

/// Enough for a journal and a learner's files; the memory is used only when something is written.
const TMPFS: &str = "mode=755,size=512m,nr_inodes=100k";

/// The directories of the root that nothing else makes.
const DIRECTORIES: &str = "/usr /etc/systemd/system /var/lib /var/log/journal /var/cache \
                           /var/spool /run /proc /sys /dev /home /opt /srv /mnt /media \
                           /.lab/empty /.lab/boot /.lab/outside /.lab/local/bin /.lab/local/lib \
                           /.lab/local/sbin /.lab/local/share";

/// Builds the root and moves into it. Nobody outside of this mount namespace sees any of it.
pub(super) fn build(plan: &Plan) -> Result<(), Refusal> {
    // Nothing travels to the host. What the host unmounts goes here too, or a disk that it has let
    // go of would stay in use as long as the lab.
    mount::propagation(Step::Root, MsFlags::MS_SLAVE)?;
    // /tmp is on every machine. Hidden here under the new root, it comes back below HOST with the
    // old one.
    mount::fresh(Step::Root, "tmpfs", "/tmp", MsFlags::MS_NODEV, TMPFS)?;
    fs::create_dir_all("/tmp/.lab/host").at(Step::Root, "make directories")?;
    chdir("/tmp")
        .and_then(|()| pivot_root(".", ".lab/host"))
        .and_then(|()| chdir("/"))
        .at(Step::Root, "pivot_root to the lab's root")?;
    directories().at(Step::Root, "make directories")?;
    programs()?;
    local()?;
    vendor_units::curate(plan.mode)?;
    etc::write(plan.mode)
}

fn directories() -> io::Result<()> {
    for directory in DIRECTORIES.split_whitespace() {
        fs::create_dir_all(directory)?;
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
    mount::bind_read_only(Step::Root, host("/usr"), "/usr")?;
    beside_usr(Path::new(HOST), Path::new("/"))
}

/// Makes `/bin` and its like in `to` as they are in `from`: links to `/usr`, or directories of
/// their own.
pub(super) fn beside_usr(from: &Path, to: &Path) -> Result<(), Refusal> {
    for name in ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] {
        let (source, target) = (from.join(name), to.join(name));
        if let Ok(link) = fs::read_link(&source) {
            symlink(link, &target).at(Step::Root, format!("link /{name}"))?;
        } else if source.is_dir() {
            fs::create_dir(&target).at(Step::Root, format!("make /{name}"))?;
            mount::bind_read_only(Step::Root, &source, &target)?;
        }
    }
    Ok(())
}

/// An empty `/usr/local` that can be written to, as on a fresh machine: that is where an
/// administrator's own programs go.
fn local() -> Result<(), Refusal> {
    if Path::new("/usr/local").is_dir() {
        mount::bind(Step::Root, "/.lab/local", "/usr/local")?;
    }
    Ok(())
}
