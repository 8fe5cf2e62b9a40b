//! Each thing that a learner or an author can get wrong: one clear line, exit status not 0, no
//! panic.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use crate::project::{course, project, stderr};

const GOOD: &[u8] = b"# Good\n\ntext\n";

#[track_caller]
fn check(root: &Path, args: &[&str], code: i32, message: &str) {
    let output = course(root).args(args).output().unwrap();
    let error = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {error}");
    assert!(error.contains(message), "{args:?}: {error}");
    assert!(!error.contains("panicked"), "{error}");
    if code == 1 {
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.starts_with("course: cannot "), "{error}");
    }
}

#[test]
fn an_unknown_lesson_is_answered_with_those_that_exist() {
    let root = project(&[("01-good.md", GOOD), ("02-more.md", GOOD), ("SUMMARY.md", b"")]);
    for name in ["9", "", "-1x", "good.md", "../01-good", "one\ntwo", &"x".repeat(10_000)] {
        let args = ["lesson", "--", name];
        check(root.path(), &args, 1, "the lessons are 1 (good), 2 (more)");
    }
    check(project(&[]).path(), &["lesson", "1"], 1, "no chapter in docs/en");
}

#[test]
fn unknown_words_and_options_are_refused() {
    let root = project(&[("01-good.md", GOOD)]);
    check(root.path(), &["lessen", "1"], 2, "lesson");
    check(root.path(), &["lesson", "1", "--yess"], 2, "--yes");
    check(root.path(), &["lesson", "1", "2"], 2, "unexpected argument");
    check(root.path(), &["lesson", "1", "--mode", "nspawn"], 2, "nspawn");
}

#[test]
fn a_chapter_that_cannot_be_read_is_named() {
    let root = project(&[
        ("01-latin1.md", b"# caf\xe9"),
        ("02-large.md", &[b'x'; (1 << 20) + 1]),
        ("06-nul.md", b"\0\0"),
    ]);
    let directory = root.path().join("docs/en");
    fs::create_dir(directory.join("03-directory.md")).unwrap();
    symlink("/dev/zero", directory.join("04-zero.md")).unwrap();
    symlink("nowhere", directory.join("05-gone.md")).unwrap();
    check(root.path(), &["lesson", "1"], 1, "docs/en/01-latin1.md: it is not UTF-8 from byte 5 on");
    check(root.path(), &["lesson", "2"], 1, "docs/en/02-large.md: it is larger than 1 MiB");
    check(root.path(), &["lesson", "3"], 1, "docs/en/03-directory.md: it is not a regular file");
    check(root.path(), &["lesson", "4"], 1, "docs/en/04-zero.md: it is not a regular file");
    check(root.path(), &["lesson", "5"], 1, "docs/en/05-gone.md: No such file or directory");
    check(root.path(), &["lesson", "6"], 1, "docs/en/06-nul.md, line 1: no heading");
}

#[test]
fn a_chapter_with_a_mistake_runs_nothing() {
    let root = project(&[("01-x.md", b"# X\n\n```console\n$ touch ran\n```\n\n```\n?\n```\n")]);
    check(
        root.path(),
        &["lesson", "1"],
        1,
        "docs/en/01-x.md, line 7: a block that doesn't say what it is",
    );
    assert!(!root.path().join("ran").exists());
}

#[test]
fn outside_of_a_project_the_course_says_where_to_go() {
    let nowhere = tempfile::tempdir().unwrap();
    check(nowhere.path(), &["lesson", "1"], 1, "go into the project's directory");
    check(nowhere.path(), &[], 1, "go into the project's directory");
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let root = project(&[("01-good.md", GOOD)]);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = course(root.path()).args(["lesson", "1"]).stdout(full).output().unwrap();
    assert_eq!(stderr(&output), "course: cannot print: No space left on device\n");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn closed_streams_do_not_panic() {
    let root = project(&[("01-good.md", GOOD)]);
    let script = r#"exec <&- >&- 2>&-; "$1" lesson 1; "$1" lesson 9; test $? = 1"#;
    let status = std::process::Command::new("bash")
        .args(["-c", script, "bash", crate::project::program()])
        .current_dir(root.path())
        .stdin(Stdio::null())
        .status();
    assert!(status.unwrap().success());
}
