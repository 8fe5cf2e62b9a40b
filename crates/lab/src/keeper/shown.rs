//! The directories of the host that a lab shows, where root makes the lab.
//!
//! They may lie below directories that are closed to the lab's root, who is nobody on the host, and
//! what is to be read-only must stay so whatever that root mounts. So the host's root mounts them in
//! a place of their own before it enters the lab's user namespace: from there on the kernel keeps
//! them as they are.

use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use nix::mount::MsFlags;
use rustix::fs::CWD;
use rustix::mount::{MoveMountFlags, OpenTreeFlags, move_mount, open_tree};

use super::host::host;
use super::mount;
use crate::mode::Mode;
use crate::options::{Access, Bind};
use crate::protocol::Plan;
use crate::refusal::{At, Refusal, Step};

/// Covered by the new root, and seen again below the host's old one.
const PLACE: &str = "/tmp";

/// Mounts all of `binds`; `ids` is the user namespace whose ids stand for the same ids on the disk.
pub(super) fn stage(binds: &[Bind], ids: Option<&OwnedFd>) -> Result<(), Refusal> {
    mount::propagation(Step::Root, MsFlags::MS_SLAVE)?;
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

/// Where bind number `number` of `plan` is while a lab is built.
pub(super) fn source(plan: &Plan, number: usize) -> PathBuf {
    match plan.mode {
        Mode::Root | Mode::Sudo => host(staged(number)),
        Mode::Subuid | Mode::Single | Mode::HostRoot => host(&plan.binds[number].path),
    }
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
    let attributes = match bind.access {
        Access::ReadOnly => libc::MOUNT_ATTR_RDONLY,
        Access::ReadWrite => 0,
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
