//! How the grader speaks: to people, to machines, and when the machine or the course lacks
//! something.

use std::fs;
use std::process::Command;

use super::learner::{APPEND, Learner, copy_tree, reference, root, variant};
use crate::project::{can_boot, mark, program, sleeps, stderr, stdout};

#[test]
fn a_verdict_for_machines_is_one_line_of_json_with_all_that_people_read() {
    if !can_boot("a_verdict_for_machines_is_one_line_of_json_with_all_that_people_read") {
        return;
    }
    let learner = Learner::start();
    fs::copy(variant("fail-file-create"), learner.file()).unwrap();
    let output = learner.course(&["check", APPEND, "--json"]);
    assert_eq!(stdout(&output).lines().count(), 1);
    assert!(output.stderr.is_empty(), "{}", stderr(&output));
    let verdict = learner.checks().json;
    assert_eq!(verdict["exercise"], "1.2");
    assert_eq!(verdict["title"], "Append one whole line");
    assert_eq!(verdict["passed"], false);
    assert_eq!(verdict["rung"], "process");
    assert!(verdict["place"].as_str().unwrap().starts_with("systemd "));
    assert!(verdict["refused"].is_null());
    let promises = verdict["promises"].as_array().unwrap();
    assert_eq!(promises.len(), 8);
    assert_eq!(promises[0]["name"], "creates the file if it is missing");
    assert_eq!(promises[0]["outcome"], "kept");
    let failure = &promises[3]["outcome"]["broken"];
    for key in ["expected", "got", "say", "man", "file"] {
        assert!(!failure[key].as_str().unwrap().is_empty(), "{key}: {failure}");
    }
    assert!(failure["line"].as_u64().unwrap() > 1, "{failure}");
    assert!(failure["journal"].is_array());
}

#[test]
fn a_verdict_for_people_shows_the_first_failure_whole() {
    if !can_boot("a_verdict_for_people_shows_the_first_failure_whole") {
        return;
    }
    let learner = Learner::start();
    fs::copy(variant("fail-file-create"), learner.file()).unwrap();
    let output = learner.course(&["check", APPEND]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty(), "{}", stderr(&output));
    let place = format!("  file     {}:", learner.file().display());
    for part in [
        "not yet  1.2 Append one whole line\n",
        "  ok      creates the file if it is missing\n",
        "  FAILED  keeps what was there\n",
        "\nkeeps what was there\n  expected the 18",
        "\n  got      ",
        "the file was emptied as it was opened",
        &place,
        "\n  read     open(2), O_APPEND\n",
        "\nProved by running your program (process rung): systemd ",
        "\nStuck? cargo course hint 1.2\n",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
    assert_eq!(text.matches("  expected ").count(), 1, "one failure at a time: {text}");
}

#[test]
fn without_a_compiler_it_says_so() {
    let learner = Learner::start();
    fs::write(learner.file(), reference()).unwrap();
    let mut command = learner.command(&["check", APPEND]);
    let output = command.env_remove("CARGO").env("PATH", "/nowhere").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    assert!(
        error.starts_with("course: cannot build: cargo does not start: No such file"),
        "{error}"
    );
    assert!(error.contains("is Rust installed?") && error.lines().count() == 1, "{error}");
}

/// A mode of the lab that this machine does not have.
fn mode_that_fails(promise: &str) -> Option<&'static str> {
    let fails = |mode: &&str| {
        let mode = Some(mode.parse().unwrap());
        let binds = Vec::new();
        lab::Lab::boot(&lab::Options { mode, binds }).is_err()
    };
    let mode = ["sudo", "subuid", "single", "root"].into_iter().find(fails);
    if mode.is_none() {
        lab::not_proved(promise, "all modes of the lab work here");
    }
    mode
}

#[test]
fn on_the_host_too_nothing_of_a_submission_is_left() {
    let promise = "on_the_host_too_nothing_of_a_submission_is_left";
    let Some(mode) = mode_that_fails(promise) else {
        return;
    };
    let (learner, mark) = (Learner::start(), mark());
    let source = format!(
        r#"use std::process::Command;
use std::time::Duration;
fn main() {{
    for _ in 0..5 {{
        Command::new("setsid").args(["--fork", "/usr/bin/sleep", "{mark}"]).status().unwrap();
    }}
    std::thread::sleep(Duration::from_secs(1));
}}"#
    );
    fs::write(learner.file(), source).unwrap();
    let output = learner.course(&["check", APPEND, "--mode", mode]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("on this machine, without a sandbox"), "{text}");
    assert!(!sleeps(&mark));
}

