//! What the checks of lesson 2 share: a worker that ends when and how it is told, and what it says
//! of its runs.

mod programs;
mod reach;
mod settings;
mod shown;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use check::{
    Explain, Failure, Result, Unit, file_text, in_lab, install, install_program, proc_of,
    systemctl, text, wait_until,
};

pub(crate) use check::needed;
pub(crate) use settings::Written;
pub(crate) use shown::Settings;

/// The program that most units of this lesson run.
pub(crate) const PROGRAM: &str = "/usr/local/bin/worker";

/// Where the worker says which runs it had, and hears how to end.
const DIRECTORY: &str = "/run/worker";

/// Not to wait for a reader; see open(2).
const O_NONBLOCK: i32 = 0o4000;

/// A run of the worker: systemd gives each a new id, and each is a new process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// systemd's name for this run; see `$INVOCATION_ID` in systemd.exec(5).
    pub(crate) invocation: String,
    /// The number of its process.
    pub(crate) pid: String,
}

/// The learner's unit that runs the worker; stopped when it is dropped.
pub(crate) struct Worker {
    written: Written<'static>,
}

impl Worker {
    /// Installs the program, the learner's unit `file` that runs it, and the units that go with it.
    /// Before anything is started, `inspect` has a look at the unit.
    #[track_caller]
    pub(crate) fn install(
        file: &'static str,
        others: &[&'static str],
        inspect: fn(Written<'static>) -> Result,
    ) -> Result<Self> {
        let written = Written::as_named(file);
        once(|| {
            install_program("worker")?;
            let all = [&[file], others].concat();
            install(&all)?;
            written.keeps_to_itself(&all)?;
            inspect(written)
        })?;
        let _ = fs::remove_file(format!("{DIRECTORY}/runs"));
        // What an earlier promise has done to it is forgotten.
        written.unit.reset_failed();
        Ok(Worker { written })
    }

    /// The unit.
    pub(crate) fn unit(&self) -> Unit<'static> {
        self.written.unit
    }

    /// Starts the unit and waits until the worker is at work, in a new run.
    #[track_caller]
    pub(crate) fn start(&self) -> Result<Run> {
        needed(|| {
            let before = runs().pop();
            self.unit().begin_start()?;
            self.wait_for_run_after(before.as_ref())
        })
    }

    /// Waits until the worker is at work.
    #[track_caller]
    pub(crate) fn wait_for_run(&self) -> Result<Run> {
        self.wait_for_run_after(None)
    }

    /// Waits until the worker is at work in another run than `before`.
    #[track_caller]
    pub(crate) fn wait_for_run_after(&self, before: Option<&Run>) -> Result<Run> {
        let new = || runs().pop().filter(|run| Some(run) != before);
        wait_until("the worker to be at work", || Ok(new())).journal_of(self.unit()).explain(
            |failure| {
                failure.add_say(skipped(self.unit()));
                let state = self.unit().property("SubState").unwrap_or_default();
                if state.starts_with("stop-") || state.starts_with("final-") {
                    failure.add_say(
                        "the run before it is still being stopped: does KillSignal= end the \
                         program?",
                    );
                }
            },
        )
    }
}

/// Why a start of `unit` did nothing, if that is so.
pub(crate) fn skipped(unit: Unit) -> &'static str {
    let property = |name| unit.property(name).unwrap_or_default();
    // Before any start the answer is no as well.
    match property("ConditionTimestampMonotonic").as_str() {
        "" | "0" => {}
        _ if property("ConditionResult") == "no" => return SKIPPED,
        _ => {}
    }
    // systemd may have forgotten a unit of which nothing runs; the journal has not.
    // "was skipped because of an unmet condition check" in systemd 252, "skipped, unmet condition
    // check" in 257.
    let is_skipped = |line: &String| line.contains("skipped") && line.contains("condition check");
    let says_so = unit.journal().iter().any(is_skipped);
    if says_so { SKIPPED } else { "" }
}

const SKIPPED: &str = "a Condition…= of the unit did not hold when it was started: then systemd \
    leaves the start out, and calls that no failure";

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.unit().stop();
    }
}

/// Prepares what all promises of an exercise need. What goes wrong with it is reported once: all
/// promises that need it are tried later.
#[track_caller]
pub(crate) fn once(prepare: impl FnOnce() -> Result) -> Result {
    static PREPARED: Mutex<Option<bool>> = Mutex::new(None);
    let mut prepared = PREPARED.lock().unwrap_or_else(PoisonError::into_inner);
    match *prepared {
        Some(true) => Ok(()),
        Some(false) => Err(Failure::later()),
        None => {
            *prepared = Some(false);
            prepare()?;
            *prepared = Some(true);
            Ok(())
        }
    }
}

