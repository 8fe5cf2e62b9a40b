//! Which users and groups of the host the lab's ids stand for; see user_namespaces(7),
//! newuidmap(1), subuid(5).

use std::fs;
use std::io::ErrorKind;
use std::process::Command;

use nix::unistd::{Gid, Pid, Uid, User};

use crate::mode::Mode;
use crate::refusal::{At, Obstacle, Refusal, Step};

/// How many ids a lab has besides root's.
const COUNT: u32 = 65_535;

/// Writes the id maps of process `keeper`, which waits in a new user namespace.
pub(super) fn write(mode: Mode, keeper: Pid) -> Result<(), Refusal> {
    let (uid, gid) = (Uid::effective().as_raw(), Gid::effective().as_raw());
    match mode {
        // Where root makes the namespace, its keeper has done it.
        Mode::Sudo | Mode::Root | Mode::HostRoot => Ok(()),
        Mode::Single => {
            write_file(keeper, "setgroups", "deny")?;
            write_file(keeper, "gid_map", &format!("0 {gid} 1"))?;
            write_file(keeper, "uid_map", &format!("0 {uid} 1"))
        }
        Mode::Subuid => {
            let (first_uid, first_gid) = (subordinate("/etc/subuid")?, subordinate("/etc/subgid")?);
            run("newuidmap", keeper, uid, first_uid)?;
            run("newgidmap", keeper, gid, first_gid)
        }
    }
}

fn write_file(keeper: Pid, file: &str, content: &str) -> Result<(), Refusal> {
    fs::write(format!("/proc/{keeper}/{file}"), content).at(Step::Ids, format!("write {file}"))
}

/// The first id that `file` gives to the user of this process, if there are enough of them.
fn subordinate(file: &str) -> Result<u32, Refusal> {
    let uid = Uid::effective();
    let name = User::from_uid(uid).ok().flatten().map(|user| user.name).unwrap_or_default();
    // A machine without the file has given no ids either.
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split(':');
            let (owner, first, count) =
                (fields.next()?, fields.next()?.parse().ok()?, fields.next()?.parse::<u32>().ok()?);
            ((owner == name || owner == uid.to_string()) && count >= COUNT).then_some(first)
        })
        .next()
        .ok_or_else(|| {
            let why = format!("{file} has no {COUNT} for {name:?} ({uid})");
            Refusal::new(Step::Ids, "find subordinate ids", why).because(Obstacle::NoSubordinateIds)
        })
}

/// Runs newuidmap(1) or newgidmap(1), which may write maps that we may not.
fn run(tool: &str, keeper: Pid, own: u32, first: u32) -> Result<(), Refusal> {
    let numbers = [0, own, 1, 1, first, COUNT].map(|number| number.to_string());
    let refusal = |why: &str| Refusal::new(Step::Ids, format!("run {tool}"), why);
    match Command::new(tool).arg(keeper.to_string()).args(numbers).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(refusal(String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(refusal("it is not installed").because(Obstacle::NoNewuidmap))
        }
        Err(error) => Err(error).at(Step::Ids, format!("run {tool}")),
    }
}
