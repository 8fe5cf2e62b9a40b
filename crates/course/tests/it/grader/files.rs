//! What can be wrong with the files of a submission: each is refused in words that help, and
//! nothing is lost.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use super::learner::{APPEND, Learner, reference, root, variant};
use crate::project::{can_boot, program, stdout};

#[test]
fn the_untouched_starter_is_refused() {
    let verdict = Learner::start().checks();
    verdict.refused("src/main.rs is still as it was at the start");
    assert_eq!(verdict.why(), "file");
}

#[test]
fn what_is_empty_or_all_comment_is_refused() {
    let learner = Learner::start();
    let commented: String = reference().lines().map(|line| format!("// {line}\n")).collect();
    let block = format!("/*\n{}\n*/\n", reference());
    for source in ["", "\n \n\t\n", &commented] {
        learner.hands_in(source).refused("src/main.rs is empty, but for comments");
    }
    // The compiler sees what is in a block comment, and that it is nothing.
    learner.hands_in(block).refused("`main` function not found");
}

#[test]
fn a_hollow_program_is_refused() {
    if can_boot("a_hollow_program_is_refused") {
        let verdict = Learner::start().hands_in("fn main() {}\n");
        verdict.refused("there is no dates.log");
    }
}

#[test]
fn the_reference_passes_and_is_remembered() {
    if can_boot("the_reference_passes_and_is_remembered") {
        let learner = Learner::start();
        learner.hands_in(reference()).passed();
        let list = stdout(&learner.course(&["list"]));
        assert!(list.contains("passed"), "{list}");
    }
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    let learner = Learner::start();
    let again = "`cargo course reset 1.2` brings the starter back";
    let refused = |what: &str| {
        let verdict = learner.checks();
        verdict.refused(what);
        verdict.refused(again);
        assert_eq!(verdict.why(), "file");
    };
    fs::write(learner.file(), b"fn main() { \xff }").unwrap();
    refused("src/main.rs: it is not UTF-8 from byte 12 on");
    fs::write(learner.file(), vec![b' '; 2 << 20]).unwrap();
    refused("src/main.rs: it is larger than 1 MiB");
    fs::remove_file(learner.file()).unwrap();
    refused("src/main.rs: No such file or directory");
    fs::create_dir(learner.file()).unwrap();
    refused("src/main.rs: it is not a regular file");
    fs::remove_dir(learner.file()).unwrap();
    // A pipe that nobody writes to: whoever opens it to read waits for ever.
    let made = Command::new("mkfifo").arg(learner.file()).status();
    assert!(made.unwrap().success());
    refused("src/main.rs: it is not a regular file");
    fs::remove_dir_all(learner.exercise().join("src")).unwrap();
    refused("src/main.rs: No such file or directory");
}

#[test]
fn a_link_is_refused_wherever_it_is_and_leads() {
    let learner = Learner::start();
    let (file, directory) = (learner.file(), learner.exercise().join("src"));
    for target in [variant("pass-reference"), "/dev/zero".into(), "gone".into()] {
        fs::remove_file(&file).unwrap();
        symlink(target, &file).unwrap();
        learner.checks().refused("src/main.rs is a link: put the file itself there");
    }
    fs::remove_dir_all(&directory).unwrap();
    symlink(variant("pass-reference").parent().unwrap(), &directory).unwrap();
    learner.checks().refused("src/main.rs is a link: put the file itself there");
    fs::remove_dir_all(learner.exercise()).unwrap();
    let answer = root().join("exercises/01-date-daemon/02-append/variants/pass-reference");
    symlink(answer, learner.exercise()).unwrap();
    learner.checks().refused("is a link");
}

#[test]
fn a_second_name_of_another_file_is_refused() {
    let learner = Learner::start();
    let secret = learner.work().join("secret");
    fs::write(&secret, "compile_error!(\"not for you\");\n").unwrap();
    fs::remove_file(learner.file()).unwrap();
    fs::hard_link(&secret, learner.file()).unwrap();
    let verdict = learner.checks();
    verdict.refused("src/main.rs has a second name somewhere (a hard link)");
    assert!(!verdict.json.to_string().contains("not for you"));
}

#[test]
fn files_that_are_not_asked_for_change_nothing() {
    if !can_boot("files_that_are_not_asked_for_change_nothing") {
        return;
    }
    let learner = Learner::start();
    let write = |name: &str, text: &str| {
        let path = learner.exercise().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("Cargo.toml", "[package]\nname = \"other\"\n");
    write("build.rs", "fn main() { panic!(\"built\") }");
    write(".cargo/config.toml", "[build]\nrustc = \"/bin/true\"\n");
    write("src/bin/more.rs", "fn main() { nonsense }");
    write("src/lib.rs", "nonsense");
    learner.hands_in(reference()).passed();
}

#[test]
fn two_learners_at_once_get_each_their_own_verdict() {
    if !can_boot("two_learners_at_once_get_each_their_own_verdict") {
        return;
    }
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| Learner::start().hands_in(reference()).passed());
            scope.spawn(|| {
                let wrong = fs::read_to_string(variant("fail-file-create")).unwrap();
                Learner::start().hands_in(wrong).refused("the file was emptied");
            });
        }
    });
}

#[test]
fn a_learner_who_keeps_files_to_themselves_is_graded_alike() {
    if !can_boot("a_learner_who_keeps_files_to_themselves_is_graded_alike") {
        return;
    }
    let learner = Learner::start();
    fs::write(learner.file(), reference()).unwrap();
    let output = Command::new("sh")
        .args(["-c", "umask 077; exec \"$@\"", "sh", program(), "--work"])
        .arg(learner.work())
        .args(["check", "1.2"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stdout(&output));
}

#[test]
fn where_no_lab_can_run_nothing_is_left_in_the_temporary_directory() {
    let learner = Learner::start();
    fs::write(learner.file(), reference()).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    // A user namespace has limits of its own; in this one nobody may make another mount namespace.
    let script = "echo 0 > /proc/sys/user/max_mnt_namespaces && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "sh", "-c", script, "sh"]);
    let course = learner.command(&["check", APPEND, "--json"]);
    command.arg(course.get_program()).args(course.get_args()).current_dir(root());
    let output = command.env("TMPDIR", scratch.path()).output().unwrap();
    if stdout(&output).is_empty() {
        let promise = "where_no_lab_can_run_nothing_is_left_in_the_temporary_directory";
        return lab::not_proved(promise, "unshare(1) makes no user namespace here");
    }
    let verdict: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(verdict["passed"], true, "{verdict:#}");
    let left: Vec<_> = fs::read_dir(scratch.path()).unwrap().map(Result::unwrap).collect();
    assert!(left.is_empty(), "{left:?}");
}
