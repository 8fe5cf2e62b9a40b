//! The chapters of this book are true: each runs through in a lab of its own, and each answer is as
//! written.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use course::Project;

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
