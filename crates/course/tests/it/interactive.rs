//! A lesson in a terminal, which script(1) provides: somebody presses Enter, or doesn't.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use crate::project::{can_boot, mark, program, project, sleeps, wait_for_cargo, wait_until};

const TWO: &[u8] = b"# Two\n\nFirst.\n\n```console\n$ echo a-$((1 + 1))\na-2\n```\n\nSecond.\n\n```console\n$ echo b-$((1 + 1))\nb-3\n```\n\nThird.\n";

/// Somebody at a terminal in which `course` runs.
pub(crate) struct Learner {
    terminal: Child,
    screen: Arc<Mutex<String>>,
    /// Reads what comes, to the end.
    reader: Option<JoinHandle<()>>,
}

impl Learner {
    fn sit_down(root: &Path, variable: (&str, &str)) -> Learner {
        Learner::at(root, &format!("exec {} lesson 1", program()), variable)
    }

    /// Somebody who has typed `line`, a command of the shell.
    pub(crate) fn at(root: &Path, line: &str, variable: (&str, &str)) -> Learner {
        let line = format!("stty cols 80 rows 24; {line}");
        // A test that a shell runs in the background was told to ignore Ctrl-C, and so would these.
        let mut terminal = Command::new("env")
            .args([
                "--default-signal=INT",
                "script",
                "--quiet",
                "--return",
                "--command",
                &line,
                "/dev/null",
            ])
            .current_dir(root)
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .env(variable.0, variable.1)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let screen = Arc::new(Mutex::new(String::new()));
        let (shown, mut output) = (Arc::clone(&screen), terminal.stdout.take().unwrap());
        let reader = thread::spawn(move || {
            let mut chunk = [0; 1024];
            while let Ok(count @ 1..) = output.read(&mut chunk) {
                shown.lock().unwrap().push_str(&String::from_utf8_lossy(&chunk[..count]));
            }
        });
        Learner { terminal, screen, reader: Some(reader) }
    }

    pub(crate) fn screen(&self) -> String {
        self.screen.lock().unwrap().clone()
    }

    /// Waits until the screen ends so: colour apart, with the question that comes next.
    #[track_caller]
    pub(crate) fn sees(&self, end: &str) {
        wait_until(end, || {
            let screen = anstream::adapter::strip_str(&self.screen()).to_string();
            screen.trim_end_matches(' ').ends_with(end)
        });
    }

    /// Waits until the screen has shown `text` so often.
    #[track_caller]
    pub(crate) fn has_seen(&self, text: &str, count: usize) {
        wait_for_cargo(&format!("{count} times {text:?}"), || {
            let screen = anstream::adapter::strip_str(&self.screen()).to_string();
            screen.matches(text).count() >= count
        });
    }

