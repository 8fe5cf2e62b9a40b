//! What is remembered of a learner, whatever happens to it: an update of the course, a crash, a
//! hand in the file.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::learner::{APPEND, Learner, copy_tree, reference, root};
use crate::project::{can_boot, program, stderr, stdout};

/// A copy of the course's pages and exercises, to be updated.
fn course_of_tomorrow() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for directory in ["docs/en", "exercises"] {
        copy_tree(&root().join(directory), &copy.path().join(directory));
    }
    copy
}

/// Runs `course` in another version of the course, on the same work.
fn in_course(course: &Path, learner: &Learner, args: &[&str]) -> Output {
    let mut command = Command::new(program());
    let command = command.current_dir(course).arg("--work").arg(learner.work());
    command.args(args).output().unwrap()
}

/// The line of `course list` about the exercise with this title.
#[track_caller]
fn line(output: &Output, title: &str) -> String {
    let text = stdout(output);
    let line = text.lines().find(|line| line.contains(title));
    line.unwrap_or_else(|| panic!("{title:?}: {text}{}", stderr(output))).to_owned()
}

const TITLE: &str = "Append one whole line";

fn records(learner: &Learner) -> Value {
    let text = fs::read_to_string(learner.work().join("progress.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_pass_survives_an_update_of_the_course() {
    if !can_boot("a_pass_survives_an_update_of_the_course") {
        return;
    }
    let learner = Learner::start();
    learner.hands_in(reference()).passed();
    let course = course_of_tomorrow();
    let lesson = course.path().join("exercises/01-date-daemon");
    let standing = || line(&in_course(course.path(), &learner, &["list"]), TITLE);
    assert!(standing().ends_with("passed"), "{}", standing());

    fs::rename(lesson.join("02-append"), lesson.join("09-add-a-line")).unwrap();
    assert!(standing().ends_with("passed"), "{}", standing());
    assert!(standing().contains("1.9"), "{}", standing());

    fs::rename(lesson.join("09-add-a-line"), lesson.join("02-append")).unwrap();
    let readme = lesson.join("02-append/README.md");
    fs::write(&readme, fs::read_to_string(&readme).unwrap() + "One more thing.\n").unwrap();
    assert!(standing().ends_with("passed an older version"), "{}", standing());
    let before = records(&learner);
    fs::remove_dir_all(lesson.join("02-append")).unwrap();
    assert!(in_course(course.path(), &learner, &["hint", "1.1"]).status.success());
    let after = records(&learner);
    let key = "01-date-daemon/02-append";
    assert_eq!(before[key], after[key], "what was removed may come back");
}

#[test]
fn hints_and_variants_may_change_without_it() {
    if !can_boot("hints_and_variants_may_change_without_it") {
        return;
    }
    let learner = Learner::start();
    learner.hands_in(reference()).passed();
    let course = course_of_tomorrow();
    let exercise = course.path().join("exercises/01-date-daemon/02-append");
    let toml = exercise.join("exercise.toml");
    let text = fs::read_to_string(&toml).unwrap();
    fs::write(&toml, text.replace("minutes = 10", "minutes = 11")).unwrap();
    fs::remove_dir_all(exercise.join("variants")).unwrap();
    let line = line(&in_course(course.path(), &learner, &["list"]), TITLE);
    assert!(line.ends_with("passed") && line.contains("11 min"), "{line}");
}

#[test]
fn a_version_that_asks_for_the_same_keeps_the_pass() {
    let learner = Learner::start();
    let course = course_of_tomorrow();
    let toml = course.path().join("exercises/01-date-daemon/02-append/exercise.toml");
    let text = fs::read_to_string(&toml).unwrap();
    let mut passed = records(&learner);
    passed["01-date-daemon/02-append"]["passed"] = "00000000000000aa".into();
    fs::write(learner.work().join("progress.json"), passed.to_string()).unwrap();
    for (earlier, standing) in [("00bb", "passed an older version"), ("00000000000000aa", "passed")]
    {
        fs::write(&toml, format!("earlier = [\"{earlier}\"]\n{text}")).unwrap();
        let line = line(&in_course(course.path(), &learner, &["list"]), TITLE);
        assert!(line.ends_with(standing), "{line}");
    }
}

#[test]
fn a_file_written_by_hand_changes_no_verdict() {
    let learner = Learner::start();
    let mut forged = records(&learner);
    let record = &mut forged["01-date-daemon/02-append"];
    record["passed"] = record["seen"].clone();
    fs::write(learner.work().join("progress.json"), forged.to_string()).unwrap();
    let verdict = learner.hands_in("fn main() { this is no Rust }");
    assert_eq!(verdict.why(), "does_not_compile");
    assert_eq!(verdict.status, Some(1));
}

#[test]
fn what_cannot_be_read_is_set_aside_and_said() {
    let learner = Learner::start();
    let path = learner.work().join("progress.json");
    let texts: [&[u8]; 6] = [b"", b"{", b"[]", b"\xff", br#"{"a":{"hints":-1}}"#, &[b' '; 2 << 20]];
    for (count, text) in texts.iter().enumerate() {
        fs::write(&path, text).unwrap();
        let output = learner.course(&["check", APPEND, "--json"]);
        let said = stderr(&output);
        assert!(said.starts_with("course: cannot read the progress: "), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        let verdict: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(verdict["passed"], false);
        let aside = path.with_extension(format!("json.unreadable-{}", count + 1));
        assert_eq!(&fs::read(&aside).unwrap(), text, "{}", aside.display());
        assert!(said.contains(aside.to_str().unwrap()), "{said}");
    }
    let output = learner.course(&["hint", APPEND]);
    assert!(output.status.success() && stderr(&output).is_empty(), "{}", stderr(&output));
    // What a newer course has noted beside is kept.
    let newer = r#"{"01-date-daemon/02-append":{"newer":[7]}}"#;
    fs::write(&path, newer).unwrap();
    assert!(learner.course(&["hint", APPEND]).status.success());
    let kept: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(kept["01-date-daemon/02-append"]["newer"][0], 7);
    assert_eq!(kept["01-date-daemon/02-append"]["hints"], 1);
}

#[test]
fn a_directory_or_a_pipe_in_its_place_is_set_aside_too() {
    let learner = Learner::start();
    let path = learner.work().join("progress.json");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(learner.course(&["hint", APPEND]).status.success());
    fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert!(learner.course(&["hint", APPEND]).status.success());
    assert!(path.is_file());
}

#[test]
fn numbers_that_are_too_large_are_no_panic() {
    let learner = Learner::start();
    let text = json!({"01-date-daemon/02-append": {"hints": u64::MAX}}).to_string();
    fs::write(learner.work().join("progress.json"), text).unwrap();
    let output = learner.course(&["hint", APPEND]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("Hint 3 of 3"), "{}", stdout(&output));
}

#[test]
fn a_crash_leaves_the_old_progress_or_the_new() {
    let learner = Learner::start();
    let path = learner.work().join("progress.json");
    // So much that writing it takes a while; all of it must come through.
    let many =
        (0..4000).map(|number| (format!("99-old/{number}"), json!({"passed": "x", "hints": 1})));
    let mut forged: Value = Value::Object(many.collect());
    forged["01-date-daemon/02-append"] = json!({"hints": 1});
    fs::write(&path, forged.to_string()).unwrap();
    for moment in 0..60 {
        let mut hint =
            learner.command(&["hint", APPEND]).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(moment * 700));
        hint.kill().unwrap();
        hint.wait().unwrap();
        assert!(records(&learner).as_object().unwrap().len() >= 4001);
    }
    assert!(learner.course(&["hint", APPEND]).status.success());
    let left: Vec<_> =
        fs::read_dir(learner.work()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.len() <= 7, "{left:?}");
}

#[test]
fn links_in_the_place_of_its_files_lead_nowhere() {
    let learner = Learner::start();
    let outside = learner.work().join("outside");
    for name in ["progress.json.lock", "progress.json.new"] {
        let path = learner.work().join(name);
        let _ = fs::remove_file(&path);
        fs::write(&outside, "mine").unwrap();
        std::os::unix::fs::symlink(&outside, &path).unwrap();
        let hint = learner.course(&["hint", APPEND]);
        assert_eq!(fs::read_to_string(&outside).unwrap(), "mine", "{name}: {}", stderr(&hint));
        let _ = fs::remove_file(&path);
        fs::hard_link(&outside, &path).unwrap();
        let hint = learner.course(&["hint", APPEND]);
        assert_eq!(fs::read_to_string(&outside).unwrap(), "mine", "{name}: {}", stderr(&hint));
        let _ = fs::remove_file(&path);
    }
}

#[test]
fn a_pass_that_cannot_be_noted_is_a_verdict_all_the_same() {
    if !can_boot("a_pass_that_cannot_be_noted_is_a_verdict_all_the_same") {
        return;
    }
    let learner = Learner::start();
    let lock = learner.work().join("progress.json.lock");
    let _ = fs::remove_file(&lock);
    std::os::unix::fs::symlink("/nowhere", &lock).unwrap();
    fs::write(learner.file(), reference()).unwrap();
    let check = learner.course(&["check", APPEND, "--json"]);
    let verdict: Value = serde_json::from_str(&stdout(&check)).unwrap();
    assert_eq!(verdict["passed"], true, "{verdict:#}");
    assert!(stderr(&check).contains("progress.json.lock: Too many levels"), "{}", stderr(&check));
    assert!(!check.status.success());
}

/// As on a full disk, or one that is read-only.
#[test]
fn what_cannot_be_written_takes_nothing_away() {
    let learner = Learner::start();
    fs::write(learner.file(), "mine\n").unwrap();
    // The lesson's directory cannot be made: nothing is left of the copy of the starter.
    fs::write(learner.work().join("02-unit-writer"), "").unwrap();
    assert!(!learner.course(&["start", "2.1"]).status.success());
    let names = fs::read_dir(learner.work()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().starts_with(".start")));
    // A start that broke off before the workspace was written is mended by the next.
    fs::remove_file(learner.work().join("Cargo.toml")).unwrap();
    assert!(learner.course(&["start", APPEND]).status.success());
    assert!(learner.work().join("Cargo.toml").is_file());

    let lock = learner.work().join("progress.json.lock");
    fs::remove_file(&lock).unwrap();
    std::os::unix::fs::symlink("/nowhere", &lock).unwrap();
    let hint = learner.course(&["hint", APPEND]);
    assert!(stdout(&hint).starts_with("Hint 1 of 3"), "{}", stderr(&hint));
    assert!(!hint.status.success());
    assert!(!learner.course(&["reset", APPEND]).status.success());
    assert_eq!(fs::read_to_string(learner.file()).unwrap(), "mine\n");
}

#[test]
fn terminals_side_by_side_lose_nothing() {
    let learner = Learner::start();
    let exercises = ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"];
    std::thread::scope(|scope| {
        for exercise in exercises {
            scope.spawn(|| {
                for _ in 0..3 {
                    assert!(learner.course(&["hint", exercise]).status.success());
                }
            });
        }
    });
    let records = records(&learner);
    let records = records.as_object().unwrap();
    assert_eq!(records.len(), exercises.len());
    assert!(records.values().all(|record| record["hints"] == 3), "{records:?}");
}

#[test]
fn hints_come_one_by_one_and_say_how_many_there_are() {
    let learner = Learner::start();
    let hint = || stdout(&learner.course(&["hint", APPEND]));
    let hints = [hint(), hint(), hint(), hint()];
    for (number, hint) in [1, 2, 3, 3].into_iter().zip(&hints) {
        assert!(hint.starts_with(&format!("Hint {number} of 3 for 1.2\n")), "{hint}");
    }
    assert_ne!(hints[0].lines().nth(1), hints[1].lines().nth(1));
    assert!(hints[3].contains("solution 1.2 --give-up"), "{}", hints[3]);
}

#[test]
fn a_solution_is_earned_or_recorded() {
    let learner = Learner::start();
    let refused = learner.course(&["solution", APPEND]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.is_empty());
    assert!(stderr(&refused).contains("1.2 is not passed yet"), "{}", stderr(&refused));
    let shown = learner.course(&["solution", APPEND, "--give-up"]);
    assert!(shown.status.success());
    assert!(stdout(&shown).contains("OpenOptions"), "{}", stdout(&shown));
    let line = line(&learner.course(&["list"]), TITLE);
    assert!(line.ends_with("started, solution seen"), "{line}");
    if can_boot("a_solution_is_earned_or_recorded") {
        let learner = Learner::start();
        learner.hands_in(reference()).passed();
        assert!(learner.course(&["solution", APPEND]).status.success());
        assert_eq!(records(&learner)["01-date-daemon/02-append"]["gave_up"], false);
    }
}

#[test]
fn starting_again_overwrites_nothing_and_reset_keeps_a_copy() {
    let learner = Learner::start();
    fs::write(learner.file(), "mine\n").unwrap();
    fs::write(learner.exercise().join("notes"), "also mine\n").unwrap();
    let again = learner.course(&["start", APPEND]);
    assert!(stdout(&again).contains("Already started, and left as it is"), "{}", stdout(&again));
    assert_eq!(fs::read_to_string(learner.file()).unwrap(), "mine\n");
    for number in 1..=3 {
        let reset = learner.course(&["reset", APPEND]);
        let kept = learner.work().join(format!("before-reset/01-date-daemon-02-append-{number}"));
        assert!(stdout(&reset).contains(kept.to_str().unwrap()), "{}", stdout(&reset));
        assert_eq!(fs::read_to_string(kept.join("src/main.rs")).unwrap(), "mine\n");
        assert_eq!(kept.join("notes").is_file(), number == 1);
        learner.checks().refused("still as it was at the start");
        fs::write(learner.file(), "mine\n").unwrap();
    }
}

#[test]
fn what_was_not_started_is_neither_checked_nor_made() {
    let learner = Learner::start();
    let output = learner.course(&["check", "1.1"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output), "course: 1.1 is not started: cargo course start 1.1\n");
    assert!(!learner.work().join("01-date-daemon/01-format").exists());
}
