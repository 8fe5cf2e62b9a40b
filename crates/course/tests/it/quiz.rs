//! The questions in the terminal: answers, no answers, and what comes again.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::interactive::Learner;
use crate::project::{course, program, project, stderr, stdout};

/// Two questions. The options of `b` are shown as they are written, those of `a` the other way
/// round: the names decide, so that the right one is not always in the same place.
const QUIZ: &str = r#"
[[question]]
name = "b"
asks = "First, with `code`?"
[[question.option]]
says = "yes"
why = "Because yes."
right = true
[[question.option]]
says = "no"
why = "Because no."

[[question]]
name = "a"
asks = "Second?"
[[question.option]]
says = "left"
why = "Because left."
right = true
[[question.option]]
says = "up"
why = "Because up."
"#;

fn with_quiz() -> TempDir {
    let root = project(&[("01-x.md", b"# X\n"), ("02-y.md", b"# Y\n\nText of Y.\n")]);
    let directory = root.path().join("docs/en/quiz");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("01.toml"), QUIZ).unwrap();
    root
}

fn answers(root: &Path, typed: &str) -> Output {
    let mut command = course(root);
    command.args(["quiz", "1"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn missed(root: &Path) -> String {
    fs::read_to_string(root.join("work/quiz.json")).unwrap_or_default()
}

#[test]
fn each_answer_gets_its_reason_and_what_was_missed_is_remembered() {
    let root = with_quiz();
    let output = answers(root.path(), "1\n1\n");
    let text = stdout(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1. First, with code?"), "{text}");
    assert!(text.contains("Right.\nBecause yes."), "{text}");
    assert!(text.contains("No.\nBecause up.\n2 is right.\nBecause left."), "{text}");
    assert!(text.contains("Right: 1 of 2."), "{text}");
    assert!(missed(root.path()).contains("\"x/a\""), "{}", missed(root.path()));
    // What is answered is forgotten.
    answers(root.path(), "1\n2\n");
    assert_eq!(missed(root.path()), "[]");
}

#[test]
fn what_is_no_option_is_asked_for_again() {
    let root = with_quiz();
    let output = answers(root.path(), "7\n0\n-1\nyes\n1.0\n99999999999999999999\n\x1b[2J\n1\n\n");
    let text = stdout(&output);
    assert!(output.status.success(), "{text}");
    for typed in ["7", "0", "-1", "yes", "1.0", "99999999999999999999", "\\u{1b}[2J"] {
        let said = format!("{typed} is no option: a number from 1 to 2, Enter to skip, q to end.");
        assert!(text.contains(&said), "{typed}: {text}");
    }
    assert!(text.contains("Right: 1 of 2.") && missed(root.path()).is_empty(), "{text}");
}

#[test]
fn the_end_of_the_input_and_q_end_it_and_a_lesson_without_questions_says_so() {
    let root = with_quiz();
    for typed in ["", "q\n", "1\nq\n"] {
        let output = answers(root.path(), typed);
        assert!(output.status.success() && stdout(&output).contains("Right: "), "{typed:?}");
    }
    let none = course(root.path()).args(["quiz", "2"]).output().unwrap();
    assert_eq!(stderr(&none), "course: y has no questions yet\n");
    let unknown = course(root.path()).args(["quiz", "9"]).output().unwrap();
    assert!(stderr(&unknown).contains("cannot find lesson 9"), "{}", stderr(&unknown));
    assert_eq!(unknown.status.code(), Some(1));
}

#[test]
fn what_was_missed_comes_again_before_the_next_lesson() {
    let root = with_quiz();
    answers(root.path(), "2\n1\n");
    // A lesson that nobody watches asks nothing.
    let output = course(root.path()).args(["lesson", "2", "--yes"]).output().unwrap();
    assert!(!stdout(&output).contains("First, what you missed"));
    let line = format!("exec {} lesson 2", program());
    let mut learner = Learner::at(root.path(), &line, ("A", "B"));
    learner.has_seen("1-2: ", 1);
    learner.types("1\n");
    learner.has_seen("1-2: ", 2);
    learner.types("\n");
    let (status, screen) = learner.leaves();
    assert_eq!(status, Some(0), "{screen}");
    assert!(screen.contains("First, what you missed"), "{screen}");
    assert!(screen.contains("Text of Y."), "{screen}");
    assert!(missed(root.path()).contains("x/a") && !missed(root.path()).contains("x/b"));
}

#[test]
fn without_a_name_it_is_the_lesson_that_the_learner_is_at() {
    let work = tempfile::tempdir().unwrap();
    let asked = |arguments: &[&str]| {
        let mut command = Command::new(program());
        command.current_dir(crate::grader::learner::root()).arg("--work").arg(work.path());
        stdout(&command.args(["--lang", "en"]).args(arguments).output().unwrap())
    };
    assert!(asked(&["lesson", "--read"]).starts_with("Lesson 1: "));
    asked(&["start", "2.8"]);
    assert!(asked(&["lesson", "--read"]).starts_with("Lesson 2: "));
    // Where no exercise is left, it is the last.
    let root = with_quiz();
    let said = stderr(&course(root.path()).arg("quiz").output().unwrap());
    assert!(said.contains("y has no questions yet"), "{said}");
}
