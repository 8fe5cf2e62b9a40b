//! `lab run` and `lab shell` as a person or a script sees them: exit codes, streams, terminals,
//! directories, refusals.

mod project;
#[path = "../support/mod.rs"]
mod support;
mod terminal;
mod words;

use std::io::Write;
use std::process::{Output, Stdio};

use lab::Mode;
use support::{Place, can, is_root, modes, run, said};

/// The best mode for a check that has nothing to do with modes.
fn any_mode(promise: &str) -> Option<Mode> {
    modes(promise).into_iter().next()
}

#[track_caller]
fn exits(mode: Mode, command: &[&str], code: i32) -> Output {
    let place = Place::new(mode);
    let output = run(&place, mode, command);
    assert_eq!(output.status.code(), Some(code), "{command:?}: {}", said(&output));
    place.assert_clean();
    output
}

/// Runs `lab` with `args`, which it must refuse with `code` and one line that contains `text`.
#[track_caller]
fn refuses(args: &[&str], code: i32, text: &str) {
    let Some(mode) = any_mode(text) else { return };
    let place = Place::new(mode);
    let output = place.lab().args(args).stdin(Stdio::null()).output().expect("lab runs");
    assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    assert!(said(&output).contains(text), "{}", said(&output));
    assert!(!said(&output).contains("panicked"), "{}", said(&output));
    assert!(output.stdout.is_empty());
    place.assert_clean();
}

/// Runs a bash script in which `$LAB` is the binary, and `$RUN` calls it.
fn script(mode: Mode, place: &Place, script: &str) -> Output {
    let before = "HERE=$(mktemp -d); trap 'rm -rf $HERE' EXIT; cd $HERE";
    let script = format!("RUN=\"$LAB --mode {} run --quiet\"\n{before}\n{script}", mode.word());
    place.script(&script).stdin(Stdio::null()).output().expect("bash runs")
}

#[test]
fn exits_as_the_command_did() {
    for mode in modes("exits_as_the_command_did") {
        exits(mode, &["true"], 0);
        exits(mode, &["sh", "-c", "exit 7"], 7);
        exits(mode, &["sh", "-c", "exit 255"], 255);
        exits(mode, &["sh", "-c", "kill -TERM $$"], 128 + 15);
        exits(mode, &["sh", "-c", "kill -KILL $$"], 128 + 9);
    }
}

#[test]
fn a_missing_program_is_127_and_one_that_cannot_run_126() {
    for mode in modes("a_missing_program_is_127_and_one_that_cannot_run_126") {
        let output = exits(mode, &["no-such-program"], 127);
        assert_eq!(
            said(&output),
            "lab: cannot run no-such-program in the lab: No such file or directory (os error 2)\n"
        );
        let output = exits(mode, &["/etc/passwd"], 126);
        assert_eq!(
            said(&output),
            "lab: cannot run /etc/passwd in the lab: Permission denied (os error 13)\n"
        );
    }
}

#[test]
fn no_lab_is_125() {
    if !can(Mode::Single, "no_lab_is_125") {
        return;
    }
    let place = Place::new(Mode::Single);
    let output = run(&place, Mode::Root, &["true"]);
    assert_eq!(output.status.code(), Some(125), "{}", said(&output));
    assert!(said(&output).contains("you are not root"), "{}", said(&output));
}

#[test]
fn wrong_usage_is_one_clear_message() {
    refuses(&["run", "--frobnicate", "--", "true"], 2, "unexpected argument '--frobnicate'");
    refuses(&["run"], 2, "required arguments were not provided");
    refuses(&["fly"], 2, "unrecognized subcommand 'fly'");
    refuses(&["--mode", "magic", "run", "true"], 2, "invalid value 'magic' for '--mode <MODE>'");
    refuses(
        &["run", "--project", "/no/such", "--", "true"],
        125,
        "lab: cannot find /no/such: No such file or directory",
    );
    refuses(
        &["run", "--project", "/etc/passwd", "--", "true"],
        125,
        "lab: /etc/passwd is not a directory",
    );
    refuses(
        &["run", "--quiet", "--user", "mallory", "--", "true"],
        125,
        "there is no user \"mallory\"",
    );
}

#[test]
fn a_lab_with_one_id_has_no_learner() {
    if !can(Mode::Single, "a_lab_with_one_id_has_no_learner") {
        return;
    }
    let place = Place::new(Mode::Single);
    let args = ["--mode", "single", "run", "--user", "learner", "--", "true"];
    let output = place.lab().args(args).output().expect("lab runs");
    assert_eq!(output.status.code(), Some(125));
    assert!(said(&output).contains("there is only root"), "{}", said(&output));
    place.assert_clean();
}