#[test]
fn where_the_lab_does_not_run_the_verdict_says_what_was_not_proved() {
    let promise = "where_the_lab_does_not_run_the_verdict_says_what_was_not_proved";
    let Some(mode) = mode_that_fails(promise) else {
        return;
    };
    let learner = Learner::start();
    fs::write(learner.file(), reference()).unwrap();
    let output = learner.course(&["check", APPEND, "--mode", mode]);
    let text = stdout(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("on this machine, without a sandbox"), "{text}");
    assert!(learner.course(&["start", "1.5"]).status.success());
    let ready = "exercises/01-date-daemon/05-ready/variants/pass-reference/src/main.rs";
    let own = learner.work().join("01-date-daemon/05-ready/src/main.rs");
    fs::copy(root().join(ready), own).unwrap();
    let output = learner.course(&["check", "1.5", "--mode", mode]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.starts_with("not proved  1.5 "), "{text}");
    assert!(text.contains("Nothing was proved: the check needs a lab, and none ran:"), "{text}");
    let list = stdout(&learner.course(&["list"]));
    assert!(!list.lines().any(|line| line.contains(" 1.5 ") && line.ends_with("passed")), "{list}");
}

#[test]
fn a_check_under_systemd_proves_the_lab_rung() {
    if !can_boot("a_check_under_systemd_proves_the_lab_rung") {
        return;
    }
    let learner = Learner::start();
    assert!(learner.course(&["start", "1.5"]).status.success());
    let ready = "exercises/01-date-daemon/05-ready/variants/pass-reference/src/main.rs";
    let own = learner.work().join("01-date-daemon/05-ready/src/main.rs");
    fs::copy(root().join(ready), own).unwrap();
    let output = learner.course(&["check", "1.5"]);
    let text = stdout(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("(lab rung): systemd "), "{text}");
}

#[test]
fn colour_is_left_out_where_it_is_not_wanted() {
    let learner = Learner::start();
    fs::write(learner.file(), "fn main() { x }").unwrap();
    let coloured = |args: &[&str], name: &str, value: &str| {
        let mut command = learner.command(&["check", APPEND]);
        let output =
            command.args(args).env("CLICOLOR_FORCE", "1").env(name, value).output().unwrap();
        stdout(&output).contains('\x1b')
    };
    assert!(coloured(&[], "A", "B"));
    assert!(!coloured(&["--plain"], "A", "B"));
    assert!(!coloured(&["--json"], "A", "B"));
    let piped = learner.course(&["check", APPEND]);
    assert!(!stdout(&piped).contains('\x1b'), "a pipe wants no colour");
}

#[test]
fn a_wrong_manifest_is_named_with_its_line() {
    let course = tempfile::tempdir().unwrap();
    fs::create_dir_all(course.path().join("docs/en")).unwrap();
    copy_tree(&root().join("exercises"), &course.path().join("exercises"));
    let toml = course.path().join("exercises/01-date-daemon/02-append/exercise.toml");
    let good = fs::read_to_string(&toml).unwrap();
    for (from, to, cause) in [
        ("title = ", "titel = ", "line 1: unknown field `titel`"),
        ("minutes = 10\n", "", "missing field `minutes`"),
        ("\"process\"", "\"moon\"", "line 3: unknown variant `moon`"),
        ("src/main.rs", "../../check.rs", "is no path below the starter"),
        ("rung = ", "rung == ", "line 3"),
    ] {
        assert!(good.contains(from), "{from}");
        fs::write(&toml, good.replacen(from, to, 1)).unwrap();
        let mut command = Command::new(program());
        let output = command.current_dir(course.path()).args(["start", APPEND]).output().unwrap();
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.starts_with("course: cannot read ") && error.contains(cause), "{error}");
        assert!(
            error.contains("02-append/exercise.toml: ") && error.lines().count() == 1,
            "{error}"
        );
        assert!(!course.path().join("work").exists());
    }
}

#[test]
fn unknown_exercises_are_answered_with_those_that_exist() {
    let learner = Learner::start();
    for name in ["9.9", "", "append2", "../x", "1"] {
        let output = learner.course(&["check", name]);
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.starts_with("course: cannot find exercise "), "{error}");
        assert!(error.contains("1.1, 1.2, ") && error.lines().count() == 1, "{error}");
    }
    for name in ["1.2", "append", "02-append", "01-date-daemon/02-append"] {
        assert!(learner.course(&["hint", name]).status.success(), "{name}");
    }
}
