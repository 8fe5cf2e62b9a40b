//! The last lines of a unit's log, from journal-reader where it lies beside this program or is
//! installed, else from journalctl(1). Reading the journal's files is another lesson.

use std::ffi::OsStr;
use std::io;
use std::process::{Child, Command, Stdio};

use systemctl_wrapper::{Scope, Unit};

use super::context::Context;
use super::output::plain;

/// A program that is reading the log.
pub(crate) struct Reading(Option<Child>);

/// Shows what one run of the unit has logged last, and what the manager said of it.
pub(crate) fn last_lines(context: &mut Context<'_>, unit: &Unit, count: u32) -> io::Result<()> {
    for line in start(&context.scope, unit, count, "cat").lines() {
        writeln!(context.out, "  | {}", plain(&line))?;
    }
    Ok(())
}

/// Starts to read the last lines of this invocation, in a format of journalctl's.
pub(crate) fn start(scope: &Scope, unit: &Unit, count: u32, format: &str) -> Reading {
    if count == 0 || matches!(scope, Scope::Host(_)) {
        return Reading(None);
    }
    let start = |program: &OsStr| command(program, scope, unit, count, format).spawn().ok();
    // Built or installed together, the two lie in one directory, which need not be in PATH.
    let beside = std::env::current_exe().map(|own| own.with_file_name("journal-reader"));
    let beside = beside.ok().filter(|path| path.is_file()).and_then(|path| start(path.as_os_str()));
    let others = ["journal-reader", "journalctl"];
    Reading(beside.or_else(|| others.iter().find_map(|name| start(OsStr::new(name)))))
}

impl Reading {
    /// The lines. None if they can't be read: nothing hangs on them.
    pub(crate) fn lines(self) -> Vec<String> {
        let output = self.0.and_then(|program| program.wait_with_output().ok());
        let text = output.map(|output| output.stdout).unwrap_or_default();
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }
}

/// A call of `program`, which takes journalctl's options.
fn command(program: &OsStr, scope: &Scope, unit: &Unit, count: u32, format: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--boot", "--quiet", "--no-pager"])
        .arg(format!("--output={format}"))
        .arg(format!("--lines={count}"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let id = &unit.invocation;
    let (of_unit, of_manager) = match scope {
        Scope::User => ("--user-unit", "USER_INVOCATION_ID"),
        _ => ("--unit", "INVOCATION_ID"),
    };
    if id.is_empty() {
        command.args([of_unit, &unit.id])
    } else {
        command
            .arg(format!("_SYSTEMD_INVOCATION_ID={id}"))
            .args(["+", &format!("{of_manager}={id}")])
            .args(last_words(scope, unit))
    };
    command
}

/// Matches for what its processes said right before they ended. If journald comes to read that
/// only afterwards, it still knows the unit and the process, and no longer the invocation. (After a
/// reboot, a process id means another process.)
fn last_words(scope: &Scope, unit: &Unit) -> Vec<String> {
    let field = match scope {
        Scope::User => "_SYSTEMD_USER_UNIT",
        _ => "_SYSTEMD_UNIT",
    };
    let main = unit.properties.number("ExecMainPID");
    let pids = [main, unit.failed_process().map(|process| process.pid)];
    let words = |pid| ["+".into(), format!("{field}={}", unit.id), format!("_PID={pid}")];
    pids.into_iter().flatten().filter(|pid| *pid > 0).flat_map(words).collect()
}
