//! Running the command, and what all its tests need.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::process::{Command, Output, Stdio};

/// A unit that nothing is wrong with.
pub(crate) const GOOD: &str =
    "[Service]\nExecStart=/bin/sh -c true\n[Install]\nWantedBy=multi-user.target\n";

pub(crate) fn unit_writer(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unit-writer"));
    command.args(arguments).stdin(Stdio::null()).env_remove("NO_COLOR");
    command
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    unit_writer(arguments).output().unwrap()
}

pub(crate) fn run_with_input(arguments: &[&str], input: &str) -> Output {
    let mut child = unit_writer(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok(); // it may have ended without reading
    child.wait_with_output().unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A directory with one file; the file's path.
pub(crate) fn file(name: &str, text: impl AsRef<[u8]>) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    (directory, path.to_str().unwrap().to_owned())
}

#[track_caller]
pub(crate) fn check_code(arguments: &[&str], expected: i32) -> Output {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(expected), "{}{}", out(&output), error(&output));
    output
}

/// A root directory to install into, and a unit to install.
pub(crate) fn root_and_unit() -> (tempfile::TempDir, String, String) {
    let root = tempfile::tempdir().unwrap();
    let unit = root.path().join("demo.service");
    fs::write(&unit, GOOD).unwrap();
    fs::create_dir_all(root.path().join("bin")).unwrap();
    symlink("/bin/sh", root.path().join("bin/sh")).unwrap();
    let option = format!("--root={}", root.path().display());
    (root, option, unit.to_str().unwrap().to_owned())
}
