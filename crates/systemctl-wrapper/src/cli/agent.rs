//! The programs that ask for passwords on the terminal: for polkit(8), which wants to know who we
//! are, pkttyagent(1); for units, such as those of encrypted disks, systemd-tty-ask-password-agent(1).

use std::io::{self, IsTerminal, Read};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};

/// Asks what units want to know, as long as it is kept.
pub(crate) struct Asking(Option<Child>);

impl Asking {
    /// Begins to ask, if there is a terminal.
    pub(crate) fn for_units() -> Asking {
        let mut agent = Command::new("systemd-tty-ask-password-agent");
        agent.arg("--watch").stdout(Stdio::null());
        Asking(if io::stdin().is_terminal() { agent.spawn().ok() } else { None })
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let Some(agent) = &mut self.0 else { return };
        // Asked to end, and not killed: it may have to let the terminal show again what is typed.
        let pid = i32::try_from(agent.id()).map(Pid::from_raw);
        let _ = pid.map(|pid| kill(pid, Signal::SIGTERM));
        let _ = agent.wait(); // it is gone, or never was
    }
}

/// Starts the one for polkit, if there is a terminal, and somebody who is not root. It ends with us.
pub(crate) fn start() {
    if Uid::effective().is_root() || !io::stdin().is_terminal() {
        return;
    }
    // It registers for our process, and closes the descriptor of --notify-fd= when it has: its
    // standard output.
    let agent = Command::new("pkttyagent")
        .arg(format!("--process={}", std::process::id()))
        .args(["--notify-fd=1", "--fallback"])
        .stdout(Stdio::piped())
        // It asks on the terminal itself. Where there is no polkit, its complaint would hide ours.
        .stderr(Stdio::null())
        .spawn();
    // Without one, the manager's answer says that nobody could be asked.
    if let Ok(mut agent) = agent
        && let Some(mut ready) = agent.stdout.take()
    {
        let _ = ready.read_to_end(&mut Vec::new());
    }
}
