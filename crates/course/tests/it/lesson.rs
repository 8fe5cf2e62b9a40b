//! Lessons that run through, without anybody to press Enter.

use std::fs;
use std::process::Stdio;

use crate::project::{can_boot, course, mark, project, sleeps, stderr, stdout, wait_until};

const LESSON: &[u8] = include_bytes!("lesson.md");
const PART: (&str, &[u8]) = ("part.ini", b"[Unit]\n");

#[test]
fn walks_a_chapter_in_a_real_lab_to_its_end() {
    if !can_boot("walks_a_chapter_in_a_real_lab_to_its_end") {
        return;
    }
    let root = project(&[("01-nap.md", LESSON), ("02-next.md", b"# Next\n"), PART]);
    let output = course(root.path()).args(["lesson", "1", "--yes"]).output().unwrap();
    let text = stdout(&output);
    assert!(output.status.success(), "{text}\n{}", stderr(&output));
    assert!(text.starts_with("Lesson 1: A unit of our own\nThe lab: systemd 2"), "{text}");
    assert!(text.contains("\nlab# systemctl is-active nap\nactive\n"), "{text}");
    assert!(text.contains("From docs/en/part.ini:\n    [Unit]\n"), "{text}");
    assert!(text.contains("14 commands ran, and each answered as the chapter says.\n"), "{text}");
    assert!(text.ends_with("Next: cargo course lesson 2 (next)\n"), "{text}");
    assert!(!text.contains('\x1b'), "colour in a pipe: {text}");
    assert!(!text.contains("Enter"), "nobody to press it: {text}");
}

