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
    let matches = if unit.invocation.is_empty() {
        let of_unit = if *scope == Scope::User { "--user-unit" } else { "--unit" };
        vec![of_unit.to_owned(), unit.id.clone()]
    } else {
        [of_run(scope, &unit.invocation), last_words(scope, unit)].concat()
    };
    spawn(&matches, count, format)
}

/// A reading that began before the manager was asked.
pub(crate) struct Ahead {
    invocation: String,
    reading: Reading,
}

/// Starts to read what a unit's present run has logged, before anything else is done: to start the
/// reader takes longer than all questions to the manager. The manager leaves a note for journald
/// which run that is; where there is none, the manager has to be asked first.
pub(crate) fn ahead(scope: &Scope, name: &str, count: u32, format: &str) -> Option<Ahead> {
    if count == 0 || *scope != Scope::System {
        return None;
    }
    let note = std::fs::read_link(format!("/run/systemd/units/invocation:{name}")).ok()?;
    let invocation = note.to_str()?.to_owned();
    let reading = spawn(&of_run(scope, &invocation), count, format);
    Some(Ahead { invocation, reading })
}

impl Ahead {
    /// The reading, if that is all there is to be read of the unit.
    pub(crate) fn if_whole(self, scope: &Scope, unit: &Unit) -> Option<Reading> {
        let is_whole = self.invocation == unit.invocation && last_words(scope, unit).is_empty();
        is_whole.then_some(self.reading)
    }
}

impl Reading {
    /// The lines. None if they can't be read: nothing hangs on them.
    pub(crate) fn lines(self) -> Vec<String> {
        let output = self.0.and_then(|program| program.wait_with_output().ok());
        let text = output.map(|output| output.stdout).unwrap_or_default();
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }
}

/// Starts the first program that there is.
fn spawn(matches: &[String], count: u32, format: &str) -> Reading {
    let start = |program: &OsStr| command(program, matches, count, format).spawn().ok();
    // Built or installed together, the two lie in one directory, which need not be in PATH.
    let beside = std::env::current_exe().map(|own| own.with_file_name("journal-reader"));
    let beside = beside.ok().filter(|path| path.is_file()).and_then(|path| start(path.as_os_str()));
    let others = ["journal-reader", "journalctl"];
    Reading(beside.or_else(|| others.iter().find_map(|name| start(OsStr::new(name)))))
}

/// A call of `program`, which takes journalctl's options.
fn command(program: &OsStr, matches: &[String], count: u32, format: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--boot", "--quiet", "--no-pager"])
        .arg(format!("--output={format}"))
        .arg(format!("--lines={count}"))
        .args(matches)
        // Where nothing else is said, this is the zone. Said, it needs no search for its name among
        // all that there are.
        .env("TZ", std::env::var_os("TZ").unwrap_or_else(|| ":/etc/localtime".into()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Matches for what a run's processes said, or what the manager said of it.
fn of_run(scope: &Scope, invocation: &str) -> Vec<String> {
    let of_manager = if *scope == Scope::User { "USER_INVOCATION_ID" } else { "INVOCATION_ID" };
    vec![
        format!("_SYSTEMD_INVOCATION_ID={invocation}"),
        "+".to_owned(),
        format!("{of_manager}={invocation}"),
    ]
}

/// Matches for what its processes said right before they ended. If journald comes to read that
/// only afterwards, it still knows the unit and the process, and no longer the invocation. (After a
/// reboot, a process id means another process.)
fn last_words(scope: &Scope, unit: &Unit) -> Vec<String> {
    let field = match scope {
        Scope::User => "_SYSTEMD_USER_UNIT",
        _ => "_SYSTEMD_UNIT",
    };
    // One that runs is no such process.
    let main = unit.properties.number("ExecMainPID").filter(|_| unit.main_pid.is_none());
    let pids = [main, unit.failed_process().map(|process| process.pid)];
    let words = |pid| ["+".into(), format!("{field}={}", unit.id), format!("_PID={pid}")];
    pids.into_iter().flatten().filter(|pid| *pid > 0).flat_map(words).collect()
}
