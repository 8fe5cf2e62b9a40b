//! The directive table against the machine's own systemd, and against itself.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::BTreeSet;
use std::process::Command;

use unit_file::directives::{Kind, OLDEST, all, find};

/// `Section.Key` of everything the machine's systemd knows, and its version.
fn machine() -> Option<(u32, BTreeSet<String>)> {
    let program = ["/lib/systemd/systemd", "/usr/lib/systemd/systemd"]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())?;
    let run = |option: &str| {
        let output = Command::new(program).arg(option).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let version = run("--version").split_whitespace().nth(1)?.split('.').next()?.parse().ok()?;
    let mut section = String::new();
    let mut keys = BTreeSet::new();
    for line in run("--dump-configuration-items").lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.to_owned();
        } else if let Some((key, _)) = line.split_once('=') {
            keys.insert(format!("{section}.{key}"));
        }
    }
    Some((version, keys))
}

#[test]
fn knows_what_the_machines_systemd_knows() {
    let Some((version, theirs)) = machine() else {
        return eprintln!("skipped: there is no systemd here");
    };
    let rows = all().filter(|row| row.works_in(version));
    let ours: BTreeSet<String> = rows
        .flat_map(|row| row.sections().map(move |section| format!("{section}.{}", row.key)))
        .collect();
    // Distributions carry keys back from later versions, so a key that we date later may be here
    // already.
    let missing: Vec<_> = theirs
        .difference(&ours)
        .filter(|name| {
            let (section, key) = name.split_once('.').unwrap();
            find(section, key).is_none()
        })
        .collect();
    assert!(missing.is_empty(), "systemd {version} knows these, the table doesn't: {missing:?}");
    let invented: Vec<_> = ours.difference(&theirs).collect();
    assert!(invented.is_empty(), "the table says that systemd {version} knows these: {invented:?}");
}

#[test]
fn every_row_is_whole() {
    let lines = include_str!("../data/directives.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .count();
    assert_eq!(all().count(), lines, "each line is a row");
    assert!(all().is_sorted_by_key(|row| row.key), "the search needs the rows in order");
    for row in all() {
        assert!(row.since > 0 && row.until.is_none_or(|until| until + 1 >= OLDEST), "{}", row.key);
        assert!(
            row.man.ends_with(")") && row.man.starts_with("systemd."),
            "{}: {}",
            row.key,
            row.man
        );
        if let Some(text) = row.text {
            assert!(text.ends_with('.') && text.len() < 200, "{}: {text}", row.key);
        }
        if let Kind::Choice(words) | Kind::ChoiceOrNumber(words, _) = row.kind {
            assert!(words.contains(' '), "{}", row.key);
        }
    }
    let explained = all().filter(|row| row.text.is_some()).count();
    assert!(explained > 250, "{explained} rows have an explanation");
}

#[test]
fn the_same_key_has_one_row_in_a_section() {
    let mut seen = BTreeSet::new();
    for row in all() {
        for section in row.sections() {
            assert!(seen.insert((section, row.key)), "[{section}] {} has two rows", row.key);
        }
    }
}
