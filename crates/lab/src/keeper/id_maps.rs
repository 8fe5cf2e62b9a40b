//! Which users and groups the ids of a user namespace stand for; see user_namespaces(7),
//! newuidmap(1), subuid(5).

use std::fs;
use std::io::ErrorKind;
use std::process::Command;

use nix::unistd::{Gid, Pid, Uid, User};

use crate::mode::Mode;
use crate::refusal::{At, Obstacle, Refusal, Step};

/// How many ids a lab has besides root's.
const COUNT: u32 = 65_535;

/// The first of the ids of [`Mode::Sudo`], besides the learner's: below it are the host's own
/// users.
const FIRST_OF_SUDO: u32 = 100_000;

/// Writes the id maps of process `pid`, which waits in a user namespace below the host's.
pub(super) fn write(mode: Mode, pid: Pid) -> Result<(), Refusal> {
    let (uid, gid) = (Uid::effective().as_raw(), Gid::effective().as_raw());
    match (mode, mode.root_outside()) {
        (Mode::Subuid, _) => {
            let (first_uid, first_gid) = (subordinate("/etc/subuid")?, subordinate("/etc/subgid")?);
            run("newuidmap", pid, uid, first_uid)?;
            run("newgidmap", pid, gid, first_gid)
        }
        (Mode::Single, _) => {
            write_file(pid, "setgroups", "deny")?;
            write_file(pid, "gid_map", &format!("0 {gid} 1"))?;
            write_file(pid, "uid_map", &format!("0 {uid} 1"))
        }
        // The machine's root may write any.
        (Mode::Sudo, Some(root)) => {
            write_both(pid, &format!("0 {root} 1\n1 {FIRST_OF_SUDO} {COUNT}"))
        }
        (Mode::Root, Some(root)) => write_both(pid, &format!("0 {root} {}", COUNT + 1)),
        (Mode::Sudo | Mode::Root | Mode::HostRoot, _) => {
            Err(Refusal::new(Step::Ids, "tell who called sudo", "SUDO_UID is not set"))
        }
    }
}

/// Writes those of a process in a user namespace in one that has the ids of `mode` already: the
/// same. A line of a map may not span two ranges of the outer one.
pub(super) fn write_same(mode: Mode, pid: Pid) -> Result<(), Refusal> {
    let map = if mode.has_users() { "0 0 1\n1 1 65535" } else { "0 0 1" };
    write_both(pid, map)
}

fn write_both(pid: Pid, map: &str) -> Result<(), Refusal> {
    write_file(pid, "gid_map", map)?;
    write_file(pid, "uid_map", map)
}

fn write_file(pid: Pid, file: &str, content: &str) -> Result<(), Refusal> {
    fs::write(format!("/proc/{pid}/{file}"), content).at(Step::Ids, format!("write {file}"))
}

/// The first id that `file` gives to the user of this process, if there are enough of them.
fn subordinate(file: &str) -> Result<u32, Refusal> {
    let uid = Uid::effective();
    let name = User::from_uid(uid).ok().flatten().map(|user| user.name).unwrap_or_default();
    // A machine without the file has given no ids either.
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .find_map(|line| {
            let mut fields = line.split(':');
            let (owner, first, count) =
                (fields.next()?, fields.next()?.parse().ok()?, fields.next()?.parse::<u32>().ok()?);
            ((owner == name || owner == uid.to_string()) && count >= COUNT).then_some(first)
        })
        .ok_or_else(|| {
            let why = format!("{file} has no {COUNT} for {name:?} ({uid})");
            Refusal::new(Step::Ids, "find subordinate ids", why).because(Obstacle::NoSubordinateIds)
        })
}

/// Runs newuidmap(1) or newgidmap(1), which may write maps that we may not.
fn run(tool: &str, pid: Pid, own: u32, first: u32) -> Result<(), Refusal> {
    let numbers = [0, own, 1, 1, first, COUNT].map(|number| number.to_string());
    let refusal = |why: &str| Refusal::new(Step::Ids, format!("run {tool}"), why);
    match Command::new(tool).arg(pid.to_string()).args(numbers).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(refusal(String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(refusal("it is not installed").because(Obstacle::NoNewuidmap))
        }
        Err(error) => Err(error).at(Step::Ids, format!("run {tool}")),
    }
}
