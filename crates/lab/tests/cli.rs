//! `lab run` and `lab shell` as a person or a script sees them: exit codes, streams, terminals, folders, refusals.

mod support;

use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Output, Stdio};

use lab::Mode;
use support::terminal::Terminal;
use support::{Place, can, is_root, modes, run, said};

/// The best mode for a check that has nothing to do with modes.
fn any_mode(promise: &str) -> Option<Mode> {
    modes(promise).into_iter().next()
}

#[track_caller]
fn exits(mode: Mode, command: &[&str], code: i32) -> Output {
    let place = Place::new(mode);
    let output = run(&place, mode, command);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{command:?}: {}",
        said(&output)
    );
    place.assert_clean();
    output
}

/// Runs `lab` with `args`, which it must refuse with `code` and one line that contains `text`.
#[track_caller]
fn refuses(args: &[&str], code: i32, text: &str) {
    let Some(mode) = any_mode(text) else { return };
    let place = Place::new(mode);
    let output = place
        .lab()
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("lab runs");
    assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    assert!(said(&output).contains(text), "{}", said(&output));
    assert!(!said(&output).contains("panicked"), "{}", said(&output));
    assert!(output.stdout.is_empty());
    place.assert_clean();
}

/// Runs a bash script in which `$LAB` is the binary, and `$RUN` calls it.
fn script(mode: Mode, place: &Place, script: &str) -> Output {
    let before = "HERE=$(mktemp -d); trap 'rm -rf $HERE' EXIT; cd $HERE";
    let script = format!(
        "RUN=\"$LAB --mode {} run --quiet\"\n{before}\n{script}",
        mode.word()
    );
    place
        .script(&script)
        .stdin(Stdio::null())
        .output()
        .expect("bash runs")
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
    assert!(
        said(&output).contains("you are not root"),
        "{}",
        said(&output)
    );
}

