//! A scope from the machine's systemd: the cgroup that a lab lives in, where there is one to ask.
//!
//! Only a cgroup without processes can hand controllers on, and whoever starts a lab sits in one
//! with a shell in it. So the monitor asks for a scope of its own: the user's systemd for an
//! ordinary user, the system's for root.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::unistd::Uid;

use crate::refusal::{At, Obstacle, Refusal, Step};

/// The D-Bus call, as busctl(1) takes it; the name of the scope and its properties follow.
const START: &str = "--quiet call org.freedesktop.systemd1 /org/freedesktop/systemd1 \
                     org.freedesktop.systemd1.Manager StartTransientUnit ssa(sv)a(sa(sv))";

/// Its properties, to which the process id is added: all controllers, half of the memory (in parts
/// of 2^32) and no swap, nothing kept when it has ended, and no account of what it has consumed in
/// the journal. The 0 stands for no further units.
const PROPERTIES: &str = "fail 7 Delegate b true MemoryMaxScale u 2147483648 MemorySwapMax t 0 \
                          CollectMode s inactive-or-failed CPUAccounting b false \
                          MemoryAccounting b false PIDs au 1";

/// How long the machine's systemd may take for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Moves this process into a new scope that the machine's systemd hands over, and returns the
/// scope's directory; `own` tells the directory of the cgroup that this process is in.
///
/// # Errors
/// With what is missing: a systemd, one for this user, a bus to ask it by.
pub(crate) fn enter(
    own: impl Fn() -> io::Result<std::path::PathBuf>,
) -> Result<std::path::PathBuf, Refusal> {
    let scope = format!("servicios-lab-{}.scope", std::process::id());
    start(&bus()?, &scope)?;
    let deadline = Instant::now() + PATIENCE;
    // The call returns when systemd has queued the job; the kernel says when the process was moved.
    loop {
        let cgroup = own().at(Step::Cgroup, "find the cgroup of this process")?;
        if cgroup.ends_with(&scope) {
            return Ok(cgroup);
        }
        if Instant::now() > deadline {
            return Err(refusal(format!("{scope} was not started within {PATIENCE:?}")));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn refusal(why: impl std::fmt::Display) -> Refusal {
    Refusal::new(Step::Cgroup, "get a scope from systemd", why)
}

/// The address of the bus that systemd is on. The variables that name a user's bus are not looked
/// at: su(1) hands on those of somebody else, and cron(8) none.
fn bus() -> Result<String, Refusal> {
    if !fs::exists("/run/systemd/system").unwrap_or(false) {
        return Err(refusal("this machine was not booted with systemd"));
    }
    let uid = Uid::effective();
    if uid.is_root() {
        return Ok("unix:path=/run/dbus/system_bus_socket".to_owned());
    }
    let runtime = Path::new("/run/user").join(uid.to_string());
    let there = |name: &str| fs::exists(runtime.join(name)).unwrap_or(false);
    match (there("bus"), there("systemd/private")) {
        (true, _) => Ok(format!("unix:path={}/bus", runtime.display())),
        (false, true) => {
            let why = format!("there is no bus at {}/bus", runtime.display());
            Err(refusal(why).because(Obstacle::NoUserBus))
        }
        (false, false) => {
            let why = format!("user@{uid}.service does not run");
            Err(refusal(why).because(Obstacle::NoUserManager))
        }
    }
}

fn start(bus: &str, scope: &str) -> Result<(), Refusal> {
    let pid = std::process::id().to_string();
    let call = Command::new("busctl")
        .arg(format!("--address={bus}"))
        .args(START.split_whitespace())
        .arg(scope)
        .args(PROPERTIES.split_whitespace())
        .args([&pid, "0"])
        .output();
    match call {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(refusal(String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(refusal("busctl is not installed").because(Obstacle::NoSystemd))
        }
        Err(error) => Err(error).at(Step::Cgroup, "run busctl"),
    }
}
