//! What reaches a command in a lab: its arguments, and nothing else of the launcher.

use std::os::unix::ffi::OsStrExt;

use crate::support::{Place, modes, run, said};
use crate::{any_mode, script};

#[test]
fn arguments_arrive_as_they_were_given() {
    let Some(mode) = any_mode("arguments_arrive_as_they_were_given") else {
        return;
    };
    let place = Place::new(mode);
    let strange = ["", " ", "a b", "--help", "-q", "$HOME", "'\"\\", "\n", "día", "*"];
    let mut args = vec!["printf", "<%s>"];
    args.extend(strange);
    let output = run(&place, mode, &args);
    assert_eq!(said(&output), strange.map(|arg| format!("<{arg}>")).concat());
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
    assert_eq!(said(&output), "lab: cannot run printf in the lab: the arguments are too long\n");
    place.assert_clean();
}

#[test]
fn words_that_are_not_utf_8_are_refused() {
    let Some(mode) = any_mode("words_that_are_not_utf_8_are_refused") else {
        return;
    };
    let place = Place::new(mode);
    let word = std::ffi::OsStr::from_bytes(b"caf\xe9");
    let output =
        place.lab().args(["run", "-q", "--", "echo"]).arg(word).output().expect("lab runs");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let output = script(mode, &place, "mkdir $'caf\\xe9'; cd $'caf\\xe9'; $RUN -- true; echo $?");
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
