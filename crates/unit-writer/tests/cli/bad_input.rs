//! What people and disks do to files, and to what is typed.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use nix::sys::resource::{UsageWho, getrusage};

use crate::command::{GOOD, check_code, error, file, out, run, run_with_input, unit_writer};

/// What people and disks do to files; an error in one line, or a finding, and never a panic.
#[test]
fn bad_input_is_told_in_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    symlink("/nowhere/at/all", at("dangling.service")).unwrap();
    fs::create_dir(at("directory.service")).unwrap();
    fs::write(at("no-type"), GOOD).unwrap();
    for (path, reason) in [
        (at("dangling.service"), "No such file"),
        (at("missing.service"), "No such file"),
        (at("no-type"), "does not end in a unit type"),
        ("/dev/zero.service".to_owned(), "No such file"),
    ] {
        let output = check_code(&["check", "--offline", &path], 1);
        let message = error(&output);
        assert!(
            message.starts_with("unit-writer: cannot ") && message.contains(reason),
            "{message}"
        );
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(!message.trim_end().ends_with('.'), "{message}");
    }
    // The others are judged all the same.
    let (_good, good) = file("good.service", GOOD);
    let output = check_code(&["check", "--offline", &at("missing.service"), &good], 1);
    assert!(out(&output).contains("1 file checked: nothing to say"), "{}", out(&output));
    // A directory is one of units, whatever its name, and one without any is a mistake.
    let output = check_code(&["check", "--offline", &at("directory.service")], 1);
    assert!(error(&output).contains("there is no unit file in it"), "{}", error(&output));
    for command in ["fmt", "explain", "install"] {
        let output = run(&[command, &at("directory.service")]);
        assert_eq!(output.status.code(), Some(1));
        assert!(error(&output).contains("it is a directory"), "{}", error(&output));
    }
}

#[test]
fn files_that_are_no_text_are_findings() {
    let mut binary = fs::read(env!("CARGO_BIN_EXE_unit-writer")).unwrap();
    binary.truncate(200_000);
    let (_binary, path) = file("binary.service", binary);
    let output = check_code(&["check", "--offline", &path], 1);
    assert!(out(&output).contains("file-refused"));
    let (_long, path) = file(
        "long.service",
        [b"[Service]\nExecStart=/bin/echo ".to_vec(), vec![b'x'; 1024 * 1024]].concat(),
    );
    let output = check_code(&["check", "--offline", &path], 1);
    assert!(
        out(&output).contains("longer than 1048576 bytes") && out(&output).len() < 10_000,
        "{}",
        out(&output).len()
    );
    let (_latin, path) =
        file("latin.service", b"[Unit]\nDescription=a\xf1o\n[Service]\nExecStart=/bin/true\n");
    let output = check_code(&["check", "--offline", &path], 1);
    assert!(
        out(&output).contains("latin.service:2:1") && out(&output).contains("not valid UTF-8"),
        "{}",
        out(&output)
    );
    let (_masked, path) = file("masked.service", "");
    assert!(out(&check_code(&["check", "--offline", &path], 0)).contains("masks the unit"));
    let (_huge, path) = file("huge.service", vec![b'#'; 17 * 1024 * 1024]);
    assert!(error(&check_code(&["check", "--offline", &path], 1)).contains("larger than 16 MiB"));
    // Half a file would be taken for the whole by whoever saves what comes out.
    let many_lines = "[Unit]\n# a comment\n".repeat(1024 * 1024);
    let output = run_with_input(&["fmt", "-"], &many_lines);
    assert_eq!((output.status.code(), out(&output).len()), (Some(1), 0));
    assert!(error(&output).contains("larger than 16 MiB"), "{}", error(&output));
}

#[test]
fn a_hundred_thousand_bad_lines_are_judged_quickly_and_told_in_part() {
    let (_directory, path) = file(
        "many.service",
        ["[Service]\n".to_owned(), "Restart=x\nfoo\nBar=\n".repeat(100_000)].concat(),
    );
    // Processor time, as the machine may be busy with something else.
    let spent = || {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
        usage.user_time().tv_sec() + usage.system_time().tv_sec()
    };
    let before = spent();
    let output = run(&["check", "--offline", "--json", &path]);
    assert!(spent() - before < 60, "{} s", spent() - before);
    let found: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert!(found.as_array().unwrap().len() < 500);
}

#[test]
fn a_pipe_and_a_missing_root_and_a_quadlet_are_errors_at_once() {
    let (directory, good) = file("a.service", GOOD);
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    nix::unistd::mkfifo(at("pipe.service").as_str(), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let output = check_code(&["check", &at("pipe.service")], 1);
    assert!(error(&output).contains("not a regular file"), "{}", error(&output));
    let output = check_code(&["check", "--root=/nonexistent", &good], 64);
    assert!(error(&output).contains("there is no such directory"), "{}", error(&output));
    fs::write(at("web.container"), "[Container]\nImage=web\n").unwrap();
    let output = check_code(&["check", &at("web.container")], 1);
    assert!(error(&output).contains("Podman"), "{}", error(&output));
}

#[test]
fn fmt_goes_on_behind_a_file_that_it_can_t_read() {
    let (directory, path) = file("a.service", GOOD.replace('=', " = "));
    let missing = directory.path().join("missing.service");
    let output = check_code(&["fmt", missing.to_str().unwrap(), &path], 1);
    assert!(error(&output).contains("cannot read") && out(&output).contains("formatted"));
}

#[test]
fn nobody_reading_is_no_error() {
    let mut child = unit_writer(&["check", "/usr/lib/systemd/system"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(error(&output).is_empty() && output.status.code() == Some(0), "{output:?}");
}
