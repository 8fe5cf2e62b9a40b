//! What a learner tries by hand: in the lab of a lesson, from a second terminal, and in a lab with
//! their files installed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::grader::learner::{Learner as Author, root};
use crate::interactive::Learner;
use crate::project::{can_boot, course, program, project, stderr, stdout};

const MARKS: &[u8] = b"# Marks\n\nOne.\n\n```console\nlab# echo one-$((1 + 1))\none-2\n```\n\nTwo.\n\n```console\nlab# touch /run/two\n```\n\nThree.\n\n```console\nlab# ls /run/two\n/run/two\n```\n\nEnd.\n";

fn sit_down(root: &Path) -> Learner {
    Learner::at(root, &format!("exec {} lesson 1", program()), ("A", "B"))
}

#[test]
fn what_is_typed_at_the_pause_runs_in_the_lesson_s_own_lab() {
    if !can_boot("what_is_typed_at_the_pause_runs_in_the_lesson_s_own_lab") {
        return;
    }
    let root = project(&[("01-marks.md", MARKS)]);
    let mut learner = sit_down(root.path());
    learner.sees("lab# echo one-$((1 + 1))");
    learner.types("touch /run/mine; echo typed-$((3 + 4))\n");
    learner.has_seen("typed-7", 1);
    learner.sees("lab# echo one-$((1 + 1))");
    learner.types("exit 5\n");
    learner.has_seen("(exit status 5)", 1);
    // Pasted, it comes at once, and is one command: a loop goes on in the next line.
    learner.types("for i in 1 2\ndo echo pasted-$((i + 6))\ndone\nkill -INT $$\n");
    learner.has_seen("pasted-8", 1);
    learner.has_seen("(ended by SIGINT)", 1);
    learner.sees("lab# echo one-$((1 + 1))");
    // What stops itself, as top(1) does on Ctrl-Z, goes on: nobody could wake it.
    learner.types("sh -c 'kill -STOP $$; echo woken-$((4 + 5))'\n");
    learner.has_seen("woken-9", 1);
    learner.sees("lab# echo one-$((1 + 1))");
    // A shell in the same lab, and back to the same page.
    learner.types("s\n");
    learner.has_seen("exit comes back", 2);
    learner.types("ls /run/mine && echo in-$((4 + 4)); exit\n");
    learner.has_seen("in-8", 1);
    learner.sees("lab# echo one-$((1 + 1))");
    learner.types("?\n");
    learner.has_seen("opens a shell in the lab", 2);
    learner.sees("lab# echo one-$((1 + 1))");
    learner.types("q\n");
    let (status, screen) = learner.leaves();
    assert_eq!(status, Some(0), "{screen}");
}

#[test]
fn b_goes_back_a_text_each_time() {
    let root = project(&[(
        "01-x.md",
        b"# X\n\nFirst text.\n\n```console\n$ true\n```\n\nSecond text.\n\n```ini\n{{#include ../../a.service}}\n```\n\n```console\n$ echo x\nx\n```\n",
    )]);
    fs::write(root.path().join("a.service"), "[Unit]\n").unwrap();
    let mut learner = sit_down(root.path());
    learner.sees("$ true");
    learner.types("\n");
    learner.sees("$ echo x");
    learner.types("b\n");
    learner.has_seen("Second text.", 2);
    learner.has_seen("[Unit]", 2);
    learner.sees("$ echo x");
    learner.types("b\n");
    learner.has_seen("First text.", 2);
    learner.sees("$ echo x");
    learner.types("b\n");
    learner.has_seen("This is where the lesson begins", 1);
    learner.types("\n");
    let (status, screen) = learner.leaves();
    assert_eq!(status, Some(0), "{screen}");
}

#[test]
fn q_remembers_the_place_and_the_lesson_goes_on_there() {
    if !can_boot("q_remembers_the_place_and_the_lesson_goes_on_there") {
        return;
    }
    let root = project(&[("01-marks.md", MARKS)]);
    let mut learner = sit_down(root.path());
    for command in ["lab# echo one-$((1 + 1))", "lab# touch /run/two"] {
        learner.sees(command);
        learner.types("\n");
    }
    learner.sees("lab# ls /run/two");
    learner.types("q\n");
    let (_, screen) = learner.leaves();
    assert!(screen.contains("Step 2 of 3 was the last"), "{screen}");

    let mut learner = sit_down(root.path());
    learner.sees("Enter goes on from there, n begins anew, q leaves:");
    learner.types("\n");
    learner.has_seen("Here you were.", 1);
    // What came before was done again: the new lab has the file.
    learner.sees("lab# ls /run/two");
    learner.types("\n");
    let (status, screen) = learner.leaves();
    assert_eq!(status, Some(0), "{screen}");
    assert!(screen.contains("3 commands ran, and each answered"), "{screen}");

    // It was walked to its end: nothing to go on from.
    let mut learner = sit_down(root.path());
    learner.sees("lab# echo one-$((1 + 1))");
    learner.types("\n");
    learner.sees("lab# touch /run/two");
    learner.types("q\n");
    learner.leaves();
    // And whoever wants to can begin anew.
    let mut learner = sit_down(root.path());
    learner.sees("q leaves:");
    learner.types("n\n");
    learner.sees("lab# echo one-$((1 + 1))");
    learner.types("q\n");
    learner.leaves();
}

