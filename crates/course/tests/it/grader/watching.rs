//! `course watch`: checks again on each save, however an editor saves, and answers keys.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::learner::{APPEND, Learner, reference, root};
use crate::interactive::Learner as AtTerminal;
use crate::project::{can_boot, program, wait_for_cargo};

/// Said after each check that did not pass.
const AGAIN: &str = "Save the file, and it is checked again.";

/// A source that does not compile, and names itself in the compiler's message.
fn broken(name: &str) -> String {
    format!("fn main() {{ {name} }}\n")
}

/// `course watch` for `learner` at a terminal, once the starter was checked; then `after`, in the
/// same shell.
fn watch(learner: &Learner, after: &str) -> AtTerminal {
    let work = learner.work().display();
    let line = format!("{} --work {work} watch {}{after}", program(), learner.id);
    let terminal = AtTerminal::at(&root(), &line, ("A", "B"));
    terminal.has_seen(AGAIN, 1);
    terminal
}

/// As nano and many others save: the file is emptied and written.
fn overwrite(file: &Path, text: &str) {
    fs::write(file, text).unwrap();
}

/// As vim saves: the old file gets another name, and a new one is made.
fn rename_and_create(file: &Path, text: &str) {
    let backup = file.with_extension("rs~");
    fs::rename(file, &backup).unwrap();
    fs::write(file, text).unwrap();
    fs::remove_file(backup).unwrap();
}

/// As VS Code with atomic saves, or a script: a new file beside, which takes the place of the old
/// one.
fn replace(file: &Path, text: &str) {
    let beside = file.with_extension("rs.new");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, file).unwrap();
}

#[test]
fn each_way_to_save_is_noticed() {
    let learner = Learner::start();
    let mut terminal = watch(&learner, "");
    let ways = [overwrite, rename_and_create, replace];
    // Twice around: a watch that follows the file and not its name is lost after the first rename.
    for (number, save) in ways.iter().chain(&ways).enumerate() {
        let name = format!("a{number}");
        save(&learner.file(), &broken(&name));
        terminal.has_seen(&format!("cannot find value `{name}`"), 1);
        terminal.has_seen(AGAIN, number + 2);
    }
    terminal.types("q");
    let (status, screen) = terminal.leaves();
    assert_eq!(status, Some(0), "{screen}");
}

#[test]
fn vim_itself_is_noticed() {
    let learner = Learner::start();
    fs::write(learner.file(), broken("before")).unwrap();
    let mut terminal = watch(&learner, "");
    for (number, copy) in ["no", "yes", "auto"].into_iter().enumerate() {
        let vim = Command::new("vim")
            .args(["-es", "-u", "NONE", "-c"])
            .arg(format!("set backupcopy={copy} backup | %s/{{.*}}/{{ vim{number} }}/ | wq"))
            .arg(learner.file())
            .stdin(Stdio::null())
            .output();
        if vim.is_err() {
            lab::not_proved("vim_itself_is_noticed", "vim is not installed");
            return;
        }
        terminal.has_seen(&format!("cannot find value `vim{number}`"), 1);
        terminal.has_seen(AGAIN, number + 2);
    }
    terminal.types("q");
    assert_eq!(terminal.leaves().0, Some(0));
}

#[test]
fn saving_other_files_checks_nothing() {
    let learner = Learner::start();
    let mut terminal = watch(&learner, "");
    fs::write(learner.exercise().join("notes.txt"), "x").unwrap();
    fs::write(learner.exercise().join("src/.main.rs.swp"), "x").unwrap();
    fs::write(learner.file(), broken("only_this")).unwrap();
    terminal.has_seen("only_this", 1);
    terminal.types("q");
    let (_, screen) = terminal.leaves();
    assert_eq!(screen.matches(AGAIN).count(), 2, "{screen}");
}

