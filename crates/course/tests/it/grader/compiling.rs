//! What a submission can do to the compiler, and through it: read what is not its own, or never
//! come to an end.

use std::fs;
use std::path::Path;

use super::learner::{Learner, reference, root, variant};
use crate::project::stdout;

#[test]
fn a_compile_error_is_the_compilers_own_at_the_learners_file() {
    let learner = Learner::start();
    let broken = reference().replace("fn main()", "fn main(");
    let verdict = learner.hands_in(&broken);
    assert_eq!(verdict.why(), "does_not_compile");
    let place = learner.file().display().to_string();
    verdict.refused(&place);
    verdict.refused("unclosed delimiter");
    let output = learner.course(&["check", "1.2"]);
    let text = stdout(&output);
    assert!(text.contains("It does not compile:") && text.contains(&place), "{text}");
    assert!(!text.contains("target/course"), "{text}");
}

/// Hands in a source that reads the file at `path` as it is compiled. Where a lab can run, there is
/// no such file for the compiler; elsewhere, what it has read is seen afterwards.
#[track_caller]
fn reads(source: &str, path: &Path, secret: &str) {
    let verdict = Learner::start().hands_in(source.replace("PATH", path.to_str().unwrap()));
    let text = verdict.json.to_string();
    assert!(!text.contains(secret), "{text}");
    match lab::Lab::boot(&lab::Options::default()) {
        Ok(_) => assert_eq!(verdict.why(), "does_not_compile", "{text}"),
        Err(_) => verdict.refused("reads"),
    }
}

#[test]
fn the_answer_cannot_be_included() {
    let answer = variant("pass-reference");
    let secret = "OpenOptions";
    reads("include!(\"PATH\");", &answer, secret);
    reads("#[path = \"PATH\"] mod a; fn main() { }", &answer, secret);
    let near = Path::new(
        "../../../../../exercises/01-date-daemon/02-append/variants/pass-reference/src/main.rs",
    );
    let from = root().join("target/course/check-1-2/check-1-2/src");
    assert!(from.join(near).is_file() || !from.is_dir());
    reads("include!(\"PATH\");", near, secret);
}

#[test]
fn nothing_of_the_machine_comes_into_a_verdict() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    fs::write(&path, "hush-hush = \"not for you\"\n").unwrap();
    for source in [
        "fn main() { println!(\"{}\", include_str!(\"PATH\")); }",
        "fn main() { print!(\"{:?}\", include_bytes!(\"PATH\")); }",
        "include!(\"PATH\"); fn main() {}",
        "#[path = \"PATH\"] mod secret; fn main() {}",
        "compile_error!(include_str!(\"PATH\"));",
        "compile_error!(concat!(\"<\", include_str!(\"PATH\"), \">\"));",
        "const X: [u8; include_bytes!(\"PATH\")[0] as usize] = []; fn main() {}",
        "core::arch::global_asm!(\".globl secret\", \"secret: .incbin \\\"PATH\\\"\"); fn main() {}",
        "#[link(name = \":PATH\")] unsafe extern \"C\" {} fn main() {}",
    ] {
        reads(source, &path, "not for you");
    }
}

#[test]
fn nothing_of_the_environment_comes_into_a_verdict() {
    let learner = Learner::start();
    for source in [
        "compile_error!(env!(\"HUSH\"));",
        "compile_error!(include_str!(\"/proc/self/environ\"));",
        "fn main() { println!(\"{}\", include_str!(\"/proc/self/environ\")); }",
    ] {
        fs::write(learner.file(), source).unwrap();
        let output =
            learner.command(&["check", "1.2", "--json"]).env("HUSH", "not for you").output();
        let text = stdout(&output.unwrap());
        assert!(text.contains("\"passed\":false") && !text.contains("not for you"), "{text}");
    }
}

#[test]
fn a_pipe_that_nobody_writes_to_does_not_hold_up_the_compiler() {
    if lab::Lab::boot(&lab::Options::default()).is_err() {
        let promise = "a_pipe_that_nobody_writes_to_does_not_hold_up_the_compiler";
        return lab::not_proved(promise, "no lab can run here");
    }
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let source = format!("fn main() {{ println!(\"{{}}\", include_str!({pipe:?})); }}");
    let verdict = Learner::start().hands_in(&source);
    assert_eq!(verdict.why(), "does_not_compile", "{:#}", verdict.json);
}

#[test]
fn constants_without_end_are_stopped() {
    let learner = Learner::start_slowly();
    // rustc's own limit, and the way around it.
    learner
        .hands_in("const X: () = loop {}; fn main() { X }")
        .refused("constant evaluation is taking a long time");
    let endless = "#![allow(long_running_const_eval)] const X: () = loop {}; fn main() { X }";
    let verdict = learner.hands_in(endless);
    assert_eq!(verdict.why(), "does_not_compile");
    verdict.refused("the compiler was stopped after");
}

#[test]
fn a_program_too_large_to_keep_is_not_built() {
    let huge = "pub static X: [u8; 1 << 34] = [1; 1 << 34]; fn main() { println!(\"{}\", X[std::env::args().count()]); }";
    let verdict = Learner::start_slowly().hands_in(huge);
    assert_eq!(verdict.why(), "does_not_compile", "{:#}", verdict.json);
}

#[test]
fn a_flood_of_errors_is_cut() {
    let errors: String = (0..400).map(|number| format!("fn f{number}() -> u8 {{ x }}\n")).collect();
    let verdict = Learner::start().hands_in(errors + "fn main() {}");
    verdict.refused("cannot find value `x`");
    let text = verdict.json.to_string();
    assert!(text.len() < 100_000, "{} bytes", text.len());
    verdict.refused("the compiler says more");
}

#[test]
fn terminal_codes_in_a_source_do_not_reach_the_terminal() {
    let learner = Learner::start();
    fs::write(learner.file(), "fn main() { let x: u8 = \"\x1b[2Jpassed\"; }").unwrap();
    let mut command = learner.command(&["check", "1.2"]);
    let text = stdout(&command.env("CLICOLOR_FORCE", "1").output().unwrap());
    assert!(text.contains("mismatched types"), "{text:?}");
    assert!(!text.contains("\x1b[2J"), "{text:?}");
}