/// The worker's runs so far, by its own account.
pub(crate) fn runs() -> Vec<Run> {
    let text = fs::read_to_string(format!("{DIRECTORY}/runs")).unwrap_or_default();
    let run = |line: &str| {
        let (invocation, pid) = line.split_once(' ')?;
        Some(Run { invocation: invocation.to_owned(), pid: pid.to_owned() })
    };
    text.lines().filter_map(run).collect()
}

/// Whether the process `pid` is there still.
pub(crate) fn is_alive(pid: &str) -> bool {
    proc_of(pid).exists()
}

/// Who is in the unit's cgroup beside the process `main` and what it has started: their names.
pub(crate) fn companions(unit: &str, main: &str) -> Result<Vec<String>> {
    let pids = fs::read_dir(proc_of(""))?.flatten();
    let pids = pids.filter_map(|entry| entry.file_name().into_string().ok());
    let is_beside = |pid: &String| {
        let groups = fs::read_to_string(proc_of(pid).join("cgroup")).unwrap_or_default();
        groups.lines().any(|line| line.ends_with(&format!("/{unit}"))) && !descends(pid, main)
    };
    let name = |pid: String| fs::read_to_string(proc_of(&pid).join("comm")).ok();
    Ok(pids.filter(is_beside).filter_map(name).map(|name| name.trim().to_owned()).collect())
}

/// Whether `pid` is `ancestor`, or its child, or its child's.
fn descends(pid: &str, ancestor: &str) -> bool {
    let mut pid = pid.to_owned();
    while pid != ancestor {
        let status = fs::read_to_string(proc_of(&pid).join("status")).unwrap_or_default();
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:\t"));
        match parent {
            Some(parent) if parent != "0" => pid = parent.to_owned(),
            _ => return false,
        }
    }
    true
}

/// Fails unless the process `pid` is a shell that reads the exercise's `program`, and nothing else.
///
/// A unit's settings say what it is to run. What runs is what the kernel says of the process, in
/// the process's own root.
pub(crate) fn is_running(pid: &str, program: &'static str) -> Result {
    let process = proc_of(pid);
    let line = fs::read_to_string(process.join("cmdline")).unwrap_or_default();
    let words: Vec<&str> = line.split_terminator('\0').collect();
    let shells = ["/bin/sh", "/bin/bash"].map(|shell| identity(Path::new(shell)));
    let is_shell = shells.contains(&identity(&process.join("exe")));
    let script = match words[..] {
        [_, script] => inside(&process, script),
        _ => PathBuf::new(),
    };
    let name = program.rsplit('/').next().unwrap_or(program);
    let is_ours = fs::read(&script).ok() == Some(file_text(name)?.into_bytes());
    if is_shell && is_ours && identity(&script) == identity(&in_lab(program)) {
        return Ok(());
    }
    let got = text!("the process {pid}: {words}", pid, words = words.join(" "));
    Err(Failure::new(text!("{program} in the main process", program), got)
        .man("systemd.service(5), ExecStart="))
}

/// The file system and the number of a file: two paths with the same lead to one file.
fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// A path as `process` sees it: from its own root, or its working directory.
fn inside(process: &Path, path: &str) -> PathBuf {
    match path.strip_prefix('/') {
        Some(path) => process.join("root").join(path),
        None => process.join("cwd").join(path),
    }
}

/// Tells the worker to end, with an exit status.
#[track_caller]
pub(crate) fn tell_to_exit(status: u8) -> Result {
    tell(DIRECTORY, status)
}

/// Gives a number to the program that listens in `directory`.
#[track_caller]
pub(crate) fn tell(directory: &str, status: u8) -> Result {
    let path = format!("{directory}/order");
    // The program makes its FIFO, and opens it. Until it has, there is nothing to open for writing,
    // and a file of that name would not be what it reads; see fifo(7).
    let mut fifo = wait_until("a program that listens", || {
        let is_fifo = fs::metadata(&path).is_ok_and(|file| file.file_type().is_fifo());
        let open = || OpenOptions::new().write(true).custom_flags(O_NONBLOCK).open(&path).ok();
        Ok(is_fifo.then(open).flatten())
    })?;
    Ok(writeln!(fifo, "{status}")?)
}

/// Waits until systemd has begun all that it was asked to begin, and can begin.
///
/// Jobs are taken from a queue, all that can run in one go: when this unit's has been done, so were
/// those before it.
#[track_caller]
pub(crate) fn settle() -> Result {
    const UNIT: &str = "check-settle.target";
    let path = Path::new("/run/systemd/system").join(UNIT);
    if !path.exists() {
        fs::write(path, "[Unit]\nDefaultDependencies=no\n")?;
    }
    systemctl(&["restart", UNIT]).map(drop)
}
