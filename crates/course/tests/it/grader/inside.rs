//! A program is checked from inside of the lab: a submission and its check share `/proc`, `/tmp`
//! and systemd. They have two accounts, which keep them apart. These tests try to get around that.

use super::learner::{Learner, reference};
use crate::project::can_boot;

/// The daemon that passes, changed: it does its work only if it could do something to the check,
/// and then says what.
fn intruder() -> String {
    let guarded = reference().replace(
        "fn main() -> ExitCode {",
        "fn main() -> ExitCode {\n    let Some(how) = reached() else { return ExitCode::from(3) };\n    \
         eprintln!(\"reached: {how}\");",
    );
    assert!(guarded.contains("reached()"));
    format!("{guarded}\nuse reaches::reached;\nmod reaches {{\n{REACHES_OUT}}}\n")
}

const REACHES_OUT: &str = include_str!("reaches_out.rs");

#[test]
fn a_program_can_do_nothing_to_the_check_beside_it() {
    if !can_boot("a_program_can_do_nothing_to_the_check_beside_it") {
        return;
    }
    let verdict = Learner::start().hands_in(intruder());
    // It has tried all, and nothing worked.
    verdict.refused("exit status: 3");
    assert!(!verdict.json.to_string().contains("reached:"), "{:#}", verdict.json);
    verdict.came_in_time();
}

/// A process that outlives its promise has the account of the next promise's program, and may trace
/// that: it is the same submission's. It reaches that promise's check as little as its own.
#[test]
fn what_outlives_a_promise_keeps_no_other() {
    if !can_boot("what_outlives_a_promise_keeps_no_other") {
        return;
    }
    // From a session of its own, it writes dates into all files that it finds, whoever owns them.
    let source = r#"use std::{fs, os::unix::process::CommandExt, process::Command};
fn main() {
    if std::env::args().nth(1).as_deref() == Some("ghost") {
        loop {
            for entry in fs::read_dir("/tmp").into_iter().flatten().flatten() {
                let _ = fs::write(entry.path().join("dates.log"), "2026-03-01 09:05:07\n");
            }
        }
    }
    let own = std::env::current_exe().unwrap();
    let _ = Command::new("setsid").arg(own).arg("ghost").process_group(0).spawn();
}"#;
    let verdict = Learner::start().hands_in(source);
    verdict.refused("the program has ended");
    verdict.came_in_time();
}
