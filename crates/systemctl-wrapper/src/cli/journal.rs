//! The last lines of a unit's log, from journalctl(1). Reading the journal's files is another
//! lesson.

use std::io;
use std::process::{Command, Stdio};

use systemctl_wrapper::{Scope, Unit};

use super::context::Context;
use super::output::plain;

/// Shows what one run of the unit has logged last, and what the manager said of it.
pub(crate) fn last_lines(context: &mut Context<'_>, unit: &Unit, count: u32) -> io::Result<()> {
    for line in read(&context.scope, unit, count, "cat") {
        writeln!(context.out, "  | {}", plain(&line))?;
    }
    Ok(())
}

/// The last lines of this invocation, in a format of journalctl's. None if they can't be read:
/// nothing hangs on them.
pub(crate) fn read(scope: &Scope, unit: &Unit, count: u32, format: &str) -> Vec<String> {
    if unit.invocation.is_empty() || count == 0 || matches!(scope, Scope::Host(_)) {
        return Vec::new();
    }
    let mut command = Command::new("journalctl");
    command
        .args(["--quiet", "--no-pager", "--no-hostname"])
        .arg(format!("--output={format}"))
        .arg(format!("--lines={count}"));
    // The processes' own lines, and the manager's about this run.
    let id = &unit.invocation;
    match scope {
        Scope::User => command
            .arg(format!("_SYSTEMD_INVOCATION_ID={id}"))
            .args(["+", &format!("USER_INVOCATION_ID={id}")]),
        _ => command
            .arg(format!("_SYSTEMD_INVOCATION_ID={id}"))
            .args(["+", &format!("INVOCATION_ID={id}")]),
    };
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}
