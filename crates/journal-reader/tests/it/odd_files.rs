//! Files that are not as one expects: each gets one clear line, and the rest goes on.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use journal_reader::{Journal, Source};

use crate::support::entries::generate;
use crate::support::writer::{Format, Writer};
use crate::support::{file_in, has_journalctl, journal, not_proved, reader, run, text};

#[test]
fn each_file_that_cannot_be_read_gets_one_line_and_the_rest_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    journal(&file_in(&directory, "good.journal"), 1, 50, Format::USUAL);
    let good = std::fs::read(file_in(&directory, "good.journal")).unwrap();
    let write =
        |name: &str, bytes: &[u8]| std::fs::write(file_in(&directory, name), bytes).unwrap();
    write("empty.journal", b"");
    write("text.journal", b"this is no journal");
    write("short.journal", &good[..100]);
    let mut newer = good.clone();
    newer[13] = 0x80;
    write("newer.journal", &newer);
    nix::unistd::mkfifo(&file_in(&directory, "pipe.journal"), nix::sys::stat::Mode::S_IRWXU)
        .unwrap();
    std::os::unix::fs::symlink("gone", file_in(&directory, "dangling.journal")).unwrap();
    std::fs::create_dir(file_in(&directory, "directory.journal")).unwrap();
    let expected = [
        ("empty.journal", "the file is empty"),
        ("text.journal", "not a journal file"),
        ("short.journal", "not a journal file"),
        ("newer.journal", "it needs a newer reader (incompatible flags 0x8000)"),
        ("pipe.journal", "not a regular file"),
        ("dangling.journal", "No such file or directory"),
        ("directory.journal", "not a regular file"),
    ];
    let argument = format!("--directory={}", directory.path().display());
    let out = reader(&[argument.as_str(), "-o", "export"]);
    let said = text(&out.stderr);
    for (name, reason) in expected {
        let lines = said.lines().filter(|line| line.contains(name));
        let lines: Vec<&str> = lines.collect();
        assert!(lines.len() == 1 && lines[0].contains(reason), "{name}: {lines:?}");
    }
    assert_eq!(text(&out.stdout).matches("__CURSOR=").count(), 50);
    assert!(out.status.success(), "something was read");
    let out = reader(&[format!("--file={}", file_in(&directory, "empty.journal").display())]);
    assert_eq!(out.status.code(), Some(1), "nothing was read");
}

#[test]
fn a_file_without_permission_is_named() {
    if nix::unistd::geteuid().is_root() {
        return not_proved("a_file_without_permission_is_named", "root may read everything");
    }
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "secret.journal");
    journal(&path, 1, 5, Format::USUAL);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    let out = reader(&[format!("--file={}", path.display())]);
    assert!(text(&out.stderr).contains("Permission denied"), "{}", text(&out.stderr));
}

#[test]
fn a_directory_that_is_not_there_is_an_error() {
    let out = reader(&["--directory=/nowhere/at/all"]);
    assert_eq!(out.status.code(), Some(1));
    assert_eq!(
        text(&out.stderr),
        "journal-reader: cannot read /nowhere/at/all: No such file or directory\n"
    );
}

#[test]
fn a_file_that_is_cut_while_it_is_read_ends_early_and_nobody_dies() {
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "system.journal");
    journal(&path, 2, 3000, Format::USUAL);
    let length = std::fs::metadata(&path).unwrap().len();
    let mut journal = Journal::open(Source::Files(vec![path.clone()])).unwrap();
    for _ in 0..100 {
        journal.next().unwrap().fields().for_each(drop);
    }
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_len(length / 2).unwrap();
    let mut whole = 100;
    while let Some(entry) = journal.next() {
        if !entry.is_whole() {
            continue;
        }
        assert!(entry.fields().all(|field| !field.name().is_empty()));
        whole += 1;
    }
    assert!((1000..2900).contains(&whole), "{whole} entries lie in the first half");
    assert!(journal.files().next().unwrap().was_cut());
    assert_eq!(journal.take_problems().len(), 1, "it is said once");
}

#[test]
fn a_file_that_vanishes_or_is_renamed_can_be_read_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "system.journal");
    journal(&path, 3, 300, Format::USUAL);
    let mut journal = Journal::open(Source::Directory(directory.path().to_owned())).unwrap();
    journal.next().unwrap();
    std::fs::rename(&path, file_in(&directory, "system@1.journal")).unwrap();
    journal.next().unwrap();
    std::fs::remove_file(file_in(&directory, "system@1.journal")).unwrap();
    let mut count = 2;
    while journal.next().is_some() {
        count += 1;
    }
    assert_eq!(count, 300);
}

