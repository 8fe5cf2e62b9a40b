//! The few mounts that a lab is made of; see mount(2), mount_setattr(2), pivot_root(2).

use std::fs;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::mount::{MsFlags, mount};
use nix::sys::stat::Mode;

use crate::options::Access;
use crate::refusal::{At, Refusal, Step};

/// No programs with special rights, no devices: what nearly every file system in a lab gets.
pub(super) const PLAIN: MsFlags = MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV);
/// [`PLAIN`], and nothing can be run from there.
pub(super) const INERT: MsFlags = PLAIN.union(MsFlags::MS_NOEXEC);

/// Mounts a new file system of `kind` on `target`.
pub(super) fn fresh(
    step: Step,
    kind: &str,
    target: &str,
    flags: MsFlags,
    data: &str,
) -> Result<(), Refusal> {
    mount(Some(kind), target, Some(kind), flags, Some(data))
        .at(step, format!("mount {kind} on {target}"))
}

/// Makes `source`, with all that is mounted below it, appear at `target` too.
pub(super) fn bind(
    step: Step,
    source: impl AsRef<Path>,
    target: impl AsRef<Path>,
) -> Result<(), Refusal> {
    let (source, target) = (source.as_ref(), target.as_ref());
    mount(Some(source), target, None::<&str>, MsFlags::MS_BIND | MsFlags::MS_REC, None::<&str>)
        .at(step, format!("bind {} to {}", source.display(), target.display()))
}

/// Like [`bind`], and nothing can be written through `target`, nor through what the host mounts
/// there later: that does not appear. Keeps the flags that a user namespace has locked.
pub(super) fn bind_read_only(
    step: Step,
    source: impl AsRef<Path>,
    target: impl AsRef<Path>,
) -> Result<(), Refusal> {
    let target = target.as_ref();
    bind(step, source, target)?;
    open(target, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())
        .and_then(|tree| set(tree.as_fd(), libc::MOUNT_ATTR_RDONLY, None))
        .at(step, format!("make {} read-only", target.display()))
}

/// Makes a directory at `target` that shows `source`.
pub(super) fn show(source: &Path, target: &Path, access: Access) -> Result<(), Refusal> {
    fs::create_dir_all(target).at(Step::Root, format!("make {}", target.display()))?;
    match access {
        Access::ReadWrite => bind(Step::Root, source, target),
        Access::ReadOnly => bind_read_only(Step::Root, source, target),
    }
}

/// Sets `attributes` of the mount that `tree` is the root of, and of all below it, and makes them
/// private. `ids` is the user namespace for `MOUNT_ATTR_IDMAP`.
pub(super) fn set(
    tree: BorrowedFd<'_>,
    attributes: u64,
    ids: Option<&OwnedFd>,
) -> Result<(), Errno> {
    let attributes = libc::mount_attr {
        attr_set: attributes,
        attr_clr: 0,
        propagation: libc::MS_PRIVATE,
        userns_fd: ids.map_or(0, |ids| ids.as_raw_fd() as u64),
    };
    // SAFETY: the path is a C string and `attributes` has the size that is passed; the kernel keeps
    // neither.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_RECURSIVE | libc::AT_EMPTY_PATH,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    Errno::result(result).map(drop)
}

/// Sets how mounts on `/` and below travel to other namespaces.
pub(super) fn propagation(step: Step, flags: MsFlags) -> Result<(), Refusal> {
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | flags, None::<&str>)
        .at(step, format!("set the propagation of / to {flags:?}"))
}