#[test]
fn wrong_usage_is_one_clear_message() {
    refuses(
        &["run", "--frobnicate", "--", "true"],
        2,
        "unexpected argument '--frobnicate'",
    );
    refuses(&["run"], 2, "required arguments were not provided");
    refuses(&["fly"], 2, "unrecognized subcommand 'fly'");
    refuses(
        &["--mode", "magic", "run", "true"],
        2,
        "no mode is called \"magic\"",
    );
    refuses(
        &["run", "--project", "/no/such", "--", "true"],
        125,
        "lab: cannot find /no/such: No such file or directory",
    );
    refuses(
        &["run", "--project", "/etc/passwd", "--", "true"],
        125,
        "lab: /etc/passwd is not a folder",
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
    assert!(
        said(&output).contains("there is only root"),
        "{}",
        said(&output)
    );
    place.assert_clean();
}

#[test]
fn streams_pass_every_byte_and_stay_apart() {
    let bytes: Vec<u8> = (0..1_000_000_u32)
        .map(|number| (number * 7 % 251) as u8)
        .collect();
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
        assert!(
            output.stdout == bytes,
            "{} bytes came back",
            output.stdout.len()
        );
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
            .args(["--mode", mode.word(), "run", "--", "true"])
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
    let best = [
        (Mode::Root, ", root,"),
        (Mode::Subuid, ", rootless with subordinate ids,"),
    ];
    for (mode, line) in best {
        if can(mode, "without_a_forced_mode_the_best_is_taken") {
            let place = Place::new(mode);
            let output = place
                .lab()
                .args(["run", "--", "true"])
                .output()
                .expect("lab runs");
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
fn the_project_is_at_the_same_path_and_read_only_holds() {
    for mode in modes("the_project_is_at_the_same_path_and_read_only_holds") {
        let place = Place::new(mode);
        let output = script(
            mode,
            &place,
            r#"set -e; mkdir -p a/b; cd a/b; echo outside > file
            $RUN -- sh -c 'pwd; cat file; echo inside > file; mkdir sub' | sed "s,$HERE,HERE,"; cat file; stat -c %u file sub | sort -u | grep -c "^$(id -u)$"
            $RUN --read-only -- sh -c 'cat file; echo no > file || echo refused'; cat file
            cd /; $RUN --project $HERE/a -- sh -c 'pwd; ls b' | sed "s,$HERE,HERE,"
            cd $HERE/a; ln -s b link; cd link; $RUN -- cat file"#,
        );
        let expected =
            "HERE/a/b\noutside\ninside\n1\ninside\nrefused\ninside\nHERE/a\nfile\nsub\ninside\n";
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            expected,
            "{}",
            said(&output)
        );
        place.assert_clean();
    }
}

#[test]
fn a_read_only_project_stays_so_below_its_mounts() {
    if !can(Mode::Root, "a_read_only_project_stays_so_below_its_mounts") {
        return;
    }
    let place = Place::new(Mode::Root)
        .prepare("mkdir -p /tmp/a/deep; mount -t tmpfs deep /tmp/a/deep; cd /tmp/a");
    let output = run_in(
        &place,
        &[
            "run",
            "-q",
            "--read-only",
            "--",
            "sh",
            "-c",
            "touch deep/x || echo refused",
        ],
    );
    assert!(output.stdout == b"refused\n", "{}", said(&output));
}

fn run_in(place: &Place, args: &[&str]) -> Output {
    place
        .lab()
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("lab runs")
}

#[test]
fn a_project_in_roots_home_works_for_root() {
    if !can(Mode::Root, "a_project_in_roots_home_works_for_root") {
        return;
    }
    let place = Place::new(Mode::Root).prepare(
        "mount -t tmpfs -o mode=700 home /root; mkdir /root/project; cd /root/project; touch here",
    );
    let output = run(&place, Mode::Root, &["ls"]);
    assert_eq!(said(&output), "here\n");
}

#[test]
fn a_folder_that_the_lab_has_of_its_own_is_never_the_hosts() {
    if !can(
        Mode::Root,
        "a_folder_that_the_lab_has_of_its_own_is_never_the_hosts",
    ) {
        return;
    }
    for folder in [
        "/etc",
        "/etc/systemd/system",
        "/var",
        "/var/log",
        "/usr",
        "/run",
        "/proc/self",
        "/sys",
        "/dev",
        "/tmp",
        "/usr/lib/systemd",
    ] {
        let place = Place::new(Mode::Root);
        let output = run_in(&place, &["run", "-q", "--project", folder, "--", "true"]);
        assert_eq!(
            output.status.code(),
            Some(125),
            "{folder}: {}",
            said(&output)
        );
        assert!(said(&output).contains("--project"), "{}", said(&output));
        place.assert_clean();
    }
}

#[test]
fn a_current_folder_that_is_gone_is_one_clear_line() {
    let Some(mode) = any_mode("a_current_folder_that_is_gone_is_one_clear_line") else {
        return;
    };
    let place = Place::new(mode);
    let output = script(
        mode,
        &place,
        "mkdir gone; cd gone; rmdir ../gone; $RUN -- true; echo $?",
    );
    assert_eq!(
        said(&output),
        "125\nlab: cannot tell the current folder: No such file or directory (os error 2)\n"
    );
}

#[test]
fn arguments_arrive_as_they_were_given() {
    let Some(mode) = any_mode("arguments_arrive_as_they_were_given") else {
        return;
    };
    let place = Place::new(mode);
    let strange = [
        "", " ", "a b", "--help", "-q", "$HOME", "'\"\\", "\n", "día", "*",
    ];
    let mut args = vec!["printf", "<%s>"];
    args.extend(strange);
    let output = run(&place, mode, &args);
    assert_eq!(
        said(&output),
        strange.map(|arg| format!("<{arg}>")).concat()
    );
}

#[test]
fn long_arguments_work_and_longer_ones_are_refused() {
    let Some(mode) = any_mode("long_arguments_work_and_longer_ones_are_refused") else {
        return;
    };
    let place = Place::new(mode);
    let long = "x".repeat(100_000);
    let output = run(&place, mode, &["printf", "%s", &long]);
    assert!(said(&output) == long, "{}", output.status);
    let output = run(&place, mode, &["printf", "%s%s", &long, &long]);
    assert_eq!(output.status.code(), Some(126));
    assert_eq!(
        said(&output),
        "lab: cannot run printf in the lab: the arguments are too long\n"
    );
    place.assert_clean();
}

#[test]
fn words_that_are_not_utf_8_are_refused() {
    let Some(mode) = any_mode("words_that_are_not_utf_8_are_refused") else {
        return;
    };
    let place = Place::new(mode);
    let word = std::ffi::OsStr::from_bytes(b"caf\xe9");
    let output = place
        .lab()
        .args(["run", "-q", "--", "echo"])
        .arg(word)
        .output()
        .expect("lab runs");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let output = script(
        mode,
        &place,
        "mkdir $'caf\\xe9'; cd $'caf\\xe9'; $RUN -- true; echo $?",
    );
    assert!(said(&output).starts_with("125\nlab: "), "{}", said(&output));
    assert!(said(&output).contains("UTF-8"), "{}", said(&output));
    place.assert_clean();
}

#[test]
fn nothing_of_the_environment_goes_in() {
    for mode in modes("nothing_of_the_environment_goes_in") {
        let place = Place::new(mode);
        let mut command = place.lab();
        command
            .args(["--mode", mode.word(), "run", "-q", "--", "env"])
            .env("SECRET", "s3cret".repeat(10_000));
        let output = command.output().expect("lab runs");
        let mut names: Vec<&str> = std::str::from_utf8(&output.stdout)
            .expect("ASCII")
            .lines()
            .map(|line| line.split('=').next().unwrap_or_default())
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["HOME", "LANG", "LOGNAME", "PATH", "SHELL", "USER"],
            "{}",
            said(&output)
        );
    }
}

#[test]
fn no_descriptor_of_the_launcher_goes_in() {
    for mode in modes("no_descriptor_of_the_launcher_goes_in") {
        let place = Place::new(mode);
        let output = script(
            mode,
            &place,
            "exec 7< /etc/passwd; $RUN -- sh -c 'ls /proc/self/fd; ls -l /proc/1/fd' | grep -e '^7$' -e /etc/passwd",
        );
        assert_eq!(said(&output), "");
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

/// `lab run COMMAND` on a terminal of 33 rows and 77 columns.
fn on_terminal(place: &Place, mode: Mode, command: &[&str]) -> Terminal {
    let mut lab: Command = place.lab();
    lab.args(["--mode", mode.word(), "run", "-q", "--"])
        .args(command)
        .env("TERM", "xterm");
    Terminal::start(lab, 33, 77)
}

#[test]
fn on_a_terminal_the_command_has_one_of_its_own() {
    for mode in modes("on_a_terminal_the_command_has_one_of_its_own") {
        let place = Place::new(mode);
        let mut terminal = on_terminal(
            &place,
            mode,
            &[
                "sh",
                "-c",
                "tty; stty size; test -t 0 && test -t 1 && test -t 2 && echo all; echo $TERM; exit 5",
            ],
        );
        assert_eq!(terminal.finish().code(), Some(5));
        assert_eq!(terminal.seen, "/dev/pts/0\r\n33 77\r\nall\r\nxterm\r\n");
        place.assert_clean();
    }
}

#[test]
fn a_window_that_changes_its_size_is_followed() {
    for mode in modes("a_window_that_changes_its_size_is_followed") {
        let place = Place::new(mode);
        let mut terminal = on_terminal(
            &place,
            mode,
            &[
                "bash",
                "-c",
                "trap 'stty size' WINCH; trap 'exit 130' INT; echo ready; while :; do sleep 0.02; done",
            ],
        );
        terminal.expect("ready");
        terminal.resize(44, 99);
        terminal.expect("44 99");
        terminal.type_in("\x03");
        assert_eq!(terminal.finish().code(), Some(130), "{}", terminal.seen);
        place.assert_clean();
    }
}

#[test]
fn a_shell_has_job_control_and_ctrl_c_stays_inside() {
    for mode in modes("a_shell_has_job_control_and_ctrl_c_stays_inside") {
        let place = Place::new(mode);
        let mut command = place.lab();
        command
            .args(["--mode", mode.word(), "shell", "-q"])
            .env("TERM", "dumb");
        let mut terminal = Terminal::start(command, 24, 80);
        terminal.expect("# ");
        terminal.type_in("sleep 100\r");
        terminal.expect("sleep 100");
        // Until the sleep is the foreground job, the terminal's signal would go to the shell.
        std::thread::sleep(std::time::Duration::from_millis(300));
        terminal.type_in("\x1a");
        terminal.expect("Stopped");
        terminal.type_in("fg\r");
        terminal.expect("sleep 100");
        std::thread::sleep(std::time::Duration::from_millis(300));
        terminal.type_in("\x03");
        terminal.expect("# ");
        terminal.type_in("echo still $((40 + 2)); exit 3\r");
        terminal.expect("still 42");
        assert_eq!(terminal.finish().code(), Some(3), "{}", terminal.seen);
        place.assert_clean();
    }
}

#[test]
fn the_terminal_is_given_back_as_it_was() {
    for mode in modes("the_terminal_is_given_back_as_it_was") {
        let place = Place::new(mode);
        let mut bash = place.script(&format!("before=$(stty -a); $LAB --mode {} run -q -- true; [ \"$before\" = \"$(stty -a)\" ] && echo same", mode.word()));
        bash.env("TERM", "dumb");
        let mut terminal = Terminal::start(bash, 24, 80);
        terminal.finish();
        assert_eq!(terminal.seen, "same\r\n");
    }
}

#[test]
fn a_long_paste_does_not_choke_the_terminal() {
    for mode in modes("a_long_paste_does_not_choke_the_terminal") {
        let place = Place::new(mode);
        let mut terminal = on_terminal(
            &place,
            mode,
            &[
                "sh",
                "-c",
                "stty raw -echo; echo ready; head -c 400000 | tee /dev/tty | cksum",
            ],
        );
        terminal.expect("ready");
        let mut master = std::fs::File::from(terminal.descriptor());
        let typist = std::thread::spawn(move || master.write_all(&[b'x'; 400_000]));
        let status = terminal.finish();
        typist.join().expect("no panic").expect("all was taken");
        assert!(status.success(), "{status}");
        assert!(
            terminal.seen.len() > 400_000,
            "{} bytes were shown",
            terminal.seen.len()
        );
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
    assert_eq!(
        said(&run_in(&place, &["gc"])),
        "removed the cgroups of 0 dead labs\n"
    );
}
