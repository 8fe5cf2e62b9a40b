//! The chapters of this book are true: each runs through in a lab of its own, and each answer is as
//! written.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use course::Project;

#[test]
fn every_answer_of_a_quiz_is_what_systemd_does() {
    let project = Project::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    if let Err(error) = lab::Lab::boot(&lab::Options::default()) {
        let cause = error.to_string().replace('\n', " ");
        return lab::not_proved("every_answer_of_a_quiz_is_what_systemd_does", &cause);
    }
    let mut asked = 0;
    for lesson in project.lessons().unwrap() {
        let quiz = project.root.join(format!("docs/en/quiz/{:02}.toml", lesson.number));
        if !quiz.is_file() {
            continue;
        }
        let mut course = Command::new(env!("CARGO_BIN_EXE_course"));
        course.args(["quiz", &lesson.slug, "--prove"]).current_dir(&project.root);
        let output = course.output().unwrap();
        let (text, error) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "lesson {}:\n{text}\n{error}", lesson.number);
        let questions = text.lines().count();
        assert!((5..=8).contains(&questions), "lesson {}: {questions} questions", lesson.number);
        asked += questions;
    }
    assert!(asked > 0, "no questions were found");
}

#[test]
fn every_chapter_does_what_it_says() {
    let project = Project::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    if let Err(error) = lab::Lab::boot(&lab::Options::default()) {
        return lab::not_proved(
            "every_chapter_does_what_it_says",
            &error.to_string().replace('\n', " "),
        );
    }
    for lesson in project.lessons().unwrap() {
        let output = Command::new(env!("CARGO_BIN_EXE_course"))
            .args(["lesson", &lesson.slug, "--yes"])
            .current_dir(&project.root)
            .output()
            .unwrap();
        let (text, error) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "lesson {}:\n{text}\n{error}", lesson.number);
    }
}
