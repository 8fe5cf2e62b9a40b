//! What a submission may not do: outlive its promise, gain rights, or take more than a small daemon
//! needs. Nobody knows what a submission does until it is run.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::OnceLock;

use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use nix::unistd::setsid;

use crate::seen::field;

/// Processes and threads beyond those that the account already has.
const PROCESSES: u64 = 64;
/// The size of any one file, in bytes.
pub(crate) const FILE_SIZE: u64 = 16 << 20;
/// Time on the processor, in seconds.
const CPU_SECONDS: u64 = 20;
/// Memory of its own, in bytes.
const DATA: u64 = 256 << 20;
/// More capabilities than any kernel has.
const CAPABILITIES: libc::c_ulong = 64;

/// The same limits as settings of a unit; see systemd.exec(5).
pub(crate) const UNIT_SETTINGS: &str = "\
NoNewPrivileges=yes
CapabilityBoundingSet=
TasksMax=64
LimitFSIZE=16M
LimitCPU=20
LimitDATA=256M
LimitCORE=0
";

/// Makes `command` run in a session of its own, under the limits, and as `uid` if there is one.
pub(crate) fn confine(command: &mut Command, uid: Option<u32>) {
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
    let processes = threads_of(uid).saturating_add(PROCESSES);
    // SAFETY: between fork and exec only async-signal-safe functions may be called, and `enter`
    // makes system calls only.
    unsafe {
        command.pre_exec(move || enter(processes));
    }
}

/// Runs in the child, after it has got its user id.
fn enter(processes: u64) -> io::Result<()> {
    setsid()?;
    for (resource, limit) in [
        (Resource::RLIMIT_NPROC, processes),
        (Resource::RLIMIT_FSIZE, FILE_SIZE),
        (Resource::RLIMIT_CPU, CPU_SECONDS),
        (Resource::RLIMIT_DATA, DATA),
        (Resource::RLIMIT_CORE, 0),
    ] {
        setrlimit(resource, limit, limit)?;
    }
    for capability in 0..CAPABILITIES {
        // SAFETY: the call takes plain numbers. It fails where there is nothing to drop.
        unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
    }
    prctl::set_no_new_privs()?;
    // A promise that ends takes its processes with it, whatever ended it; see
    // PR_SET_PDEATHSIG(2const).
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    Ok(())
}

/// How many threads the account has at the start; RLIMIT_NPROC counts those too, see getrlimit(2).
fn threads_of(uid: Option<u32>) -> u64 {
    static COUNT: OnceLock<u64> = OnceLock::new();
    *COUNT.get_or_init(|| {
        let uid = uid.unwrap_or_else(|| nix::unistd::getuid().as_raw());
        let Ok(processes) = fs::read_dir("/proc") else {
            return 0;
        };
        let threads = processes.flatten().filter_map(|process| {
            let status = fs::read_to_string(process.path().join("status")).ok()?;
            let owner: u32 = field(&status, "Uid:\t")?.split('\t').next()?.parse().ok()?;
            let threads = field(&status, "Threads:\t")?.parse::<u64>().ok()?;
            (owner == uid).then_some(threads)
        });
        threads.sum()
    })
}
