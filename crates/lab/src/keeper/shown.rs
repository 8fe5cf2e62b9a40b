//! The directories of the host that a lab shows, laid out before its user namespace is entered.
//!
//! What is to be read-only must stay so whatever the lab's root mounts, and in
//! [`Mode::Root`](crate::Mode::Root), where that root is nobody on the host, a directory may lie
//! below one that is closed to it. So all are mounted in a place of their own, and the kernel keeps
//! them as they are.

use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::mount::MsFlags;
use rustix::fs::CWD;
use rustix::mount::{MoveMountFlags, OpenTreeFlags, move_mount, open_tree};

use super::host::host;
use super::mount;
use crate::options::{Access, Bind};
use crate::refusal::{At, Refusal, Step};

/// Where they are mounted. The lab's new root covers this directory; while the lab is built, it is
/// found below the host's old root.
const PLACE: &str = "/tmp";

/// What each lab shows.
const IN_EVERY_LAB: [&str; 8] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/alternatives"];

/// Mounts all of `binds`; `ids` is the user namespace whose ids stand for the same ids on the disk.
pub(super) fn stage(binds: &[Bind], ids: Option<&OwnedFd>) -> Result<(), Refusal> {
    mount::propagation(Step::Root, MsFlags::MS_SLAVE)?;
    for directory in IN_EVERY_LAB.map(Path::new) {
        if fs::symlink_metadata(directory).is_ok_and(|found| found.is_dir()) {
            mount::bind_read_only(Step::Root, directory, directory)?;
        }
    }
    if binds.is_empty() {
        return Ok(());
    }
    // Opened first: one of them may be covered by the place.
    let trees: Vec<OwnedFd> =
        binds.iter().map(|bind| open(bind, ids)).collect::<Result<_, Refusal>>()?;
    mount::fresh(Step::Root, "tmpfs", PLACE, mount::PLAIN, "mode=755,size=1m")?;
    for (number, tree) in trees.iter().enumerate() {
        let target = staged(number);
        let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
        fs::create_dir(&target)
            .and_then(|()| Ok(move_mount(tree, "", CWD, &target, flags)?))
            .at(Step::Root, format!("mount {}", binds[number].path.display()))?;
    }
    Ok(())
}

/// Where bind number `number` is while a lab is built.
pub(super) fn source(number: usize) -> PathBuf {
    host(staged(number))
}

fn staged(number: usize) -> PathBuf {
    PathBuf::from(PLACE).join(number.to_string())
}

/// A copy of the mounts at a directory, which is not mounted anywhere yet.
fn open(bind: &Bind, ids: Option<&OwnedFd>) -> Result<OwnedFd, Refusal> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_RECURSIVE;
    let path = bind.path.display();
    let tree =
        open_tree(CWD, &bind.path, flags).at(Step::Root, format!("open the mounts at {path}"))?;
    // No program or device there has rights of its own in a lab.
    let plain = libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV;
    let attributes = match bind.access {
        Access::ReadOnly => plain | libc::MOUNT_ATTR_RDONLY,
        Access::ReadWrite => plain,
    };
    mount::set(tree.as_fd(), attributes, None)
        .at(Step::Root, format!("set the mounts at {path}"))?;
    let Some(ids) = ids else { return Ok(tree) };
    match mount::set(tree.as_fd(), libc::MOUNT_ATTR_IDMAP, Some(ids)) {
        // Not every file system can map ids. Then the lab may look as anybody may.
        Err(_) if bind.access == Access::ReadOnly && is_open_to_all(bind) => {}
        shifted => shifted.at(Step::Root, format!("map the ids of the files in {path}"))?,
    }
    Ok(tree)
}

fn is_open_to_all(bind: &Bind) -> bool {
    fs::metadata(&bind.path).is_ok_and(|found| found.permissions().mode() & 0o5 == 0o5)
}
