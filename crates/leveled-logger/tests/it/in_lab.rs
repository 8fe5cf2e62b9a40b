//! A real systemd, and disks of any size, for the tests that need them.

use std::path::Path;

use lab::{Access, Bind, Lab, Options};

use super::PATIENCE;

/// A lab that shows the project's directory, and with it this program; says so when this machine
/// has none.
pub(super) fn lab(promise: &str) -> Option<Lab> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let program = std::env::current_exe().unwrap();
    let mut directories = vec![project.clone()];
    if !program.starts_with(&project) {
        directories.push(program.parent().unwrap().to_owned());
    }
    let binds =
        directories.into_iter().map(|path| Bind { path, access: Access::ReadOnly }).collect();
    match Lab::boot(&Options { mode: None, binds }) {
        Ok(lab) => Some(lab),
        Err(error) => {
            lab::not_proved(promise, &error.to_string());
            None
        }
    }
}

/// Runs a script in the lab; `$TEST` runs this test again.
#[track_caller]
pub(super) fn sh(lab: &Lab, test: &str, script: &str) -> String {
    let program = std::env::current_exe().unwrap();
    let test = format!("{} --exact {test} --nocapture --test-threads=1", program.display());
    let mut command = lab.command("bash");
    command.args(["-c", script]).env("TEST", test).env("LEVELED_LOGGER_CHILD", "/tmp");
    let output = command.output(PATIENCE).unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    stdout
}
