//! The program that asks for a password on the terminal when polkit(8) wants one; pkttyagent(1).

use std::io::{self, IsTerminal, Read};
use std::process::{Command, Stdio};

use nix::unistd::Uid;

/// Starts it, if there is a terminal, and somebody who is not root. It ends with us.
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
