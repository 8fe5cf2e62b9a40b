//! The two user namespaces that a lab is in, one in the other, with the same ids.
//!
//! Two, for two reasons. Before the inner one is made, the host's directories are laid out in a
//! mount namespace of the outer one. The lab's root, who is root of the inner one only, can then
//! neither make these mounts writable nor take them away to see what is below; see
//! mount_namespaces(7). And the kernel counts the tasks in a user namespace for the user who has
//! made it. For the inner one that is the root of the outer one, which each lab has its own of: so
//! labs are counted apart.

use std::fs::{self, File};
use std::os::fd::OwnedFd;
use std::path::Path;

use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::prctl::set_dumpable;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{id_maps, shown};
use crate::cgroup::Cgroup;
use crate::mode::Mode;
use crate::process;
use crate::protocol::{Plan, pair, receive};
use crate::refusal::{At, Refusal, Step};

/// The most tasks that a lab can have at a time, all of its users together: enough for lessons, and
/// too few to bring a machine to its knees.
const TASKS_MAX: u64 = 2048;

/// What counts for the user who has started the lab as well, and how much of it the lab may have,
/// so that the user's own programs find some left; "The /proc/sys/user directory" in namespaces(7).
const COUNTED: [(&str, &str); 2] =
    [("max_inotify_instances", "64"), ("max_inotify_watches", "16384")];

/// Enters the outer one; where there is to be none, only lays out the host's directories.
pub(super) fn enter_outer(plan: &Plan, cgroup: &Cgroup) -> Result<(), Refusal> {
    let map = |pid| id_maps::write(plan.mode, pid);
    match plan.mode {
        Mode::HostRoot => lay_out(plan, None),
        // Its tasks are counted with all that this user runs elsewhere: no place for a limit of ours.
        Mode::Subuid | Mode::Single => join(&user_namespace(None, map)?),
        Mode::Sudo | Mode::Root => {
            let ids = user_namespace(Some(TASKS_MAX), map)?;
            cgroup
                .give_to(plan.mode.root_outside())
                .at(Step::Ids, "give the cgroup to the lab's root")?;
            // Only the machine's root can do this: reach all directories, and map the ids of their
            // files. Through sudo, the lab's root is the learner, whose they are.
            lay_out(plan, (plan.mode == Mode::Root).then_some(&ids))?;
            join(&ids)
        }
    }
}

/// Enters the inner one, as root of the outer one. It is left to the caller to become its root.
pub(super) fn enter_inner(plan: &Plan) -> Result<(), Refusal> {
    for (name, limit) in COUNTED {
        // Each of these files is about the namespace of who opens it. Older kernels have not all.
        let _ = fs::write(Path::new("/proc/sys/user").join(name), limit);
    }
    let ids = user_namespace(Some(TASKS_MAX), |pid| id_maps::write_same(plan.mode, pid))?;
    if let Mode::Subuid | Mode::Single = plan.mode {
        lay_out(plan, None)?;
    }
    join(&ids)
}

fn lay_out(plan: &Plan, ids: Option<&OwnedFd>) -> Result<(), Refusal> {
    unshare(CloneFlags::CLONE_NEWNS).at(Step::Namespaces, "unshare namespaces")?;
    shown::stage(&plan.binds, ids)
}

fn join(ids: &OwnedFd) -> Result<(), Refusal> {
    setns(ids, CloneFlags::CLONE_NEWUSER).at(Step::Namespaces, "enter a user namespace")
}

/// Makes one with a process that does nothing else, and whose ids `map` writes: that is done from
/// outside. The caller waits for the end of that process, when it has nothing better to do.
fn user_namespace(
    tasks_max: Option<u64>,
    map: impl FnOnce(Pid) -> Result<(), Refusal>,
) -> Result<OwnedFd, Refusal> {
    let (ours, theirs) = pair().at(Step::Namespaces, "make a socket")?;
    let wait = move || {
        let link = process::keep_only(theirs);
        // Ends with its parent, even if that is killed: then the socket closes.
        i32::from(link.is_ok_and(|link| receive::<()>(&link).is_err()))
    };
    // The files in /proc of one that has changed its user belong to the machine's root; see
    // PR_SET_DUMPABLE in prctl(2). Nobody in a lab can see this process.
    let _ = set_dumpable(true);
    let make = || process::clone_with(libc::CLONE_NEWUSER, wait);
    let pid = with_few_tasks(tasks_max, make).at(Step::Namespaces, "make a user namespace")?;
    let namespace = map(pid).and_then(|()| {
        let namespace = File::open(format!("/proc/{pid}/ns/user"));
        namespace.map(OwnedFd::from).at(Step::Ids, "open the user namespace")
    });
    drop(ours);
    let _ = kill(pid, Signal::SIGKILL);
    namespace
}

/// A user namespace keeps the limit that whoever makes it has at that moment, unless that is the
/// machine's root.
fn with_few_tasks<T>(max: Option<u64>, make: impl FnOnce() -> nix::Result<T>) -> nix::Result<T> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NPROC)?;
    setrlimit(Resource::RLIMIT_NPROC, max.map_or(soft, |max| max.min(hard)), hard)?;
    let made = make();
    setrlimit(Resource::RLIMIT_NPROC, soft, hard)?;
    made
}
