//! The root for commands outside of the lab: the lab's files, in a mount namespace that nothing in
//! the lab can change.
//!
//! The lab's root can move each directory of its own root aside and put another one there, which
//! would be seen in every namespace that shares this root. So commands outside have a root of their
//! own, which holds on to what is shown in it.

use std::fs::{self, File};
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::path::Path;

use nix::mount::{MntFlags, MsFlags, umount2};
use nix::sched::{CloneFlags, setns, unshare};
use nix::unistd::{chdir, pivot_root};

use super::mount::{fresh, show};
use super::root::beside_usr;
use crate::options::Access;
use crate::protocol::Plan;
use crate::refusal::{At, Refusal, Step};

const ROOT: &str = "/.lab/outside";

/// What is shown of the lab at the same place.
const SHOWN: &str = "dev home/learner media mnt opt root run srv sys tmp var";
/// What is shown in `/lab`: `/proc` is made anew for each command, and `/etc` are copies.
const SHOWN_IN_LAB: &str = "etc proc";

/// Builds it before the lab's systemd starts, and returns its mount namespace. This process stays
/// in the lab's.
pub(super) fn build(plan: &Plan) -> Result<OwnedFd, Refusal> {
    let own = mount_namespace()?;
    unshare(CloneFlags::CLONE_NEWNS).at(Step::Root, "copy the mount namespace")?;
    let outside = mount_namespace()?;
    fresh(Step::Root, "tmpfs", ROOT, MsFlags::MS_NODEV, "mode=755,size=8m")?;
    let (lab, root) = (Path::new("/"), Path::new(ROOT));
    for (names, below) in [(SHOWN, root), (SHOWN_IN_LAB, &root.join("lab"))] {
        for name in names.split_whitespace() {
            show(&lab.join(name), &below.join(name), Access::ReadWrite)?;
        }
    }
    etc(&root.join("etc"))?;
    show(Path::new("/usr"), &root.join("usr"), Access::ReadOnly)?;
    beside_usr(lab, root)?;
    for wanted in &plan.binds {
        let target = root.join(wanted.path.strip_prefix("/").unwrap_or(&wanted.path));
        show(&wanted.path, &target, wanted.access)?;
    }
    fs::create_dir(root.join("proc")).at(Step::Root, "make /proc")?;
    // The old root comes to lie over the new one, and is let go of there; see pivot_root(2).
    chdir(root)
        .and_then(|()| pivot_root(".", "."))
        .and_then(|()| umount2(".", MntFlags::MNT_DETACH))
        .at(Step::Root, "pivot_root for commands outside")?;
    setns(own, CloneFlags::CLONE_NEWNS).at(Step::Root, "return to the lab's mounts")?;
    Ok(outside)
}

/// An `/etc` with the lab's directories, and copies of its files as they are now. In the lab's own
/// `/etc`, its root could write what the dynamic linker loads into every program: `ld.so.preload`
/// and `ld.so.cache`, see ld.so(8).
fn etc(etc: &Path) -> Result<(), Refusal> {
    let at = || format!("make {}", etc.display());
    fs::create_dir_all(etc).at(Step::Root, at())?;
    for entry in fs::read_dir("/etc").at(Step::Root, "list /etc")? {
        let entry = entry.at(Step::Root, "list /etc")?;
        let (source, target) = (entry.path(), etc.join(entry.file_name()));
        let kind = entry.file_type().at(Step::Root, at())?;
        if kind.is_dir() {
            show(&source, &target, Access::ReadWrite)?;
        } else if kind.is_symlink() {
            let link = fs::read_link(&source).at(Step::Root, at())?;
            symlink(link, &target).at(Step::Root, at())?;
        } else {
            fs::copy(&source, &target).at(Step::Root, at())?;
        }
    }
    // The time is the lab's, whatever zone it is given later.
    let _ = fs::remove_file(etc.join("localtime"));
    symlink("/lab/etc/localtime", etc.join("localtime")).at(Step::Root, at())
}

fn mount_namespace() -> Result<OwnedFd, Refusal> {
    File::open("/proc/self/ns/mnt").map(OwnedFd::from).at(Step::Root, "open the mount namespace")
}
