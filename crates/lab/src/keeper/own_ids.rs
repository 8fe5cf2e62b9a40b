//! The user namespace of a lab that root makes: its ids are nobody's outside, or for one who came
//! through sudo(8), their own.
//!
//! It is made before the lab's other namespaces, for what root puts into a mount namespace first is
//! locked for the root of a user namespace that comes after; see mount_namespaces(7).

use std::fs::{self, File};
use std::os::fd::OwnedFd;

use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use super::shown;
use crate::mode::Mode;
use crate::process;
use crate::protocol::{Plan, pair, receive};
use crate::refusal::{At, Refusal, Step};

/// Enters the user namespace of `plan`, whose `map` is as in user_namespaces(7). This process stays
/// the host's root there until it becomes the lab's.
pub(super) fn enter(plan: &Plan, map: &str) -> Result<(), Refusal> {
    let ids = user_namespace(map)?;
    unshare(CloneFlags::CLONE_NEWNS).at(Step::Namespaces, "unshare namespaces")?;
    // The learner who came through sudo sees the files as their own already.
    let shift = (plan.mode == Mode::Root).then_some(&ids);
    shown::stage(&plan.binds, shift)?;
    setns(&ids, CloneFlags::CLONE_NEWUSER).at(Step::Namespaces, "enter a user namespace")
}

/// Makes it with a process that does nothing else. Only root can write such a map.
fn user_namespace(map: &str) -> Result<OwnedFd, Refusal> {
    let (ours, theirs) = pair().at(Step::Namespaces, "make a socket")?;
    let wait = move || {
        let link = process::keep_only(theirs);
        // Ends with its parent, even if that is killed: then the socket closes.
        i32::from(link.is_ok_and(|link| receive::<()>(&link).is_err()))
    };
    let pid = process::clone_with(libc::CLONE_NEWUSER, wait)
        .at(Step::Namespaces, "make a user namespace")?;
    let namespace = map_ids(pid, map);
    drop(ours);
    let _ = kill(pid, Signal::SIGKILL);
    let _ = waitpid(pid, None);
    namespace
}

fn map_ids(pid: Pid, map: &str) -> Result<OwnedFd, Refusal> {
    for file in ["gid_map", "uid_map"] {
        fs::write(format!("/proc/{pid}/{file}"), map).at(Step::Ids, format!("write {file}"))?;
    }
    let namespace = File::open(format!("/proc/{pid}/ns/user"));
    namespace.map(OwnedFd::from).at(Step::Ids, "open the user namespace")
}