#[test]
fn the_keys_do_what_they_say() {
    let learner = Learner::start();
    let mut terminal = watch(&learner, "");
    terminal.has_seen("t task   h hint   c check   n next   l list", 1);
    terminal.types("h");
    terminal.has_seen("Hint 1 of 3 for 1.2", 1);
    terminal.types("h");
    terminal.has_seen("Hint 2 of 3 for 1.2", 1);
    terminal.types("t");
    terminal.has_seen("1.2 Append one whole line", 3);
    terminal.types("c");
    terminal.has_seen(AGAIN, 2);
    // Only after a pass.
    terminal.types("o");
    terminal.has_seen("1.2 is not passed yet", 1);
    // A question first, and any other key is a no.
    terminal.types("xn");
    terminal.has_seen("Nothing was changed.", 1);
    terminal.types("xy");
    terminal.has_seen("What you had is in", 1);
    // What is not passed can be skipped.
    terminal.types("n");
    terminal.has_seen("01-date-daemon/03-tick/src/main.rs", 1);
    terminal.has_seen(AGAIN, 3);
    // A list one can move in: two up from 1.3, by an arrow and by a letter.
    terminal.types("l");
    terminal.has_seen(">  1.3", 1);
    terminal.types("\x1b[A");
    terminal.has_seen(">  1.2", 1);
    terminal.types("k");
    terminal.has_seen(">  1.1", 1);
    terminal.types("ff");
    terminal.has_seen("Exercises: those that are passed", 1);
    terminal.types("f");
    terminal.has_seen(">  1.1", 3);
    terminal.types("\n");
    terminal.has_seen("01-date-daemon/01-format/src/main.rs", 1);
    terminal.has_seen(AGAIN, 4);
    terminal.types("q");
    let (status, screen) = terminal.leaves();
    assert_eq!(status, Some(0), "{screen}");
}

#[test]
fn a_pass_is_noted_and_the_lesson_is_a_key_away() {
    if !can_boot("a_pass_is_noted_and_the_lesson_is_a_key_away") {
        return;
    }
    let learner = Learner::start();
    let mut terminal = watch(&learner, "");
    overwrite(&learner.file(), &reference());
    terminal.has_seen("n opens the next exercise.", 1);
    let progress = fs::read_to_string(learner.work().join("progress.json")).unwrap();
    assert!(!progress.contains("\"passed\": \"\""), "{progress}");
    terminal.has_seen("You have it:", 1);
    terminal.types("o");
    terminal.has_seen("variants/pass-reference", 1);
    // The lesson with its pauses, and back again.
    terminal.types("r");
    terminal.has_seen("Lesson 1:", 1);
    // With the screen's height, it waits at a text or at a command.
    wait_for_cargo("the lesson to wait", || {
        let screen = anstream::adapter::strip_str(&terminal.screen()).to_string();
        let end = screen.trim_end_matches(' ');
        end.ends_with("(Enter: read on)") || end.ends_with("cargo build --package date-daemon")
    });
    terminal.types("q\n");
    terminal.has_seen("Nothing is left of the lab.", 1);
    terminal.has_seen("q quit", 3);
    terminal.types("q");
    let (status, screen) = terminal.leaves();
    assert_eq!(status, Some(0), "{screen}");
}

#[test]
fn a_resized_window_is_drawn_anew_and_ctrl_z_goes_to_the_shell_and_back() {
    let learner = Learner::start();
    let line = format!(
        "tty; set -m; {} --work {} watch {APPEND}; echo stopped-$((1 + 1)); fg; echo status=$?",
        program(),
        learner.work().display()
    );
    let mut terminal = AtTerminal::at(&root(), &line, ("A", "B"));
    terminal.has_seen(AGAIN, 1);
    let screen = terminal.screen();
    let device = screen.lines().find(|line| line.starts_with("/dev/")).unwrap();
    let resize = |columns: &str| {
        let mut stty = Command::new("stty");
        assert!(stty.args(["-F", device, "cols", columns]).status().unwrap().success());
    };
    terminal.types("h");
    terminal.has_seen("Hint 1 of 3", 1);
    resize("60");
    // All that was on the screen, and the hint is the same one.
    terminal.has_seen("Hint 1 of 3", 2);
    terminal.has_seen("and somebody else may be writing to\r\n", 1);
    terminal.types("l");
    terminal.has_seen("Append one whole line (started)", 1);
    resize("80");
    terminal.has_seen(" 10 min  started", 1);
    terminal.types("\x1a");
    terminal.has_seen("stopped-2", 1);
    terminal.has_seen(" 10 min  started", 2);
    terminal.types("q");
    terminal.has_seen("Hint 1 of 3", 3);
    terminal.types("q");
    let (_, screen) = terminal.leaves();
    assert!(screen.contains("status=0"), "{screen}");
}

