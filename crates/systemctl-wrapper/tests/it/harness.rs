//! A lab with the wrapper in it.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Mutex;
use std::time::Duration;

use lab::{Access, Bind, Lab, Options};

/// Labs boot one after the other: a burst of tests would wait longer for the machine than for
/// systemd.
static BOOTING: Mutex<()> = Mutex::new(());

/// Enough for any command here, on a machine that does much else.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// The wrapper, as cargo built it.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_systemctl-wrapper"))
}

/// Boots a lab in which the wrapper can be run; says so when this machine has none.
pub(crate) fn lab(promise: &str) -> Option<Lab> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let mut directories = vec![project.clone()];
    // The build directory may be somewhere else.
    let built = program().parent().unwrap().to_owned();
    if !built.starts_with(&project) {
        directories.push(built);
    }
    let binds =
        directories.into_iter().map(|path| Bind { path, access: Access::ReadOnly }).collect();
    let booted = {
        let _one = BOOTING.lock().unwrap();
        Lab::boot(&Options { mode: None, binds })
    };
    match booted {
        Ok(lab) => Some(lab),
        Err(error) => {
            lab::not_proved(promise, &error.to_string());
            None
        }
    }
}

/// Runs a script in bash(1), in the lab; `$W` is the wrapper.
#[track_caller]
pub(crate) fn sh(lab: &Lab, script: &str) -> Output {
    let mut command = lab.command("bash");
    command.args(["-c", script, "bash"]).env("W", program()).env("LANG", "C.UTF-8");
    command.output(TIMEOUT).unwrap()
}

/// What a script prints on both streams, and its exit status.
#[track_caller]
pub(crate) fn says(lab: &Lab, script: &str) -> (String, i32) {
    let output = sh(lab, &format!("exec 2>&1; {script}"));
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code().unwrap_or(-1))
}

/// Writes the files of a list: a line `== PATH`, and the file below it.
#[track_caller]
pub(crate) fn write_files(lab: &Lab, list: &str) {
    let mut script = String::new();
    for file in list.split("\n== ").skip(1) {
        let (path, text) = file.split_once('\n').unwrap_or((file, ""));
        let directory = Path::new(path).parent().unwrap().display();
        script.push_str(&format!("mkdir -p {directory}; cat > {path} <<'END'\n{text}\nEND\n"));
    }
    let (said, status) = says(lab, &format!("{script} systemctl daemon-reload"));
    assert_eq!((said.as_str(), status), ("", 0));
}
