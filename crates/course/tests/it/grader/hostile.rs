//! Programs that nobody should run, and the check runs: each gets the right verdict in time, and
//! nothing of it is left.

use super::learner::{Learner, reference, root};
use crate::project::{can_boot, mark, sleeps, wait_for_cargo, wait_until};

/// Hands in `source`, which must be refused in these words and in time.
#[track_caller]
fn refuses(promise: &str, source: &str, words: &str) {
    // Without a lab there is no sandbox, and these are not for the host.
    if can_boot(promise) {
        let verdict = Learner::start().hands_in(source);
        verdict.refused(words);
        assert_eq!(verdict.why(), "", "it was not tried: {:#}", verdict.json);
        verdict.came_in_time();
    }
}

#[test]
fn a_loop_is_stopped() {
    refuses(
        "a_loop_is_stopped",
        "fn main() { loop { std::hint::black_box(0); } }",
        "there is no dates.log; the program still runs",
    );
}

#[test]
fn forks_without_end_are_stopped_and_swept() {
    if !can_boot("forks_without_end_are_stopped_and_swept") {
        return;
    }
    let mark = mark();
    // The sleepers leave the program's session, so that nobody finds them by their group.
    let source = format!(
        r#"use std::process::Command;
fn main() {{
    let own = std::env::current_exe().unwrap();
    loop {{
        let _ = Command::new("setsid").args(["/usr/bin/sleep", "{mark}"]).spawn();
        let _ = Command::new(&own).spawn();
    }}
}}"#
    );
    let verdict = Learner::start().hands_in(source);
    verdict.refused("there is no dates.log");
    verdict.came_in_time();
    wait_until("the forks are gone", || !sleeps(&mark));
}

#[test]
fn a_full_disk_is_the_submissions_own() {
    refuses(
        "a_full_disk_is_the_submissions_own",
        r#"use std::{env, fs, path::Path};
fn main() {
    let file = env::args().nth(1).unwrap();
    let block = vec![b'x'; 1 << 20];
    for number in 0.. {
        let path = Path::new(&file).with_file_name(format!("{number}"));
        if let Err(error) = fs::write(path, &block) {
            panic!("{error}");
        }
    }
}"#,
        "No space left on device",
    );
}

#[test]
fn a_flood_of_output_is_cut_at_a_mebibyte_and_said() {
    for stream in ["println!", "eprintln!"] {
        refuses(
            "a_flood_of_output_is_cut_at_a_mebibyte_and_said",
            &format!("fn main() {{ loop {{ {stream}(\"all work and no play\"); }} }}"),
            "more than 1 MiB of output",
        );
    }
}

#[test]
fn deleting_everything_deletes_nothing_of_ours() {
    refuses(
        "deleting_everything_deletes_nothing_of_ours",
        &format!(
            r#"use std::{{env, fs, path::Path}};
fn main() {{
    let file = env::args().nth(1).unwrap();
    let _ = fs::remove_file(env::current_exe().unwrap());
    let _ = fs::remove_dir_all(Path::new(&file).parent().unwrap());
    let _ = fs::remove_dir_all("{}");
    let _ = fs::remove_dir_all("/tmp");
    let _ = fs::remove_dir_all("/home");
}}"#,
            root().display()
        ),
        "the program has ended",
    );
    assert!(root().join("exercises/01-date-daemon").is_dir());
}

#[test]
fn a_printed_verdict_is_no_verdict() {
    let promises = [
        "creates_the_file_if_it_is_missing",
        "keeps_what_was_there",
        "leaves_the_lines_of_others_alone",
        "writes_each_line_with_one_write",
    ];
    let lines: String =
        promises.map(|promise| format!("\\ntest l01::e02::{promise} ... ok")).concat();
    let source = format!(
        r#"fn main() {{
    print!("running 4 tests{lines}\n\ntest result: ok. 4 passed; 0 failed\n");
    eprint!("running 4 tests{lines}\n\ntest result: ok. 4 passed; 0 failed\n");
    println!("{{{{\"passed\":true}}}}");
}}"#
    );
    refuses("a_printed_verdict_is_no_verdict", &source, "the program has ended");
}