#[test]
fn a_thousand_files_are_one_journal() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = crate::support::writer::Writer::with_buckets(4, Format::USUAL, 37);
    // Long before a boot ends or the clock is set back.
    let entries = crate::support::entries::generate(4, 4000);
    entries[..2].iter().for_each(|entry| writer.append(entry));
    let bytes = writer.finish();
    for at in 0..1000_u64 {
        let mut bytes = bytes.clone();
        // Another file, with other numbers.
        bytes[24..32].copy_from_slice(&at.to_le_bytes());
        bytes[72..80].copy_from_slice(&at.to_le_bytes());
        std::fs::write(file_in(&directory, &format!("{at}.journal")), &bytes).unwrap();
    }
    let mut journal = Journal::open(Source::Directory(directory.path().to_owned())).unwrap();
    assert_eq!(journal.files().len(), 1000);
    // The same two entries in all of them: each comes once.
    let mut count = 0;
    while journal.next().is_some() {
        count += 1;
    }
    assert_eq!(count, 2);
}

#[test]
fn a_pattern_names_several_files() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["a1", "a2", "b1"] {
        let seed = u64::from(name.as_bytes()[1]) * 10 + u64::from(name.as_bytes()[0]);
        journal(&file_in(&directory, &format!("{name}.journal")), seed, 5, Format::USUAL);
    }
    let pattern = directory.path().join("a*.journal");
    let journal = Journal::open(Source::Files(vec![pattern])).unwrap();
    assert_eq!(journal.files().len(), 2);
    let none = Source::Files(vec![PathBuf::from("/nowhere/*.journal")]);
    assert!(Journal::open(none).is_err());
}

#[test]
fn a_sealed_file_is_read_and_verify_says_what_it_did_not_check() {
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "system.journal");
    let mut writer = Writer::new(6, Format::USUAL);
    for (at, entry) in generate(6, 100).iter().enumerate() {
        writer.append(entry);
        if at % 20 == 0 {
            writer.seal();
        }
    }
    std::fs::write(&path, writer.finish()).unwrap();
    let file = format!("--file={}", path.display());
    let out = reader(&[&file, "-o", "export"]);
    assert_eq!(text(&out.stdout).matches("__CURSOR=").count(), 100);
    let out = reader(&[&file, "--verify"]);
    let said = text(&out.stderr);
    assert!(said.contains("PASS") && said.contains("5 seals not checked"), "{said}");
    assert!(said.contains("--verify-key"), "with the command that checks them: {said}");
}

#[test]
fn a_salvage_counts_what_was_cut_off() {
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "cut.journal");
    journal(&path, 7, 400, Format::USUAL);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let out = reader(&["salvage", &path.display().to_string(), "-o", "export"]);
    let found = text(&out.stdout).matches("__CURSOR=").count();
    let said = text(&out.stderr);
    assert!(said.contains(&format!("lost: {} entries", 400 - found)), "{found}: {said}");
}

/// A file of 400 entries, and what is done to it.
#[track_caller]
fn salvaged(damage: impl Fn(&mut Vec<u8>)) -> (usize, usize) {
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "broken.journal");
    journal(&path, 7, 400, Format::USUAL);
    let mut bytes = std::fs::read(&path).unwrap();
    damage(&mut bytes);
    std::fs::write(&path, bytes).unwrap();
    let name = path.display().to_string();
    let count = |out: std::process::Output| text(&out.stdout).matches("__CURSOR=").count();
    let theirs =
        count(run("journalctl", &["--no-pager", "-o", "export", &format!("--file={name}")]));
    let out = reader(&["salvage", &name, "-o", "export"]);
    let said = text(&out.stderr);
    assert!(said.contains("entries whole") && said.contains("lost:"), "{said}");
    (theirs, count(out))
}

#[test]
fn salvage_reads_more_of_a_damaged_file_than_journalctl() {
    if !has_journalctl("salvage_reads_more_of_a_damaged_file_than_journalctl") {
        return;
    }
    let (theirs, ours) = salvaged(|bytes| bytes[..264].fill(0));
    assert!(theirs == 0 && ours == 400, "no header: {theirs}, {ours}");
    let (theirs, ours) = salvaged(|bytes| bytes[176..184].fill(0));
    assert!(theirs == 0 && ours == 400, "no list of entries: {theirs}, {ours}");
    let (theirs, ours) = salvaged(|bytes| bytes.truncate(bytes.len() * 3 / 5));
    assert!(theirs < ours && ours > 150, "cut: {theirs}, {ours}");
    let (theirs, ours) = salvaged(|bytes| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4096].fill(0);
    });
    assert!(theirs <= ours && ours > 300, "a hole: {theirs}, {ours}");
}