#[test]
fn ctrl_c_ends_the_running_command_and_not_the_lesson() {
    if !can_boot("ctrl_c_ends_the_running_command_and_not_the_lesson") {
        return;
    }
    for prompt in ["lab#", "$"] {
        let chapter = format!(
            "# X\n\n```console\n{prompt} echo begun; sleep 25; echo over\nbegun\nover\n```\n\n\
             ```console\nlab# echo next-$((1 + 1))\nnext-2\n```\n"
        );
        let root = project(&[("01-x.md", chapter.as_bytes())]);
        let mut learner = sit_down(root.path());
        learner.sees("echo over");
        learner.types("\n");
        // The command has a moment to begin; a Ctrl-C that comes before it does is for it as well.
        if prompt == "$" {
            learner.sees("begun\r\n");
        } else {
            std::thread::sleep(std::time::Duration::from_millis(700));
        }
        learner.types("\x03");
        learner.has_seen("You have stopped it. The lesson goes on.", 1);
        learner.sees("lab# echo next-$((1 + 1))");
        learner.types("\n");
        let (status, screen) = learner.leaves();
        assert_eq!(status, Some(0), "{screen}");
        assert!(screen.contains("next-2") && !screen.contains("expects another"), "{screen}");
    }
}

#[test]
fn a_second_terminal_joins_the_lab() {
    if !can_boot("a_second_terminal_joins_the_lab") {
        return;
    }
    let two = b"# Two\n\nOne.\n\n```console\nlab# echo two\ntwo\n```\n";
    let root = project(&[("01-marks.md", MARKS), ("02-two.md", two)]);
    let join = |name: &[&str]| {
        let mut join = course(root.path());
        join.args(["shell", "--join"]).args(name).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut visitor = join.stderr(Stdio::piped()).spawn().unwrap();
        let mut keyboard = visitor.stdin.take().unwrap();
        // It may have ended already, if there is nothing to join.
        let _ = std::io::Write::write_all(&mut keyboard, b"ls /run/mine; pwd\n");
        drop(keyboard);
        visitor.wait_with_output().unwrap()
    };
    let alone = join(&[]);
    assert_eq!(alone.status.code(), Some(1));
    assert!(stderr(&alone).contains("there is no lab to join"), "{}", stderr(&alone));

    let mut learner = sit_down(root.path());
    learner.sees("lab# echo one-$((1 + 1))");
    learner.types("touch /run/mine; echo made-$((1 + 1))\n");
    learner.has_seen("made-2", 1);
    let visit = join(&[]);
    let said = stdout(&visit);
    assert!(visit.status.success(), "{said}{}", stderr(&visit));
    assert!(said.starts_with("This is the lab of lesson 1, which the other terminal"), "{said}");
    let here = root.path().canonicalize().unwrap();
    assert!(said.ends_with(&format!("/run/mine\n{}\n", here.display())), "{said}");

    // A second lab: then it must be said which one is meant, or chosen.
    let other = Learner::at(root.path(), &format!("exec {} lesson 2", program()), ("A", "B"));
    other.sees("lab# echo two");
    let unclear = stderr(&join(&[]));
    assert!(unclear.contains("those of 1, 2 are open; name one"), "{unclear}");
    assert_eq!(join(&["3"]).status.code(), Some(1));
    let said = stdout(&join(&["1"]));
    assert!(said.contains("the lab of lesson 1") && said.contains("/run/mine"), "{said}");
    let line = format!("exec {} shell --join", program());
    let mut visitor = Learner::at(root.path(), &line, ("A", "B"));
    visitor.sees("2  the lab of lesson 2\r\n1-2:");
    visitor.types("1\n");
    visitor.has_seen("This is the lab of lesson 1", 1);
    visitor.types("ls /run/mine && echo seen-$((1 + 1)); exit\n");
    visitor.has_seen("seen-2", 1);
    for mut learner in [other, learner] {
        learner.types("q\n");
        learner.leaves();
    }
    assert_eq!(join(&[]).status.code(), Some(1), "the labs are gone");
}

/// `course shell` for `exercise` in the real course, with these lines typed.
fn shell(author: &Author, typed: &str) -> (bool, String) {
    shell_in("en", author, typed)
}

/// The same, for somebody who reads `language`.
fn shell_in(language: &str, author: &Author, typed: &str) -> (bool, String) {
    let mut command = Command::new(program());
    command
        .current_dir(root())
        .arg("--work")
        .arg(author.work())
        .args(["shell", author.id, "--lang", language]);
    let mut shell = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keyboard = shell.stdin.take().unwrap();
    // One that does not open a shell reads nothing.
    let _ = std::io::Write::write_all(&mut keyboard, typed.as_bytes());
    drop(keyboard);
    let output = shell.wait_with_output().unwrap();
    (output.status.success(), stdout(&output) + &stderr(&output))
}

#[test]
fn a_shell_has_the_learner_s_program_installed() {
    if !can_boot("a_shell_has_the_learner_s_program_installed") {
        return;
    }
    let author = Author::start();
    let typed = "date-daemon-2 /tmp/dates.log 100000 & sleep 1; kill %1; pwd\n";
    let (passed, said) = shell(&author, typed);
    assert!(passed, "{said}");
    assert!(said.contains("installed: /usr/local/bin/date-daemon-2"), "{said}");
    assert!(said.contains("Try:\n  date-daemon-2 "), "{said}");
    assert!(said.contains(&author.exercise().display().to_string()), "{said}");
    let (_, said) = shell_in("es", &author, "exit\n");
    assert!(said.contains("1.2 Añade una línea entera al final: un laboratorio para ti"), "{said}");
    fs::write(author.file(), "fn main() { missing }\n").unwrap();
    let (passed, said) = shell(&author, "echo never\n");
    assert!(!passed && said.contains("cannot find value `missing`"), "{said}");
}
