//! `course verify` finds the holes in a check, and `course new` makes a skeleton that has but one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use super::learner::{copy_tree, root};
use crate::project::{can_boot, program, stderr, stdout};

/// A small course of its own, whose exercises were all made by `course new`. Each but the first has
/// one flaw.
fn project() -> &'static Path {
    static PROJECT: OnceLock<PathBuf> = OnceLock::new();
    PROJECT.get_or_init(|| {
        // Below the target directory, so that it goes with it; the space in its name is for those
        // who have one in theirs.
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("a course");
        // What was built for the last run serves this one too.
        for part in ["docs", "crates", "exercises"] {
            let _ = fs::remove_dir_all(directory.join(part));
        }
        lay(&directory);
        directory
    })
}

const SOUND: u8 = 1;
const ACCEPTS_ALL: u8 = 2;
const WORDS_MISSING: u8 = 3;
const WARNS: u8 = 4;
const RIGHT_REFUSED: u8 = 5;
const MISSPELT: u8 = 6;
const FLAKY: u8 = 7;
const NO_PROMISE: u8 = 8;
const STARTER_BROKEN: u8 = 9;
const SKELETON: u8 = 10;

fn lay(root_of_copy: &Path) {
    fs::create_dir_all(root_of_copy.join("docs/en")).unwrap();
    for package in ["crates/check", "crates/check-report", "exercises/checks"] {
        copy_tree(&root().join(package), &root_of_copy.join(package));
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("default-members", "# default-members");
    // The pages are not copied, nor what tests them.
    let manifest = manifest.replace("\"docs/tests\", ", "");
    fs::write(root_of_copy.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root().join("Cargo.lock"), root_of_copy.join("Cargo.lock")).unwrap();
    for file in ["Cargo.toml", "Cargo.lock"] {
        let file = Path::new("exercises").join(file);
        fs::copy(root().join(&file), root_of_copy.join(&file)).unwrap();
    }
    for number in SOUND..=SKELETON {
        let output = course(root_of_copy, &["new", &format!("01-x/{number:02}-e")]);
        assert!(output.status.success(), "{}", stderr(&output));
        let exercise = exercise(root_of_copy, number);
        if number != SKELETON {
            complete(&exercise);
        }
        spoil(number, &exercise);
    }
}

fn course(project: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.current_dir(project).args(args).output().unwrap()
}

fn exercise(project: &Path, number: u8) -> PathBuf {
    project.join(format!("exercises/01-x/{number:02}-e"))
}

/// Adds what a skeleton lacks: another right answer, and wrong ones.
fn complete(exercise: &Path) {
    let variants = exercise.join("variants");
    let right = fs::read_to_string(variants.join("pass-reference/src/main.rs")).unwrap();
    let write = |name: &str, answer: &str| {
        let directory = variants.join(name).join("src");
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("main.rs"), right.replace("    42\n", answer)).unwrap();
        if name.starts_with("fail-") {
            fs::write(variants.join(name).join("SAYS"), "that is not the answer\n").unwrap();
        }
    };
    write("pass-product", "    6 * 7\n");
    for wrong in 1..5 {
        write(&format!("fail-{wrong}"), &format!("    {wrong}\n"));
    }
}

fn spoil(number: u8, exercise: &Path) {
    let replace = |file: &str, from: &str, to: &str| {
        let path = exercise.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from:?} in {text}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    match number {
        ACCEPTS_ALL => replace("check.rs", "said == \"42\\n\"", "said.len() < 100"),
        WORDS_MISSING => {
            fs::write(exercise.join("variants/fail-1/SAYS"), "no such words\n").unwrap()
        }
        WARNS => replace("starter/src/main.rs", "    0\n", "    let unused = 0;\n    0\n"),
        RIGHT_REFUSED => replace("variants/pass-product/src/main.rs", "6 * 7", "6 * 9"),
        MISSPELT => {
            fs::rename(exercise.join("variants/fail-1"), exercise.join("variants/fial-1")).unwrap()
        }
        // Half of the clock's microseconds are even.
        FLAKY => replace(
            "check.rs",
            "said == \"42\\n\"",
            "said == \"42\\n\" && std::time::UNIX_EPOCH.elapsed().is_ok_and(|time| time.as_micros() % 2 == 0)",
        ),
        NO_PROMISE => replace("check.rs", "#[test]\n", "#[allow(dead_code)]\n"),
        STARTER_BROKEN => replace("starter/src/main.rs", "fn main()", "fn mian()"),
        _ => {}
    }
}