    pub(crate) fn types(&mut self, keys: &str) {
        let keyboard = self.terminal.stdin.as_mut().unwrap();
        keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// The exit status of the line and all that was on the screen.
    pub(crate) fn leaves(mut self) -> (Option<i32>, String) {
        let status = self.terminal.wait().unwrap();
        // The last words may come a moment after the end.
        self.reader.take().unwrap().join().unwrap();
        (status.code(), self.screen())
    }
}

/// A test that fails leaves no terminal behind.
impl Drop for Learner {
    fn drop(&mut self) {
        let _ = self.terminal.kill();
        let _ = self.terminal.wait();
    }
}

#[test]
fn enter_runs_the_command_and_a_mismatch_is_shown_and_passed() {
    let root = project(&[("01-two.md", TWO)]);
    let mut learner = Learner::sit_down(root.path(), ("A", "B"));
    learner.sees("$ echo a-$((1 + 1))");
    learner.types("\n");
    learner.sees("$ echo b-$((1 + 1))");
    learner.types("what?\n");
    learner.has_seen("This lesson has no lab", 1);
    learner.sees("$ echo b-$((1 + 1))");
    learner.types("\n");
    let (status, screen) = learner.leaves();
    assert!(screen.contains("Enter runs the command that"), "{screen}");
    assert!(
        screen.contains("a-2") && screen.contains("- b-3") && screen.contains("+ b-2"),
        "{screen}"
    );
    assert!(screen.contains("Third.") && screen.contains("1 of the answers"), "{screen}");
    assert_eq!(status, Some(1), "{screen}");
}

#[test]
fn q_and_the_end_of_input_end_the_lesson_before_the_next_command() {
    for keys in ["q\n", "\x04"] {
        let root = project(&[("01-two.md", TWO)]);
        let mut learner = Learner::sit_down(root.path(), ("A", "B"));
        learner.sees("$ echo a-$((1 + 1))");
        learner.types("\n");
        learner.sees("$ echo b-$((1 + 1))");
        learner.types(keys);
        let (status, screen) = learner.leaves();
        assert!(screen.contains("a-2") && !screen.contains("b-2"), "{keys:?}: {screen}");
        assert!(screen.contains("cargo course lesson 1"), "{keys:?}: {screen}");
        assert_eq!(status, Some(0), "{keys:?}: {screen}");
    }
}

#[test]
fn an_impatient_enter_runs_nothing_unseen() {
    let slow =
        "# Slow\n\n```console\n$ echo ready; sleep 0.5\nready\n$ echo b-$((1 + 1))\nb-2\n```\n";
    let root = project(&[("01-slow.md", slow.as_bytes())]);
    let mut learner = Learner::sit_down(root.path(), ("A", "B"));
    learner.sees("sleep 0.5");
    learner.types("\n");
    learner.sees("ready\r\n");
    learner.types("\n\n");
    learner.sees("$ echo b-$((1 + 1))");
    assert!(!learner.screen().contains("b-2"), "{}", learner.screen());
    learner.types("q\n");
    assert_eq!(learner.leaves().0, Some(0));
}

#[test]
fn ctrl_c_and_a_closed_terminal_take_the_lab_along() {
    if !can_boot("ctrl_c_and_a_closed_terminal_take_the_lab_along") {
        return;
    }
    for keys in [Some("\x03"), None] {
        let mark = mark();
        let chapter = format!(
            "# X\n\n```console\nlab# systemd-run --quiet /usr/bin/sleep {mark}\nlab# true\n```\n"
        );
        let root = project(&[("01-x.md", chapter.as_bytes())]);
        let mut learner = Learner::sit_down(root.path(), ("A", "B"));
        learner.sees(&mark);
        learner.types("\n");
        learner.sees("lab# true");
        wait_until("the unit has begun", || sleeps(&mark));
        match keys {
            Some(keys) => learner.types(keys),
            // The terminal's other end is gone with the process that held it, as when a window is
            // closed.
            None => learner.terminal.kill().unwrap(),
        }
        let (status, screen) = learner.leaves();
        assert_ne!(status, Some(0), "{screen}");
        wait_until("the lab's unit is gone", || !sleeps(&mark));
    }
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let root = project(&[("01-two.md", TWO)]);
    let coloured = |variable| {
        let mut learner = Learner::sit_down(root.path(), variable);
        learner.sees("$ echo a-$((1 + 1))");
        learner.types("q\n");
        learner.leaves().1.contains("\x1b[")
    };
    assert!(coloured(("A", "B")));
    assert!(!coloured(("NO_COLOR", "1")));
    assert!(!coloured(("TERM", "dumb")));
}

#[test]
fn a_terminal_that_takes_no_utf_8_gets_pictures_in_ascii() {
    let chapter = "# X\n\n```text\n{{#include p.txt}}\n```\n\n```console\n$ true\n```\n";
    let root = project(&[("01-x.md", chapter.as_bytes())]);
    let picture = "A picture\n\n┌───┐\n│ a │──▶ b …\n└───┘\n";
    std::fs::write(root.path().join("docs/en/p.txt"), picture).unwrap();
    let mut learner = Learner::sit_down(root.path(), ("LC_ALL", "C"));
    learner.sees("$ true");
    learner.types("q\n");
    let (_, screen) = learner.leaves();
    assert!(screen.contains("| a |--> b ...") && screen.is_ascii(), "{screen}");
}
