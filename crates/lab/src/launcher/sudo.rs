//! The monitor as root's process, for machines where only root may make user namespaces.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::OnceLock;

use nix::unistd::Pid;

use crate::monitor;
use crate::refusal::{At, Obstacle, Refusal, Step};

/// The argument that turns a program into a monitor.
const SERVE: &str = "__lab-monitor";

/// The program that can serve as a monitor: this one, if it has called [`serve_if_asked`].
static SERVER: OnceLock<PathBuf> = OnceLock::new();

/// Call this first in `main`: when the program was started to be a lab's monitor, it is one, and
/// you return the exit code.
///
/// [`Mode::Sudo`](crate::Mode::Sudo) needs it, because sudo(8) runs programs, not functions.
///
/// ```
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     if let Some(code) = lab::serve_if_asked() {
///         return code;
///     }
///     // What the program is for comes here.
///     ExitCode::SUCCESS
/// }
/// ```
pub fn serve_if_asked() -> Option<ExitCode> {
    if let Ok(program) = std::env::current_exe() {
        let _ = SERVER.set(program);
    }
    if std::env::args_os().nth(1)? != SERVE {
        return None;
    }
    // sudo(8) closes all descriptors except the first three.
    let control = io::stdin().as_fd().try_clone_to_owned();
    let status = control.map_or(1, monitor::serve);
    Some(ExitCode::from(status as u8))
}

/// Whether sudo(8) may ask for a password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Password {
    /// Where there is a person to type it: somebody who wants a lab, and has no other way to it.
    Ask,
    /// Never: `lab doctor` only looks at what works, and nobody types a password for that.
    NeverAsk,
}

/// Starts a monitor as root.
pub(super) fn start_monitor(theirs: OwnedFd, password: Password) -> Result<Pid, Refusal> {
    let server = SERVER.get().ok_or_else(|| {
        Refusal::new(Step::Sudo, "start a monitor", "this program cannot serve as one")
    })?;
    let mut check = Command::new("sudo");
    if password == Password::NeverAsk || !io::stdin().is_terminal() {
        check.arg("--non-interactive");
    }
    check.args(["--prompt", "[sudo] password for %p, to make a lab: ", "true"]);
    let allowed = check.output().at(Step::Sudo, "run sudo").map_err(|refusal| {
        let missing = refusal.errno == Some(libc::ENOENT);
        refusal.because(if missing { Obstacle::NoSudo } else { Obstacle::Other })
    })?;
    if !allowed.status.success() {
        let why = String::from_utf8_lossy(&allowed.stderr).trim().to_owned();
        let obstacle = match File::open("/dev/tty") {
            Ok(_) => Obstacle::SudoWantsPassword,
            Err(_) => Obstacle::SudoHasNoTerminal,
        };
        return Err(Refusal::new(Step::Sudo, "use sudo", why).because(obstacle));
    }
    let child = Command::new("sudo")
        .args(["--non-interactive", "--"])
        .arg(server)
        .arg(SERVE)
        .stdin(Stdio::from(theirs))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .at(Step::Sudo, "run sudo")?;
    Ok(Pid::from_raw(child.id() as i32))
}
