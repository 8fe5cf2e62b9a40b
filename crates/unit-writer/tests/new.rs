//! `unit-writer new`: whatever it is asked for, what it writes is what systemd takes; and its
//! dialogue at a terminal.
//!
//! As many sets of answers as the variable `ANSWERS` says, or a few hundred.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod common;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::Dice;
use nix::pty::openpty;

fn unit_writer() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unit-writer"));
    command.stdin(Stdio::null());
    command
}

/// Words that go to any option: good ones, bad ones, and some that only look bad.
const TEXTS: &[&str] = &[
    "plain",
    "100%",
    "%n",
    "$HOME",
    "a b",
    "\"q\"",
    "it's",
    "back\\slash",
    "#x",
    "; x",
    "/abs",
    "rel/x",
    "/run/x y",
    "/",
    "..",
    "-",
    "always",
    "no",
    "5s",
    "5M",
    "0",
    "high",
    "daily",
    "*-02-30",
    "2020-01-01",
    "Mon 9:00",
    "multi-user.target",
    "multiuser.target",
    "x.service",
    "x",
    "8080",
    "127.0.0.1:80",
    "99999",
    "0644",
    "999",
    "root",
    "daemon",
    "no-such-user",
    "oneshot",
    "forking",
    "notify",
    "on-failure",
    "tmpfs",
    "https://x.example/",
    "nonsense:x",
    "infinity",
    "1h 30min",
    "1.5x",
    "name.target",
    "graphical-session.target",
];

/// The options of each kind; those that end in `=` take a word.
fn options(kind: &str) -> &'static [&'static str] {
    match kind {
        "service" => &[
            "--type=",
            "--restart=",
            "--restart-sec=",
            "--user=",
            "--dynamic-user",
            "--env=A=",
            "--working-directory=",
            "--state-directory=",
            "--set=Service.Nice=",
            "--set=Service.UMask=",
            "--set=Service.RemainAfterExit=",
            "--set=Service.ExecStop=",
            "--set=Service.WatchdogSec=",
        ],
        "socket" => {
            &["--listen=", "--accept", "--mode=", "--set=Socket.Service=", "--set=Socket.Backlog="]
        }
        "mount" => &["--type=", "--options=", "--set=Mount.TimeoutSec="],
        "timer" => &[
            "--on-calendar=",
            "--on-boot=",
            "--on-unit-active=",
            "--persistent",
            "--unit=",
            "--set=Timer.AccuracySec=",
        ],
        "path" => &["--exists=", "--changed=", "--modified=", "--directory-not-empty=", "--unit="],
        _ => &[],
    }
}

const COMMON: &[&str] =
    &["--documentation=", "--after=", "--wants=", "--requires=", "--wanted-by="];

/// A set of answers for the unit of this number.
fn answers(dice: &mut Dice, number: usize) -> Vec<String> {
    let kind = dice.pick(&["service", "target", "socket", "mount", "timer", "path"]);
    let mut words = vec!["new".to_owned(), kind.to_owned()];
    if kind == "mount" {
        let place = format!("--where=/mnt/{}{number}", dice.pick(&["", "a b", "x-y", "%"]));
        words.extend([place, format!("--what={}", dice.pick(TEXTS))]);
    } else {
        words.push(format!("n{number}"));
    }
    words.push(format!("--description={}", dice.pick(TEXTS)));
    for _ in 0..dice.roll(5) {
        let all = [options(kind), COMMON].concat();
        let option = dice.pick(&all);
        let value = if option.ends_with('=') { dice.pick(TEXTS) } else { "" };
        words.push(format!("{option}{value}"));
    }
    if kind == "service" {
        words.extend(["--".to_owned(), dice.pick(&["/bin/true", "true", "/bin/sh"]).to_owned()]);
        words.extend((0..dice.roll(4)).map(|_| dice.pick(TEXTS).to_owned()));
    }
    words
}

/// The units that triggers start, so that nobody misses them.
fn write_started(directory: &Path, unit: &str) {
    let stem = unit.rsplit_once('.').unwrap().0;
    for name in [format!("{stem}.service"), format!("{stem}@.service")] {
        let path = directory.join(name);
        if !path.exists() {
            fs::write(path, "[Service]\nExecStart=/bin/true\n").unwrap();
        }
    }
}

