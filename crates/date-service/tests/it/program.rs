//! The command line, and what the program says when it can't begin.

use std::fs;
use std::process::{Command, Output};

fn run(args: &[&str], environment: &[(&str, &str)]) -> (Output, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_date-service"));
    for name in ["LISTEN_FDS", "LISTEN_PID", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "LEVELS"] {
        command.env_remove(name);
    }
    let output = command.args(args).envs(environment.iter().copied()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}

#[test]
fn what_is_missing_is_named_with_its_cure_and_no_restart_is_worth_it() {
    let (output, said) = run(&[], &[]);
    assert_eq!(output.status.code(), Some(78), "{said}");
    assert!(said.contains("systemctl start date-service.socket"), "{said}");
    // Meant for somebody else.
    let (output, said) = run(&[], &[("LISTEN_FDS", "1"), ("LISTEN_PID", "1")]);
    assert_eq!(output.status.code(), Some(78), "{said}");
    let (output, said) = run(&[], &[("LEVELS", "loud")]);
    assert_eq!(output.status.code(), Some(78), "{said}");
    assert!(said.contains("loud"), "{said}");
    let (output, said) = run(&["--intervall", "1s"], &[]);
    assert_eq!(output.status.code(), Some(2), "{said}");
}

#[test]
fn a_seal_is_genuine_or_it_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key").to_str().unwrap().to_owned();
    let (new, _) = run(&["new-key"], &[]);
    fs::write(&path, &new.stdout).unwrap();
    let key = date_service::Key::read(path.clone().into()).unwrap();
    let seal = key.seal("7 2026-03-01T09:05:07+0000");
    let verify = |number: &str| {
        run(&["verify", "--key", &path, number, "2026-03-01T09:05:07+0000", &seal], &[]).0
    };
    assert_eq!(verify("7").status.code(), Some(0));
    assert_eq!(verify("8").status.code(), Some(1));
    let (output, said) = run(&["verify", "--key", "/no/such/key", "1"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("/no/such/key: No such file"), "{said}");
}