/// Verifies exercise `number`, which has holes, among which are these.
#[track_caller]
fn finds(promise: &str, number: u8, holes: &[&str]) {
    if !can_boot(promise) {
        return;
    }
    let output = course(project(), &["verify", &format!("1.{number}")]);
    let (text, error) = (stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(1), "{text}{error}");
    assert!(
        error.starts_with("course: the checks have ") && error.ends_with(" holes\n"),
        "{error}"
    );
    assert!(!text.contains("No holes"), "{text}");
    for hole in holes {
        assert!(text.contains(hole), "{hole:?} in {text}");
    }
}

#[test]
fn a_sound_check_has_no_holes() {
    if !can_boot("a_sound_check_has_no_holes") {
        return;
    }
    let output = course(project(), &["verify", "1.1"]);
    let text = stdout(&output);
    assert!(output.status.success(), "{text}{}", stderr(&output));
    assert!(text.contains("No holes"), "{text}");
    let row = text.lines().find(|line| line.starts_with("01-x/01-e")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().skip(1).collect();
    let refused = "refused";
    assert_eq!(cells, ["2/2", "5/5", refused, refused, refused, refused, "19/19"]);
}

#[test]
fn a_check_that_accepts_everything_is_found() {
    finds(
        "a_check_that_accepts_everything_is_found",
        ACCEPTS_ALL,
        &[
            "1.2 fail-1: a wrong answer was accepted",
            "1.2 fail-what-learners-do: a wrong answer was accepted",
            "1.2 starter: a wrong answer was accepted",
            "1.2 hollow: a wrong answer was accepted",
            "0/5",
            "PASSED",
        ],
    );
}

#[test]
fn words_that_are_missing_are_found() {
    finds(
        "words_that_are_missing_are_found",
        WORDS_MISSING,
        &["1.3 fail-1: its words are missing: \"no such words\"", "that is not the answer"],
    );
}

#[test]
fn a_starter_that_warns_or_does_not_build_is_found() {
    let promise = "a_starter_that_warns_or_does_not_build_is_found";
    finds(promise, WARNS, &["1.4 starter: it must build without a warning", "unused variable"]);
    finds(
        promise,
        STARTER_BROKEN,
        &["1.9 starter: it must build without a warning", "`main` function not found"],
    );
}

#[test]
fn a_right_answer_that_is_refused_is_found() {
    finds(
        "a_right_answer_that_is_refused_is_found",
        RIGHT_REFUSED,
        &["1.5 pass-product: a right answer was refused", "got      \"54\\n\""],
    );
}

#[test]
fn a_variant_with_a_misspelt_name_is_found() {
    finds(
        "a_variant_with_a_misspelt_name_is_found",
        MISSPELT,
        &[
            "variants/fial-1: a variant's name starts with pass- or fail-",
            "1.6: 4 wrong answers: bring at least 5",
        ],
    );
}

#[test]
fn a_check_that_is_of_two_minds_is_found() {
    finds(
        "a_check_that_is_of_two_minds_is_found",
        FLAKY,
        &["1.7 pass-reference: a right answer was refused"],
    );
}

#[test]
fn a_check_without_a_promise_is_found() {
    finds(
        "a_check_without_a_promise_is_found",
        NO_PROMISE,
        &["not proved: its check makes no promise"],
    );
}

#[test]
fn a_skeleton_lacks_variants_and_nothing_else() {
    let promise = "a_skeleton_lacks_variants_and_nothing_else";
    finds(promise, SKELETON, &["1.10: 1 right answers", "1.10: 1 wrong answers"]);
    if can_boot(promise) {
        let output = course(project(), &["verify", "1.10"]);
        assert_eq!(stderr(&output), "course: the checks have 2 holes\n");
    }
}

#[test]
fn an_authors_work_is_not_overwritten() {
    let again = course(project(), &["new", "01-x/01-e"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("File exists"), "{}", stderr(&again));
    for name in ["x", "../01-x/02-y", "01-x/2-y", "01-x"] {
        let refused = course(project(), &["new", name]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            stderr(&refused).contains("a name is such as 01-date-daemon/07-name"),
            "{}",
            stderr(&refused)
        );
    }
}