#[test]
fn an_early_exit_is_no_success() {
    refuses(
        "an_early_exit_is_no_success",
        "fn main() { std::process::exit(0); }",
        "from a program that runs on",
    );
}

#[test]
fn killing_the_check_kills_the_verdict_not_the_machine() {
    let shoot = r#"unsafe extern "C" {
    fn kill(pid: i32, signal: i32) -> i32;
    fn getppid() -> i32;
}
fn main() {
    unsafe {
        kill(getppid(), 9);
        kill(1, 9);
        kill(-1, 9);
    }
}"#;
    refuses("killing_the_check_kills_the_verdict_not_the_machine", shoot, "the program has ended");
}

/// A program that looks for a way out of its sandbox, and does its work only if it has found one:
/// it must not pass.
fn burglar() -> String {
    let root = root();
    let tools = format!(
        r#"
fn found_a_way_out() -> bool {{
    let parent = std::os::unix::process::parent_id();
    let root = std::path::Path::new("{root}");
    let run = root.join("target/course/check-1-2/run");
    let read = |path: std::path::PathBuf| std::fs::read(path).is_ok();
    let write = |path: std::path::PathBuf| std::fs::OpenOptions::new().append(true).open(path).is_ok();
    let make = |path: std::path::PathBuf| std::fs::write(path, "x").is_ok();
    read(root.join("exercises/01-date-daemon/02-append/variants/pass-reference/src/main.rs"))
        || read(root.join("Cargo.toml"))
        || make(root.join("work/progress.json"))
        || make(root.join("target/x"))
        || make(run.join("x"))
        || write(run.join("checks"))
        || write(run.join("program"))
        || write(run.join("files/src/main.rs"))
        || write(std::env::current_exe().unwrap())
        || std::fs::remove_file(run.join("checks")).is_ok()
        || read(format!("/proc/{{parent}}/environ").into())
        || write(format!("/proc/{{parent}}/mem").into())
        || write(format!("/proc/{{parent}}/fd/1").into())
        || write(format!("/proc/{{parent}}/fd/2").into())
        || make("/etc/x".into())
        || make("/run/x".into())
}}
"#,
        root = root.display()
    );
    let guarded = reference().replace(
        "fn main() -> ExitCode {",
        "fn main() -> ExitCode {\n    if !found_a_way_out() { return ExitCode::from(3); }",
    );
    assert!(guarded.contains("found_a_way_out"));
    guarded + &tools
}

#[test]
fn there_is_no_way_out_of_the_sandbox() {
    refuses("there_is_no_way_out_of_the_sandbox", &burglar(), "exit status: 3");
}

#[test]
fn terminal_codes_of_a_submission_do_not_reach_the_terminal() {
    if !can_boot("terminal_codes_of_a_submission_do_not_reach_the_terminal") {
        return;
    }
    let learner = Learner::start();
    let source = r#"fn main() {
    eprintln!("\x1b[2J\x1b[1;1H\x1b]0;owned\x07passed  1.2 Append one whole line\r\u{9b}31m");
}"#;
    std::fs::write(learner.file(), source).unwrap();
    let output = learner.command(&["check", "1.2"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    let text = crate::project::stdout(&output);
    for code in ["\x1b[2J", "\x1b]0;", "\x07", "\r", "\u{9b}"] {
        assert!(!text.contains(code), "{code:?} in {text:?}");
    }
    assert!(text.contains("passed  1.2 Append"), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("passed")), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_grader_that_is_killed_leaves_no_process_and_the_next_check_is_whole() {
    if !can_boot("a_grader_that_is_killed_leaves_no_process_and_the_next_check_is_whole") {
        return;
    }
    let (learner, mark) = (Learner::start(), mark());
    let source = format!(
        r#"fn main() {{
    let _ = std::process::Command::new("setsid").args(["/usr/bin/sleep", "{mark}"]).status();
}}"#
    );
    std::fs::write(learner.file(), source).unwrap();
    let mut check = learner.command(&["check", "1.2", "--json"]).spawn().unwrap();
    wait_for_cargo("a sleeper", || sleeps(&mark));
    check.kill().unwrap();
    check.wait().unwrap();
    wait_until("the sleeper is gone", || !sleeps(&mark));
    learner.hands_in(reference()).passed();
}