#[test]
fn streams_pass_every_byte_and_stay_apart() {
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|number| (number * 7 % 251) as u8).collect();
    for mode in modes("streams_pass_every_byte_and_stay_apart") {
        let place = Place::new(mode);
        let mut child = place
            .lab()
            .args([
                "--mode",
                mode.word(),
                "run",
                "-q",
                "--",
                "sh",
                "-c",
                "echo apart >&2; exec cat",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("lab runs");
        let mut stdin = child.stdin.take().expect("it is a pipe");
        let sent = bytes.clone();
        let writer = std::thread::spawn(move || stdin.write_all(&sent));
        let output = child.wait_with_output().expect("lab ends");
        writer.join().expect("no panic").expect("all was taken");
        assert!(output.stdout == bytes, "{} bytes came back", output.stdout.len());
        assert_eq!(output.stderr, b"apart\n");
        place.assert_clean();
    }
}

#[test]
fn says_the_mode_in_one_line_unless_quiet() {
    for mode in modes("says_the_mode_in_one_line_unless_quiet") {
        let place = Place::new(mode);
        let output = place
            .lab()
            .args(["--mode", mode.word(), "run", "--read-only", "--", "true"])
            .output()
            .expect("lab runs");
        let line = said(&output);
        assert!(
            line.starts_with("lab: systemd ")
                && line.contains(&format!(", {mode}, running after ")),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1, "{line}");
        assert_eq!(said(&run(&place, mode, &["true"])), "");
    }
}

#[test]
fn without_a_forced_mode_the_best_is_taken() {
    let best = [(Mode::Root, ", root,"), (Mode::Subuid, ", rootless with subordinate ids,")];
    for (mode, line) in best {
        if can(mode, "without_a_forced_mode_the_best_is_taken") {
            let place = Place::new(mode);
            let output =
                place.lab().args(["run", "--read-only", "--", "true"]).output().expect("lab runs");
            assert!(said(&output).contains(line), "{}", said(&output));
        }
    }
}

#[test]
fn a_pipe_that_closes_ends_the_lab_quietly() {
    for mode in modes("a_pipe_that_closes_ends_the_lab_quietly") {
        let place = Place::new(mode);
        let output = script(mode, &place, "$RUN -- yes | head -1; echo ${PIPESTATUS[0]}");
        assert_eq!(said(&output), "y\n141\n");
        let output = script(
            mode,
            &place,
            "$LAB completions bash | head -c 1 > /dev/null; $LAB doctor | true; echo done",
        );
        assert_eq!(said(&output), "done\n");
        place.assert_clean();
    }
}

#[test]
fn closed_streams_are_no_trouble() {
    for mode in modes("closed_streams_are_no_trouble") {
        let place = Place::new(mode);
        let output = script(
            mode,
            &place,
            "$RUN -- cat <&-; echo $?; $RUN -- true >&-; echo $?; $RUN -- true <&- >&- 2>&-; echo $?",
        );
        assert_eq!(said(&output), "0\n0\n0\n");
        place.assert_clean();
    }
}

#[test]
fn eight_labs_at_once_do_not_meet() {
    for mode in modes("eight_labs_at_once_do_not_meet") {
        let place = Place::new(mode);
        let output = script(
            mode,
            &place,
            r#"for i in {1..8}; do
                $RUN -- bash -c 'exec 3<>/dev/udp/127.0.0.1/1; systemd-run -q --unit=same sleep 100 && systemctl is-active same && cat /proc/sys/kernel/random/boot_id' > $HERE/out.$i 2>&1 &
            done; wait; cat $HERE/out.* | grep -c ^active; cat $HERE/out.* | grep -v active | sort -u | wc -l; cat $HERE/out.* >&2"#,
        );
        assert!(output.stdout.starts_with(b"8\n8\n"), "{}", said(&output));
        place.assert_clean();
    }
}

#[test]
fn gc_says_what_it_found() {
    let Some(mode) = any_mode("gc_says_what_it_found") else {
        return;
    };
    if !is_root() {
        return lab::not_proved(
            "gc_says_what_it_found",
            "only root's tests have a cgroup of their own",
        );
    }
    let place = Place::new(mode);
    assert_eq!(said(&run_in(&place, &["gc"])), "removed the cgroups of 0 dead labs\n");
}

fn run_in(place: &Place, args: &[&str]) -> Output {
    place.lab().args(args).stdin(Stdio::null()).output().expect("lab runs")
}
