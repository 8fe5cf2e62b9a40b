//! Where the learner is: what a command without a number means, and what comes after a pass.

use std::fs;

use super::learner::{Learner, reference};
use crate::project::{can_boot, stderr, stdout};

#[test]
fn without_a_number_the_exercise_is_meant_that_was_started_last() {
    let learner = Learner::start();
    learner.course(&["start", "1.4"]);
    let hint = learner.course(&["hint"]);
    assert!(stdout(&hint).starts_with("Hint 1 of 3 for 1.4"), "{}", stdout(&hint));
    let check = learner.course(&["check"]);
    assert!(stdout(&check).contains("not yet  1.4 "), "{}", stdout(&check));
    assert!(stdout(&learner.course(&[])).contains("cargo course watch 1.4"));
    // What makes no sense is as if there were nothing.
    fs::write(learner.work().join("place.json"), "[7").unwrap();
    let hint = learner.course(&["hint"]);
    assert!(stdout(&hint).starts_with("Hint 1 of 3 for 1.1"), "{}", stdout(&hint));
}

#[test]
fn a_reset_begins_with_the_first_hint_again() {
    let learner = Learner::start();
    for _ in 0..2 {
        learner.course(&["hint"]);
    }
    let reset = learner.course(&["reset"]);
    assert!(stdout(&reset).contains("What you had is in"), "{}", stderr(&reset));
    let hint = learner.course(&["hint"]);
    assert!(stdout(&hint).starts_with("Hint 1 of 3 for 1.2"), "{}", stdout(&hint));
}

#[test]
fn a_starter_that_nobody_has_touched_is_refused_without_a_build() {
    let learner = Learner::start();
    let mut check = learner.command(&["check", "1.2"]);
    let output = check.env("CARGO", "/no/such/cargo").output().unwrap();
    assert!(stdout(&output).contains("still as it was at the start"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn who_has_walked_a_chapter_is_shown_its_exercises_first() {
    let directory = tempfile::tempdir().unwrap();
    let first = |place: &str| {
        fs::write(directory.path().join("place.json"), place).unwrap();
        let mut course = std::process::Command::new(crate::project::program());
        course.current_dir(super::learner::root()).arg("--work").arg(directory.path());
        let said = stdout(&course.output().unwrap());
        said.lines().find(|line| line.starts_with("  cargo")).unwrap_or_default().to_owned()
    };
    assert_eq!(first("{}"), "  cargo course lesson 1");
    let walked = r#"{"lessons": {"date-daemon": {"finished": true}}}"#;
    assert_eq!(first(walked), "  cargo course start 1.1");
}

#[test]
fn a_lesson_that_was_left_is_remembered() {
    let directory = tempfile::tempdir().unwrap();
    let place = r#"{"lessons": {"date-daemon": {"steps": 9, "of": 31}}}"#;
    fs::write(directory.path().join("place.json"), place).unwrap();
    let mut course = std::process::Command::new(crate::project::program());
    course.current_dir(super::learner::root()).arg("--work").arg(directory.path());
    let said = stdout(&course.output().unwrap());
    let left = "Lesson 1 was left at step 9 of 31: cargo course lesson 1 goes on there";
    assert!(said.contains(left), "{said}");
}

#[test]
fn a_pass_says_what_was_good_and_what_is_next() {
    if !can_boot("a_pass_says_what_was_good_and_what_is_next") {
        return;
    }
    let learner = Learner::start();
    fs::write(learner.file(), reference()).unwrap();
    let said = stdout(&learner.course(&["check"]));
    assert!(said.contains("\nYou have it: "), "{said}");
    assert!(said.contains("\nHow we did it: cargo course solution 1.2\n"), "{said}");
    assert!(said.ends_with("\nNext: cargo course start 1.3\n"), "{said}");
    // Whoever starts it again wants it again, until it is passed again.
    let meant = || stdout(&learner.course(&["hint"]));
    assert!(meant().starts_with("Hint 1 of 3 for 1.1"), "{}", meant());
    learner.course(&["start", "1.2"]);
    assert!(meant().contains(" for 1.2"), "{}", meant());
    learner.course(&["check"]);
    assert!(meant().contains(" for 1.1"), "{}", meant());
    // The solution that is meant is that of the exercise that was passed last.
    let solution = learner.course(&["solution"]);
    assert!(
        stdout(&solution).contains("02-append/variants/pass-reference"),
        "{}",
        stderr(&solution)
    );
}

#[test]
fn start_opens_the_learner_s_own_editor() {
    let learner = Learner::start();
    let said = |editor: &str| {
        let mut start = learner.command(&["start", "1.2", "--edit"]);
        start.env_remove("VISUAL").env("EDITOR", editor).output().unwrap()
    };
    // Options go with it, as git has it.
    let output = said("echo edits:");
    let file = learner.file().display().to_string();
    assert!(stdout(&output).contains(&format!("edits: {file}")), "{}", stdout(&output));
    // A path with a blank in it, in quotes.
    let directory = tempfile::tempdir().unwrap();
    let mine = directory.path().join("my editor");
    std::os::unix::fs::symlink("/bin/echo", &mine).unwrap();
    let output = said(&format!("'{}' -n quoted:", mine.display()));
    assert!(stdout(&output).ends_with(&format!("quoted: {file}")), "{}", stdout(&output));
    let output = said(&mine.display().to_string());
    assert!(stdout(&output).ends_with(&format!("{file}\n")), "{}", stderr(&output));
    let wrong = [
        ("", "set EDITOR"),
        ("/no/such/editor --wait", "EDITOR or VISUAL: No such file or directory; set EDITOR to"),
        ("'half", "cannot run 'half, which is your EDITOR"),
        ("false", "cannot run false, which is your EDITOR or VISUAL: exit status: 1"),
    ];
    for (editor, words) in wrong {
        let output = said(editor);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}