#[test]
fn neither_check_nor_systemd_complains_of_what_is_written() {
    let count = std::env::var("ANSWERS").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    let (written, beside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut dice = Dice(0x5eed_0015);
    let mut refused = 0;
    for number in 0..count {
        let words = answers(&mut dice, number);
        let output = unit_writer().args(&words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) => {
                let at = format!("--output={}", written.path().display());
                let output = unit_writer().args(&words[..2]).arg(at).args(&words[2..]).output();
                assert!(output.unwrap().status.success(), "{words:?}");
            }
            Some(1 | 64) => {
                assert!(
                    output.stdout.is_empty()
                        && (said.contains("unit-writer: ") || said.starts_with("error: ")),
                    "{words:?}: {said}"
                );
                refused += 1;
            }
            code => panic!("{words:?}: {code:?}: {said}"),
        }
    }
    let units: Vec<_> =
        fs::read_dir(written.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(units.len() * 10 > count && refused * 10 > count, "{} and {refused}", units.len());
    let output =
        unit_writer().args(["check", "--offline", "--strict"]).arg(written.path()).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    for path in &units {
        let name = path.file_name().unwrap().to_str().unwrap();
        fs::copy(path, beside.path().join(name)).unwrap();
    }
    let names = units.iter().map(|path| path.file_name().unwrap().to_str().unwrap());
    names
        .filter(|name| !name.ends_with(".service"))
        .for_each(|name| write_started(beside.path(), name));
    let Ok(verified) = verify(beside.path(), &units) else {
        return eprintln!("skipped: there is no systemd-analyze here");
    };
    // Programs and units of other machines may be missing here.
    let is_about_unit = |line: &&str| line.contains("ignoring") || line.contains("efus");
    let complaints: Vec<&str> = verified.lines().filter(is_about_unit).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    eprintln!("{} units were written, {refused} refused", units.len());
}

/// What systemd-analyze says of the units, in the directory with their companions.
fn verify(directory: &Path, units: &[std::path::PathBuf]) -> std::io::Result<String> {
    let mut said = String::new();
    for some in units.chunks(300) {
        let paths = some.iter().map(|path| directory.join(path.file_name().unwrap()));
        let mut command = Command::new("systemd-analyze");
        let output = command.args(["verify", "--man=no"]).args(paths).output()?;
        said += &String::from_utf8_lossy(&output.stderr);
    }
    Ok(said)
}

/// Runs `new` at a terminal, where somebody types these lines.
fn typed(arguments: &[&str], lines: &[&str]) -> Output {
    let terminal = openpty(None, None).unwrap();
    let child = unit_writer()
        .arg("new")
        .args(arguments)
        .stdin(terminal.slave)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keyboard = File::from(terminal.master);
    lines.iter().for_each(|line| writeln!(keyboard, "{line}").unwrap());
    child.wait_with_output().unwrap()
}

#[test]
fn a_bad_answer_is_asked_for_again_and_a_command_is_split_into_words() {
    let lines = ["a/b", "mine", "My service", "relative/x", "/bin/echo 'two words' $HOME", "none"];
    let output = typed(&["service"], &lines);
    let (out, error) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{error}");
    assert!(out.contains("ExecStart=/bin/echo \"two words\" $$HOME\n"), "{out}{error}");
    assert!(error.contains("cannot name a unit \"a/b.service\""), "{error}");
    assert!(error.contains("is not a program"), "{error}");
    assert!(!out.contains("[Install]"), "{out}");
}

#[test]
fn what_systemd_would_refuse_or_ignore_is_not_written() {
    let service = ["service", "a", "--description", "x"];
    let timer = ["timer", "a", "--description", "x"];
    let cases: [(&[&str], &[&str], &str); 6] = [
        (&service, &["--type=oneshot", "--restart=always", "--", "/bin/true"], "oneshot-restart"),
        (&service, &["--state-directory=/abs", "--", "/bin/true"], "ignored-word"),
        (&service, &["--set=Service.Nice=high", "--", "/bin/true"], "ignored-value"),
        (&service, &["--wanted-by=multiuser.target", "--", "/bin/true"], "no-such-target"),
        (&timer, &["--on-unit-active=1h"], "never-begins"),
        (&timer, &["--on-calendar=*-02-30"], "never-comes"),
    ];
    for (start, rest, code) in cases {
        let output = unit_writer().arg("new").args(start).args(rest).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{rest:?}: {error}");
        assert!(error.contains(code) && output.stdout.is_empty(), "{rest:?}: {error}");
    }
}
