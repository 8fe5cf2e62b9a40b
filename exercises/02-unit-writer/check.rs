//! What the checks of lesson 2 share: a worker that ends when and how it is told, and what it says of its runs.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::process::Command;

use check::{Explain, Failure, Result, Unit, install, install_program, systemctl, wait_until};

/// The program that most units of this lesson run.
pub(crate) const PROGRAM: &str = "/usr/local/bin/worker";

/// Where the worker says which runs it had, and hears how to end.
const FOLDER: &str = "/run/worker";

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
    unit: Unit<'static>,
}

impl Worker {
    /// Installs the program, the learner's unit `file` that runs it, and the units that go with it.
    #[track_caller]
    pub(crate) fn install(file: &'static str, others: &[&'static str]) -> Result<Self> {
        install_program("worker")?;
        install(&[&[file], others].concat())?;
        let unit = Unit::named(file);
        unit.runs_only(PROGRAM)?;
        let _ = fs::remove_file(format!("{FOLDER}/runs"));
        // What an earlier promise has done to it is forgotten.
        unit.reset_failed();
        Ok(Worker { unit })
    }

    /// The unit.
    pub(crate) fn unit(&self) -> Unit<'static> {
        self.unit
    }

    /// Starts the unit and waits until the worker is at work.
    #[track_caller]
    pub(crate) fn start(&self) -> Result<Run> {
        self.unit.begin_start()?;
        self.wait_for_run()
    }

    /// Waits until the worker is at work.
    #[track_caller]
    pub(crate) fn wait_for_run(&self) -> Result<Run> {
        wait_until("the worker to be at work", || Ok(runs().pop())).journal_of(self.unit)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.unit.stop();
    }
}

/// The worker's runs so far, by its own account.
pub(crate) fn runs() -> Vec<Run> {
    let text = fs::read_to_string(format!("{FOLDER}/runs")).unwrap_or_default();
    let run = |line: &str| {
        let (invocation, pid) = line.split_once(' ')?;
        Some(Run { invocation: invocation.to_owned(), pid: pid.to_owned() })
    };
    text.lines().filter_map(run).collect()
}

/// Tells the worker to end, with an exit status.
#[track_caller]
pub(crate) fn tell_to_exit(status: u8) -> Result {
    tell(FOLDER, status)
}

/// Gives a number to the program that listens in `folder`.
#[track_caller]
pub(crate) fn tell(folder: &str, status: u8) -> Result {
    let path = format!("{folder}/order");
    // The program makes its FIFO; a shell that came first would make a file of that name.
    wait_until("a program that listens", || {
        let is_fifo = fs::metadata(&path).is_ok_and(|file| file.file_type().is_fifo());
        Ok(is_fifo.then_some(()))
    })?;
    let order = format!("echo {status} > {path}");
    // To open a FIFO for writing takes as long as nobody reads it; see fifo(7).
    let told = Command::new("timeout").args(["2", "sh", "-c", &order]).status()?;
    match told.success() {
        true => Ok(()),
        false => Err(Failure::new("a program that listens", "nobody reads its FIFO")),
    }
}

/// Waits until systemd has begun all that it was asked to begin, and can begin.
///
/// Jobs are taken from a queue, all that can run in one go: when this unit's has been done, so were those before it.
#[track_caller]
pub(crate) fn settle() -> Result {
    const UNIT: &str = "check-settle.target";
    let path = Path::new("/run/systemd/system").join(UNIT);
    if !path.exists() {
        fs::write(path, "[Unit]\nDefaultDependencies=no\n")?;
    }
    systemctl(&["restart", UNIT]).map(drop)
}
