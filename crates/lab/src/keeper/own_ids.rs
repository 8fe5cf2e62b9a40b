//! The user namespace that a lab is in.
//!
//! Whoever makes it, the machine's root or that of a user namespace around it, first lays out the
//! host's directories in a mount namespace of their own. What is mounted there is locked for the
//! lab's root: it can neither be made writable nor taken away to see what is below; see
//! mount_namespaces(7).

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

/// Enters it, and leaves it to the caller to become its root.
pub(super) fn enter(plan: &Plan) -> Result<(), Refusal> {
    let map = plan
        .mode
        .map()
        .ok_or_else(|| Refusal::new(Step::Ids, "tell who called sudo", "SUDO_UID is not set"))?;
    let ids = user_namespace(&map)?;
    unshare(CloneFlags::CLONE_NEWNS).at(Step::Namespaces, "unshare namespaces")?;
    // Elsewhere the lab's root is the learner, whose the files are.
    let shift = (plan.mode == Mode::Root).then_some(&ids);
    shown::stage(&plan.binds, shift)?;
    setns(&ids, CloneFlags::CLONE_NEWUSER).at(Step::Namespaces, "enter a user namespace")
}

/// Makes it with a process that does nothing else. It takes root to write such a map.
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
