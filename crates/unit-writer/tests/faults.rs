//! Every class of fault: it is found where it is, with its severity, and nothing else is. Tricky
//! good units: silence.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use unit_file::syntax::UnitFile;
use unit_writer::checks::{self, Circumstances, Finding, Severity, Subject, apply_safe_fixes};
use unit_writer::load::{Identity, LoadPath, Machine, Role, Source, UnitSet};

/// A unit of a table, and what is to be said about it.
struct Case {
    name: String,
    expected: Vec<String>,
    text: Vec<u8>,
}

fn cases(table: &str, has_expectations: bool) -> Vec<Case> {
    let parts = table.split("\n== ").skip(1);
    parts
        .map(|part| {
            let (name, rest) = part.split_once('\n').unwrap();
            let (expected, text) = if has_expectations {
                rest.split_once("--")
                    .map(|(expected, text)| (expected, text.strip_prefix('\n').unwrap_or(text)))
                    .unwrap()
            } else {
                ("", rest)
            };
            let mut expected: Vec<String> = expected.lines().map(str::to_owned).collect();
            expected.sort();
            Case { name: name.to_owned(), expected, text: bytes(text) }
        })
        .collect()
}

fn bytes(text: &str) -> Vec<u8> {
    // The split took the last newline, which was the next case's.
    let newline = if text.is_empty() { "" } else { "\n" };
    let text =
        format!("{text}{newline}").replace("\\r\n", "\r\n").replace("\\b", "\u{feff}").into_bytes();
    let mut bytes = Vec::new();
    let mut rest = &text[..];
    while let Some((&byte, after)) = rest.split_first() {
        rest = match rest.strip_prefix(b"\\x1\n") {
            Some(after) => {
                bytes.extend([0xff, b'\n']);
                after
            }
            None => {
                bytes.push(byte);
                after
            }
        };
    }
    bytes
}

/// A machine with what the units need and the missing ones don't find, whatever the one at hand
/// has.
fn machine() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let run = |path: &str| {
        fs::set_permissions(root.path().join(path), Permissions::from_mode(0o755)).unwrap();
    };
    put("etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n");
    put("etc/group", "root:x:0:\n");
    put("usr/lib/systemd/libsystemd-shared-252.so", "");
    let units = "dbus.service multi-user.target network-online.target network.target \
                 sysinit.target timers.target sockets.target paths.target local-fs.target \
                 shutdown.target graphical.target sshd.service";
    units.split_whitespace().for_each(|unit| put(&format!("usr/lib/systemd/system/{unit}"), ""));
    for program in
        "sleep true echo ls rm date sh test kill systemctl find cat sysctl mount ping mkdir logger"
            .split(' ')
    {
        for directory in ["bin", "usr/bin"] {
            put(&format!("{directory}/{program}"), "\u{7f}ELF");
            run(&format!("{directory}/{program}"));
        }
    }
    let scripts = [
        ("none", "sleep 1\n"),
        ("empty", ""),
        ("mark", "\u{feff}#!/bin/sh\n"),
        ("windows", "#!/bin/sh\r\nsleep 1\r\n"),
        ("old", "#!/usr/bin/python2.7\n"),
        ("by-env", "#!/usr/bin/env nowhere\n"),
        ("blank", "#! /bin/sh -e\nsleep 1\r\n"),
        ("split", "#!/bin/sh -S x y"),
        ("archive.jar", "PK\u{3}\u{4}\0"),
        ("built.jar", "#!/bin/sh\nPK\u{3}\u{4}\0"),
    ];
    for (name, text) in scripts {
        put(&format!("srv/scripts/{name}"), text);
        run(&format!("srv/scripts/{name}"));
    }
    put("root/app/x.sh", "");
    put("root/venv/bin/activate", "");
    fs::set_permissions(root.path().join("root"), Permissions::from_mode(0o700)).unwrap();
    root
}

fn findings(root: &Path, case: &Case) -> (UnitFile, Vec<Finding>) {
    let path = PathBuf::from("units").join(&case.name);
    let identity = Identity::of(&path).unwrap();
    let source = Source::of_bytes(&path, identity, case.text.clone()).unwrap();
    let load_path = LoadPath::new(source.scope(), root, None);
    let machine = Machine::with_load_path(root, load_path);
    let set = UnitSet::of([&source]);
    let around = Circumstances {
        version: machine.version().unwrap(),
        scope: source.scope(),
        machine: Some(&machine),
        set: &set,
        today: chrono::NaiveDate::from_ymd_opt(2026, 11, 26).unwrap(),
    };
    let mut findings = checks::check(&Subject::new(&source, around));
    // The command says this one, as only it sees the file's name.
    if matches!(&source.identity.name, Some(Err(_))) {
        findings.push(Finding::whole(Severity::Error, "invalid-name", ""));
    }
    assert!(source.identity.role == Role::Unit || case.name.contains(".d/"));
    (source.own.file, findings)
}

fn told(file: &UnitFile, findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        let (line, column) = finding.span.as_ref().map_or((0, 0), |span| file.position(span.start));
        format!("{} {line}:{column} {}", finding.severity.as_str(), finding.code)
    };
    let mut told: Vec<String> = findings.iter().map(line).collect();
    told.sort();
    told
}

#[test]
fn every_fault_is_found_where_it_is_and_nothing_else() {
    let root = machine();
    let cases = cases(include_str!("cases/faults.txt"), true);
    assert!(cases.len() > 100, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let (file, findings) = findings(root.path(), case);
        let told = told(&file, &findings);
        if told != case.expected {
            wrong.push(format!(
                "{}:\n  expected {:?}\n  told     {told:?}",
                case.name, case.expected
            ));
        }
        for finding in &findings {
            let complete = !finding.effect.is_empty() && finding.man.ends_with(')')
                || finding.code == "invalid-name";
            assert!(complete, "{}: {finding:?}", case.name);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_said_about_tricky_good_units() {
    let root = machine();
    for case in cases(include_str!("cases/good.txt"), false) {
        let (file, findings) = findings(root.path(), &case);
        assert_eq!(told(&file, &findings), [""; 0], "{}: {findings:?}", case.name);
    }
}

#[test]
fn a_safe_fix_takes_its_finding_away_and_brings_no_new_one() {
    let root = machine();
    let mut fixed = 0;
    for mut case in cases(include_str!("cases/faults.txt"), true) {
        let (_, mut before) = findings(root.path(), &case);
        for _ in 0..8 {
            let Some(bytes) = apply_safe_fixes(&case.text, &before) else {
                break;
            };
            case.text = bytes;
            let (file, after) = findings(root.path(), &case);
            let safe = |findings: &[Finding]| {
                findings
                    .iter()
                    .filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.is_safe))
                    .count()
            };
            assert!(safe(&after) < safe(&before), "{}: {:?}", case.name, told(&file, &after));
            before = after;
            fixed += 1;
        }
        assert!(
            apply_safe_fixes(&case.text, &before).is_none(),
            "{}: it goes on and on",
            case.name
        );
    }
    assert!(fixed > 15, "{fixed} files were mended");
}
