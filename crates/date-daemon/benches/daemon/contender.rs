//! The two programs, and how each is started.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// One of the two programs.
pub(crate) struct Contender {
    pub(crate) name: String,
    command: fn(&Path, &Path, Duration) -> Command,
    program: PathBuf,
}

impl Contender {
    pub(crate) fn date_daemon() -> Self {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_date-daemon"));
        // Fresh from the linker, its pages would be dirty ones of the page cache, and be counted as
        // its own.
        File::open(&program).unwrap().sync_all().unwrap();
        let command = |program: &Path, file: &Path, interval: Duration| {
            let mut command = Command::new(program);
            command.arg("--file").arg(file);
            command.arg("--interval").arg(format!("{}ms", interval.as_millis()));
            command
        };
        Self { name: "date-daemon".to_owned(), command, program }
    }

    /// The Python program, if there is a Python. Asked for its own path: `python3` may be a script
    /// that starts it.
    pub(crate) fn python() -> Option<Self> {
        let code = "import sys; print(sys.executable); print(sys.version.split()[0])";
        let output = Command::new("python3").args(["-c", code]).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let (program, version) = text.trim().split_once('\n')?;
        let command = |program: &Path, file: &Path, interval: Duration| {
            let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/daemon/date_daemon.py");
            let mut command = Command::new(program);
            command.arg(script).arg(file).arg(interval.as_secs_f64().to_string());
            command
        };
        Some(Self { name: format!("Python {version}"), command, program: PathBuf::from(program) })
    }

    /// The command line that appends to `file`.
    pub(crate) fn command(&self, file: &Path, interval: Duration) -> Command {
        let mut command = (self.command)(&self.program, file, interval);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.env_remove("NOTIFY_SOCKET").env_remove("WATCHDOG_USEC");
        command
    }
}

/// A process that does not outlive the measurement.
pub(crate) struct Process(pub(crate) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
