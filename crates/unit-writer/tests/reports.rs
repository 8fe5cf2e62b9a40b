//! What people reported publicly: of each case, the command says what is wrong, at least as loudly
//! as systemd's behaviour deserves.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// Files that are judged together, and what must be said of one of them.
#[derive(Debug, Default)]
struct Case {
    flags: Vec<String>,
    severity: String,
    /// One of these is enough.
    words: Vec<String>,
    /// Name and text; files beside are there, and nobody names them.
    files: Vec<(String, String)>,
    beside: Vec<(String, String)>,
}

fn cases(table: &str) -> Vec<Case> {
    table.split("\n== ").skip(1).map(case).collect()
}

fn case(text: &str) -> Case {
    let mut lines = text.lines();
    let name = lines.next().unwrap().to_owned();
    let flags = lines.next().unwrap().split(' ').skip(1).map(str::to_owned).collect();
    let (severity, words) = lines.next().unwrap().split_once(' ').unwrap();
    assert_eq!(lines.next(), Some("--"), "{name}");
    let words = words.split('|').map(str::to_owned).collect();
    let mut case = Case { flags, severity: severity.to_owned(), words, ..Case::default() };
    let mut file = (name, String::new());
    let mut is_beside = false;
    for line in lines {
        if let Some(next) = line.strip_prefix("+ ") {
            if is_beside { &mut case.beside } else { &mut case.files }.push(file);
            is_beside = next.starts_with("beside ");
            file = (next.trim_start_matches("beside ").to_owned(), String::new());
        } else {
            file.1 += line;
            file.1 += "\n";
        }
    }
    if is_beside { &mut case.beside } else { &mut case.files }.push(file);
    case
}

fn put(directory: &Path, files: &[(String, String)]) {
    for (name, text) in files {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn rank(severity: &str) -> usize {
    ["info", "warning", "error"].iter().position(|known| *known == severity).unwrap()
}

#[test]
fn of_each_public_report_the_right_thing_is_said() {
    let cases = cases(include_str!("cases/reports.txt"));
    assert!(cases.len() > 50, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let directory = tempfile::tempdir().unwrap();
        put(directory.path(), &case.files);
        put(directory.path(), &case.beside);
        let output = Command::new(env!("CARGO_BIN_EXE_unit-writer"))
            .args(["check", "--json"])
            .args(&case.flags)
            .args(case.files.iter().map(|(name, _)| name))
            .current_dir(directory.path())
            .output()
            .unwrap();
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let fits = |finding: &serde_json::Value| {
            let field = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            let all = ["code", "message", "effect", "fix"].map(field).join(" ");
            let is_loud = rank(&field("severity")) >= rank(&case.severity);
            is_loud && case.words.iter().any(|word| all.contains(word.as_str()))
        };
        if !said.as_array().unwrap().iter().any(fits) {
            wrong.push(format!("{case:?}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
