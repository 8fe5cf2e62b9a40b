//! What this machine has for the tests; what it lacks is said by name.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use lab::Mode;
use nix::unistd::Uid;

use super::{Place, said};

/// The modes that this machine can run labs in.
pub(crate) fn modes(promise: &str) -> Vec<Mode> {
    [Mode::Root, Mode::Subuid, Mode::Single]
        .into_iter()
        .filter(|&mode| can(mode, promise))
        .collect()
}

/// Whether this machine can run labs of `mode` at all. If not, `promise` is reported as not proved.
pub(crate) fn can(mode: Mode, promise: &str) -> bool {
    static LACKS: [OnceLock<Option<String>>; 4] = [const { OnceLock::new() }; 4];
    match LACKS[mode as usize].get_or_init(|| lacks(mode)) {
        None => true,
        Some(reason) => {
            lab::not_proved(&format!("{promise} ({})", mode.word()), reason);
            false
        }
    }
}

/// What this machine lacks for `mode`, found without the code under test.
fn lacks(mode: Mode) -> Option<String> {
    for program in ["/usr/lib/systemd/systemd", "/usr/bin/dbus-daemon"] {
        if !Path::new(program).exists() {
            return Some(format!("{program} is not installed"));
        }
    }
    if mode == Mode::Root && !is_root() {
        return Some("the tests do not run as root".to_owned());
    }
    if mode == Mode::Subuid && !Path::new("/usr/bin/newuidmap").exists() {
        return Some("newuidmap is not installed (Debian: uidmap)".to_owned());
    }
    if own_cgroup().is_none() {
        return Some("there is no cgroup v2".to_owned());
    }
    if mode == Mode::Subuid
        && !fs::read_to_string("/etc/subuid").is_ok_and(|text| is_root() || names_this_user(&text))
    {
        return Some("/etc/subuid gives this user no ids, or is not there".to_owned());
    }
    if !is_root() && !may_have_a_cgroup() {
        return Some("this user may make no cgroup, and has no systemd that would".to_owned());
    }
    let place = Place::new(mode);
    let mut probe = place.program("/usr/bin/unshare", "/usr/bin/unshare");
    if mode != Mode::Root {
        probe.args(["--user", "--map-root-user"]);
    }
    let output =
        probe.args(["--mount", "--net", "--pid", "--fork", "--mount-proc", "true"]).output();
    match output {
        Ok(output) if output.status.success() => None,
        Ok(output) => {
            Some(format!("unshare(1) cannot make the namespaces either: {}", said(&output).trim()))
        }
        Err(error) => Some(format!("unshare(1) does not run: {error}")),
    }
}

fn names_this_user(subids: &str) -> bool {
    let uid = Uid::effective();
    let user = nix::unistd::User::from_uid(uid).ok().flatten();
    let names = [uid.to_string(), user.map(|user| user.name).unwrap_or_default()];
    subids.lines().any(|line| names.iter().any(|name| line.split(':').next() == Some(name)))
}

fn may_have_a_cgroup() -> bool {
    let probe = own_cgroup()
        .map(|directory| directory.join(format!("servicios-probe-{}", std::process::id())));
    let made = probe
        .is_some_and(|path| fs::create_dir(&path).and_then(|()| fs::remove_dir(&path)).is_ok());
    made || Command::new("busctl")
        .args(["--user", "list"])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Whether the tests run as root.
pub(crate) fn is_root() -> bool {
    Uid::effective().is_root()
}

/// The directory of the cgroup v2 that this process is in.
pub(crate) fn own_cgroup() -> Option<PathBuf> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = groups.lines().find_map(|line| line.strip_prefix("0::/"))?.to_owned();
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let mount = mounts.lines().find(|line| line.split(' ').nth(2) == Some("cgroup2"))?;
    Some(Path::new(mount.split(' ').nth(1)?).join(path))
}