#[test]
fn two_lessons_run_at_once() {
    if !can_boot("two_lessons_run_at_once") {
        return;
    }
    let root = project(&[("01-nap.md", LESSON), PART]);
    let start = || {
        let mut command = course(root.path());
        command.args(["lesson", "nap", "--yes"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    for lesson in [start(), start()] {
        let output = lesson.wait_with_output().unwrap();
        assert!(output.status.success(), "{}\n{}", stdout(&output), stderr(&output));
    }
}

#[test]
fn an_answer_that_differs_ends_the_lesson_and_says_where() {
    let root = project(&[(
        "01-x.md",
        b"# X\n\n```console\n$ echo one; echo two; exit 3\none\nother\n```\n\nnever\n",
    )]);
    let output = course(root.path()).args(["lesson", "1"]).output().unwrap();
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("  one\n- other\n+ two\n- exit status 0\n+ exit status 3\n"), "{text}");
    assert!(!text.contains("never"), "{text}");
    let cause = "course: cannot go on: docs/en/01-x.md, line 4: `echo one; echo two; exit 3` did not answer as the chapter says\n";
    assert_eq!(stderr(&output), cause);
}

#[test]
fn a_command_that_never_answers_as_expected_is_not_repeated_for_ever() {
    let root = project(&[(
        "01-x.md",
        b"# X\n\n```console,retry=1s\n$ echo x >> tries; echo one\ntwo\n```\n",
    )]);
    let output = course(root.path()).args(["lesson", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let tries = fs::read_to_string(root.path().join("tries")).unwrap().lines().count();
    assert!((2..=21).contains(&tries), "{tries} tries in a second");
}

#[test]
fn a_flood_of_output_is_stopped() {
    for prompt in ["$", "lab#"] {
        if prompt == "lab#" && !can_boot("a_flood_of_output_is_stopped") {
            return;
        }
        let chapter = format!("# X\n\n```console\n{prompt} yes\n...\n```\n");
        let root = project(&[("01-x.md", chapter.as_bytes())]);
        let output = course(root.path()).args(["lesson", "1"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("more than 1"), "{}", stderr(&output));
        assert!(output.stdout.len() < 2 << 20);
    }
}

/// A chapter whose unit can be seen from outside, and that then waits for a file that never comes.
fn waiting(mark: &str) -> String {
    format!(
        "# X\n\n```console,retry=60s\nlab# systemd-run --quiet /usr/bin/sleep {mark}\nlab# test -e /never\n```\n"
    )
}

#[test]
fn a_lesson_that_is_interrupted_or_killed_takes_its_lab_along() {
    for signal in ["INT", "TERM", "HUP", "KILL"] {
        if !can_boot("a_lesson_that_is_interrupted_or_killed_takes_its_lab_along") {
            return;
        }
        let mark = mark();
        let root = project(&[("01-x.md", waiting(&mark).as_bytes())]);
        // What a shell runs in the background was told to ignore SIGINT.
        let mut lesson = std::process::Command::new("env")
            .args(["--default-signal=INT", crate::project::program(), "lesson", "1", "--yes"])
            .current_dir(root.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        wait_until("the lab's unit runs", || sleeps(&mark));
        let kill = std::process::Command::new("kill")
            .args(["-s", signal, &lesson.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        assert!(!lesson.wait().unwrap().success());
        wait_until("the lab's unit is gone", || !sleeps(&mark));
    }
}

#[test]
fn a_pipe_that_closes_ends_the_lesson_quietly() {
    if !can_boot("a_pipe_that_closes_ends_the_lesson_quietly") {
        return;
    }
    let mark = mark();
    let chapter = format!(
        "# X\n\n```console\nlab# systemd-run --quiet /usr/bin/sleep {mark}\n```\n{}",
        "text\n\n".repeat(50_000)
    );
    let root = project(&[("01-x.md", chapter.as_bytes())]);
    let mut command = std::process::Command::new("bash");
    let script = r#"set -o pipefail; "$1" lesson 1 --yes | head -1"#;
    command.args(["-c", script, "bash", crate::project::program()]).current_dir(root.path());
    let output = command.output().unwrap();
    assert_eq!(stdout(&output), "Lesson 1: X\n");
    assert_eq!(stderr(&output), "");
    assert!(output.status.success());
    wait_until("the lab's unit is gone", || !sleeps(&mark));
}

#[test]
fn what_a_lab_cannot_do_is_shown_and_said() {
    let Ok(lab) = lab::Lab::boot(&lab::Options::default()) else {
        return lab::not_proved("what_a_lab_cannot_do_is_shown_and_said", "no lab boots here");
    };
    let given = lab.controllers().unwrap();
    let can = ["memory", "pids"].iter().all(|name| given.iter().any(|it| it == name));
    drop(lab);
    let chapter = "# X\n\n```ini,file=/etc/limit.conf,controllers\nMemoryMax=1M\n```\n\n\
                   ```console,controllers\nlab# cat /etc/limit.conf\nMemoryMax=[..]\n```\n";
    let root = project(&[("01-x.md", chapter.as_bytes())]);
    let output = course(root.path()).args(["lesson", "1", "--yes"]).output().unwrap();
    let text = stdout(&output);
    assert!(output.status.success(), "{text}\n{}", stderr(&output));
    // Done or not, the page shows what would be seen.
    assert!(text.contains("    MemoryMax=1M\n"), "{text}");
    assert!(text.contains("lab# cat /etc/limit.conf\nMemoryMax="), "{text}");
    assert_eq!(!can, text.contains("(Not done, only shown: this lab has no controllers"), "{text}");
    assert_eq!(
        !can,
        text.contains("2 blocks were not done: this lab has no controllers"),
        "{text}"
    );
}

#[test]
fn a_chapter_can_be_read_without_a_lab() {
    let root = project(&[("01-nap.md", LESSON), PART]);
    let output = course(root.path()).args(["lesson", "1", "--read"]).output().unwrap();
    let text = stdout(&output);
    assert!(output.status.success(), "{text}\n{}", stderr(&output));
    assert!(text.contains("lab# systemctl is-active nap"), "{text}");
    assert!(!text.contains("The lab:") && !text.contains("commands ran"), "{text}");
}
