//! The same 10,000 generated texts through this crate and through `systemd-escape`; skipped, out
//! loud, without it.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::process::Command;

use systemd_types::{escape, escape_path, unescape};

/// Small texts of the characters that matter, always the same ones.
fn texts(count: usize) -> Vec<String> {
    let alphabet: Vec<char> = "ab9Z/-_.:\\@% $ü€x#\"'~".chars().collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % bound as u64).unwrap()
    };
    (0..count).map(|_| (0..=next(12)).map(|_| alphabet[next(alphabet.len())]).collect()).collect()
}

/// The tool's answers, one a text: it prints them on one line, and escaped text has no blanks.
fn systemd_escape(options: &[&str], texts: &[&String]) -> Option<Vec<String>> {
    let mut answers = Vec::new();
    for some in texts.chunks(2000) {
        let output =
            Command::new("systemd-escape").args(options).arg("--").args(some).output().ok()?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        answers.extend(
            String::from_utf8(output.stdout).unwrap().split_whitespace().map(str::to_owned),
        );
    }
    assert_eq!(answers.len(), texts.len());
    Some(answers)
}

#[test]
fn escapes_ten_thousand_texts_as_systemd_escape_does() {
    let texts = texts(10_000);
    let all: Vec<&String> = texts.iter().collect();
    let Some(theirs) = systemd_escape(&[], &all) else {
        return eprintln!("skipped: there is no systemd-escape here");
    };
    for (text, theirs) in all.iter().zip(theirs) {
        assert_eq!(escape(text), theirs, "{text:?}");
        assert_eq!(unescape(&theirs).unwrap(), text.as_bytes());
    }
}

#[test]
fn escapes_paths_as_systemd_escape_does() {
    // The tool stops at the first path it refuses, so those are judged apart.
    let texts = texts(10_000);
    let refused = |path: &str| {
        let mut parts = path.split('/');
        path.split('/').any(|part| part == "..")
            || (path.starts_with('.') && parts.all(|part| matches!(part, "" | ".")))
    };
    let paths: Vec<&String> = texts.iter().filter(|text| !refused(text)).collect();
    let Some(theirs) = systemd_escape(&["--path"], &paths) else {
        return eprintln!("skipped: there is no systemd-escape here");
    };
    for (path, theirs) in paths.iter().zip(theirs) {
        assert_eq!(escape_path(path).unwrap(), theirs, "{path:?}");
    }
    for refused in [".", "./."] {
        assert!(escape_path(refused).is_err());
    }
    assert!(escape_path("/a/../b").is_err() && escape_path("..").is_err());
}
