//! Which users and groups of the host the lab's ids stand for; see user_namespaces(7), newuidmap(1), subuid(5).

use std::fs;
use std::io;
use std::process::Command;

use nix::unistd::{Gid, Pid, Uid, User};

use crate::Mode;
use crate::error::{At, Refusal, Step};
use crate::mode::sudo_user;

/// How many ids a lab has besides root's.
const COUNT: u32 = 65_535;
/// The first of them outside, where root chooses: below it are the host's own users.
const SUDO_FIRST: u32 = 100_000;

/// Writes the id maps of process `keeper`, which waits in a new user namespace.
pub(crate) fn map(mode: Mode, keeper: Pid) -> Result<(), Refusal> {
    let (uid, gid) = (Uid::effective().as_raw(), Gid::effective().as_raw());
    match mode {
        Mode::Root => Ok(()),
        Mode::Single => {
            write(keeper, "setgroups", "deny")?;
            write(keeper, "gid_map", &format!("0 {gid} 1"))?;
            write(keeper, "uid_map", &format!("0 {uid} 1"))
        }
        Mode::Sudo => {
            let learner = sudo_user().ok_or_else(|| {
                Refusal::new(Step::Ids, "tell who called sudo", "SUDO_UID is not set")
            })?;
            let map = format!("0 {learner} 1\n1 {SUDO_FIRST} {COUNT}");
            write(keeper, "gid_map", &map)?;
            write(keeper, "uid_map", &map)
        }
        Mode::Subuid => {
            let (first_uid, first_gid) = (subordinate("/etc/subuid")?, subordinate("/etc/subgid")?);
            run("newuidmap", keeper, uid, first_uid)?;
            run("newgidmap", keeper, gid, first_gid)
        }
    }
}

fn write(keeper: Pid, file: &str, content: &str) -> Result<(), Refusal> {
    fs::write(format!("/proc/{keeper}/{file}"), content).at(Step::Ids, format!("write {file}"))
}

/// The first id that `file` gives to the user of this process, if there are enough of them.
fn subordinate(file: &str) -> Result<u32, Refusal> {
    let uid = Uid::effective();
    let name = User::from_uid(uid).ok().flatten().map(|user| user.name).unwrap_or_default();
    let text = fs::read_to_string(file).at(Step::Ids, format!("read {file}"))?;
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split(':');
            let (owner, first, count) =
                (fields.next()?, fields.next()?.parse().ok()?, fields.next()?.parse::<u32>().ok()?);
            ((owner == name || owner == uid.to_string()) && count >= COUNT).then_some(first)
        })
        .next()
        .ok_or_else(|| {
            Refusal::new(
                Step::Ids,
                "find subordinate ids",
                format!("{file} has no {COUNT} for {name:?} ({uid})"),
            )
        })
}

fn run(tool: &str, keeper: Pid, own: u32, first: u32) -> Result<(), Refusal> {
    let words = [
        keeper.to_string(),
        "0".into(),
        own.to_string(),
        "1".into(),
        "1".into(),
        first.to_string(),
        COUNT.to_string(),
    ];
    let output = Command::new(tool).args(words).output().map_err(|error| {
        let why = if error.kind() == io::ErrorKind::NotFound {
            "it is not installed".to_owned()
        } else {
            error.to_string()
        };
        Refusal::new(Step::Ids, format!("run {tool}"), why)
    })?;
    if !output.status.success() {
        return Err(Refusal::new(
            Step::Ids,
            format!("run {tool}"),
            String::from_utf8_lossy(&output.stderr).trim(),
        ));
    }
    Ok(())
}
