//! The last lines of a unit's log, from journal-reader where it is installed, else from
//! journalctl(1). Reading the journal's files is another lesson.

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
    if count == 0 || matches!(scope, Scope::Host(_)) {
        return Vec::new();
    }
    let output = run("journal-reader", scope, unit, count, format);
    let text = output.or_else(|_| run("journalctl", scope, unit, count, format));
    String::from_utf8_lossy(&text.unwrap_or_default()).lines().map(str::to_owned).collect()
}

/// What `program`, which takes journalctl's options, prints; an error where there is none.
fn run(program: &str, scope: &Scope, unit: &Unit, count: u32, format: &str) -> io::Result<Vec<u8>> {
    let mut command = Command::new(program);
    command
        .args(["--quiet", "--no-pager"])
        .arg(format!("--output={format}"))
        .arg(format!("--lines={count}"));
    // The processes' own lines, and the manager's about this run.
    let id = &unit.invocation;
    match scope {
        // Some units were never started, or are older than the journal: init.scope.
        _ if id.is_empty() => command.args(["--boot", unit_option(scope), &unit.id]),
        Scope::User => command
            .arg(format!("_SYSTEMD_INVOCATION_ID={id}"))
            .args(["+", &format!("USER_INVOCATION_ID={id}")]),
        _ => command
            .arg(format!("_SYSTEMD_INVOCATION_ID={id}"))
            .args(["+", &format!("INVOCATION_ID={id}")]),
    };
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    Ok(output.stdout)
}

fn unit_option(scope: &Scope) -> &'static str {
    if *scope == Scope::User { "--user-unit" } else { "--unit" }
}
