//! A lesson in a terminal, which script(1) provides: somebody presses Enter, or doesn't.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::project::{program, project, stdout};

const TWO: &[u8] = b"# Two\n\nFirst.\n\n```console\n$ echo a-$((1 + 1))\na-2\n```\n\nSecond.\n\n```console\n$ echo b-$((1 + 1))\nb-3\n```\n\nThird.\n";

/// Types `keys` into a terminal in which lesson 1 runs.
fn type_into(root: &Path, keys: &str, environment: (&str, &str)) -> Output {
    let line = format!("stty cols 40 rows 24; exec {} lesson 1", program());
    let mut script = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .current_dir(root)
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .env(environment.0, environment.1)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    script
        .stdin
        .take()
        .unwrap()
        .write_all(keys.as_bytes())
        .unwrap();
    script.wait_with_output().unwrap()
}

#[test]
fn enter_runs_the_command_and_a_mismatch_is_shown_and_passed() {
    let root = project(&[("01-two.md", TWO)]);
    let output = type_into(root.path(), "\n\n", ("A", "B"));
    let text = stdout(&output);
    assert!(
        text.contains("Enter runs the command that you see"),
        "{text}"
    );
    assert!(text.contains("a-2") && text.contains("b-2"), "{text}");
    assert!(text.contains("- b-3") && text.contains("+ b-2"), "{text}");
    assert!(text.contains("Third."), "{text}");
    assert!(text.contains("1 of the answers"), "{text}");
    assert_eq!(output.status.code(), Some(1), "{text}");
}

#[test]
fn q_and_the_end_of_input_end_the_lesson_before_the_next_command() {
    for keys in ["\nq\n", "\n\x04", "\n"] {
        let root = project(&[("01-two.md", TWO)]);
        let output = type_into(root.path(), keys, ("A", "B"));
        let text = stdout(&output);
        assert!(
            text.contains("a-2") && !text.contains("b-2"),
            "{keys:?}: {text}"
        );
        assert!(text.contains("cargo course lesson 1"), "{keys:?}: {text}");
        assert!(output.status.success(), "{keys:?}: {text}");
    }
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let root = project(&[("01-two.md", TWO)]);
    let coloured =
        |environment| stdout(&type_into(root.path(), "q\n", environment)).contains("\x1b[");
    assert!(coloured(("A", "B")));
    assert!(!coloured(("NO_COLOR", "1")));
    assert!(!coloured(("TERM", "dumb")));
}