#[test]
fn ctrl_c_leaves_the_terminal_as_it_was() {
    for keys in ["\x03", "\x04", "q"] {
        let learner = Learner::start();
        let mut terminal = watch(&learner, "; echo status=$?; stty -a");
        terminal.types(keys);
        let (_, screen) = terminal.leaves();
        let status = if keys == "\x03" { 130 } else { 0 };
        assert!(screen.contains(&format!("status={status}")), "{screen}");
        let (_, settings) = screen.split_once("status=").unwrap();
        for setting in [" icanon", " echo ", "isig"] {
            assert!(settings.contains(setting), "{keys:?}: {settings}");
        }
    }
}

#[test]
fn ctrl_c_works_in_the_middle_of_a_check() {
    let learner = Learner::start_slowly();
    let mut terminal = watch(&learner, "; echo status=$?; stty -a");
    overwrite(
        &learner.file(),
        "#![allow(long_running_const_eval)]\nconst X: () = loop {};\nfn main() { X }\n",
    );
    std::thread::sleep(std::time::Duration::from_millis(600));
    terminal.types("\x03");
    terminal.has_seen("status=130", 1);
    let (_, screen) = terminal.leaves();
    assert!(screen.contains(" icanon"), "{screen}");
}

#[test]
fn two_watches_see_the_same_save() {
    let learner = Learner::start();
    let mut terminals = [watch(&learner, ""), watch(&learner, "")];
    overwrite(&learner.file(), &broken("for_both"));
    for terminal in &mut terminals {
        terminal.has_seen("cannot find value `for_both`", 1);
        terminal.types("q");
    }
    for terminal in terminals {
        assert_eq!(terminal.leaves().0, Some(0));
    }
}

/// A watch that nobody can end by a key: a test that fails leaves it behind no more than one that
/// passes.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn without_a_terminal_it_is_plain_text() {
    let learner = Learner::start();
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let mut command = learner.command(&["watch", APPEND]);
    command.stdin(Stdio::null()).stdout(File::create(&log).unwrap());
    let watch = Running(command.spawn().unwrap());
    let said = |text: &str| {
        wait_for_cargo(text, || fs::read_to_string(&log).unwrap().contains(text));
    };
    said(AGAIN);
    overwrite(&learner.file(), &broken("plainly"));
    said("cannot find value `plainly`");
    drop(watch);
    let mut text = String::new();
    File::open(&log).unwrap().read_to_string(&mut text).unwrap();
    assert!(!text.contains('\x1b') && !text.contains('\r'), "{text:?}");
    assert!(!text.contains("q quit"), "there is nobody to press a key: {text}");
}

#[test]
fn saves_are_noticed_where_the_system_tells_of_nothing() {
    let learner = Learner::start();
    let work = learner.work().display();
    // A user namespace has limits of its own; in this one nobody may ask for inotify(7).
    let line = format!(
        "unshare --user --map-root-user sh -c 'echo 0 > /proc/sys/user/max_inotify_instances && exec {} --work {work} watch {APPEND}'; echo status=$?",
        program()
    );
    let mut terminal = AtTerminal::at(&root(), &line, ("A", "B"));
    wait_for_cargo("a start", || {
        let screen = terminal.screen();
        screen.contains(AGAIN) || screen.contains("status=")
    });
    if terminal.screen().contains("status=") {
        let promise = "saves_are_noticed_where_the_system_tells_of_nothing";
        return lab::not_proved(promise, "unshare(1) makes no user namespace here");
    }
    for (number, save) in [overwrite, rename_and_create, replace].iter().enumerate() {
        save(&learner.file(), &broken(&format!("polled{number}")));
        terminal.has_seen(&format!("cannot find value `polled{number}`"), 1);
        terminal.has_seen(AGAIN, number + 2);
    }
    terminal.types("q");
    terminal.has_seen("status=0", 1);
}
