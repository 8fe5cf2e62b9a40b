//! Lines and statements: systemd's own cases, its limits, and the promise that no byte is lost.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod common;

use common::rows;
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use unit_file::syntax::{Content, Fault, LONG_LINE_MAX, UnitFile};

/// What the lines are when they are put together again.
fn put_together(file: &UnitFile) -> Vec<u8> {
    let bytes = file.bytes();
    file.lines()
        .iter()
        .flat_map(|line| [&bytes[line.text.clone()], line.end_of_line(bytes)].concat())
        .collect()
}

fn faults(bytes: &[u8]) -> Vec<Fault> {
    let file = UnitFile::parse(bytes);
    let fault = |content: &Content| match content {
        Content::Fault(fault) => Some(*fault),
        _ => None,
    };
    file.statements().iter().filter_map(|statement| fault(&statement.content)).collect()
}

#[test]
fn the_last_assignment_is_what_systemd_ends_with() {
    for row in rows(include_str!("cases/files.tsv")) {
        let file = UnitFile::parse(row[0].as_str());
        let is_ours = |section: &str, key: &str| section == "Section" && key == "setting1";
        let last =
            file.assignments().rfind(|assignment| is_ours(&assignment.section, &assignment.key));
        assert_eq!(
            last.map(|assignment| assignment.value.text()),
            Some(row[1].as_str()),
            "{row:?}"
        );
        assert_eq!(put_together(&file), row[0].as_bytes());
    }
}

#[test]
fn a_value_knows_where_it_stands() {
    let text = "[Service]\nExecStart=/bin/a \\\n  # why\n  'two words' \\\n  three\n";
    let file = UnitFile::parse(text);
    let value = &file.assignments().next().unwrap().value;
    assert_eq!(value.text(), "/bin/a    'two words'    three");
    let place = |word: &str| {
        let at = value.text().find(word).unwrap();
        let span = value.span_of(at..at + word.len());
        assert_eq!(&text[span.clone()], word);
        file.position(span.start)
    };
    assert_eq!((place("/bin/a"), place("'two words'"), place("three")), ((2, 11), (4, 3), (5, 3)));
}

#[test]
fn columns_count_characters_not_bytes() {
    let file = UnitFile::parse("[Unit]\nDescription=año x\n");
    let value = &file.assignments().next().unwrap().value;
    assert_eq!(file.position(value.span_of(5..6).start), (2, 17));
}

#[test]
fn faults_are_those_of_systemd() {
    assert_eq!(faults(b"[Unit\nA=1\n"), [Fault::HeaderNotClosed, Fault::OutsideSection]);
    assert_eq!(faults(b"[Unit] # no\n"), [Fault::HeaderNotClosed]);
    assert_eq!(faults(b"[Un\\it]\n"), [Fault::HeaderCharacters]);
    assert_eq!(
        faults(b"A=1\n[Unit]\nB\n=2\n"),
        [Fault::OutsideSection, Fault::NoEquals, Fault::NoKey]
    );
    assert_eq!(faults(b"[Unit]\nDescription=\xff\n"), [Fault::NotUtf8]);
    assert_eq!(faults(b"[Unit]\n# \xff is nothing to a comment\n"), []);
    assert_eq!(faults(b"\xef\xbb\xbf[Unit]\nDescription=marked\n"), []);
    // The mark hides the comment sign, as the comment test comes first.
    assert_eq!(faults(b"\xef\xbb\xbf# text\n[Unit]\n"), [Fault::OutsideSection]);
}

#[test]
fn the_limit_on_lines_is_exact_also_for_joined_ones() {
    let line = |length: usize| [b"[Unit]\nA=".to_vec(), vec![b'x'; length - 2]].concat();
    assert_eq!(faults(&line(LONG_LINE_MAX)), []);
    assert_eq!(faults(&line(LONG_LINE_MAX + 1)), [Fault::TooLong]);
    let joined =
        |length: usize| [line(LONG_LINE_MAX - 100), b" \\\n".to_vec(), vec![b'y'; length]].concat();
    assert_eq!(faults(&joined(98)), []);
    assert_eq!(faults(&joined(99)), [Fault::TooLong]);
    assert_eq!(faults(&[b"# ".to_vec(), vec![b'x'; LONG_LINE_MAX]].concat()), [Fault::TooLong]);
}

#[test]
fn a_million_continuations_take_no_time() {
    let started = std::time::Instant::now();
    UnitFile::parse(b"\\\n".repeat(1_000_000));
    assert!(started.elapsed().as_secs() < 5, "joining lines must not be quadratic");
}

#[test]
fn only_an_empty_file_is_a_mask() {
    assert!(UnitFile::parse("").is_mask());
    assert!(!UnitFile::parse("\n").is_mask() && !UnitFile::parse("# x\n").is_mask());
}

/// The bytes that mean something to the parser, and a few that don't.
fn odd_byte() -> impl proptest::strategy::Strategy<Value = u8> {
    proptest::sample::select(b"[]=\\#; \t\n\r\0aU\xef\xbb\xbf\xff\"'".to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_byte_comes_back(bytes in proptest::collection::vec(odd_byte(), 0..200)) {
        let file = UnitFile::parse(bytes.clone());
        prop_assert_eq!(put_together(&file), bytes.clone());
        for statement in file.statements() {
            let span = &statement.span;
            prop_assert!(span.start <= span.end && span.end <= bytes.len());
        }
        for assignment in file.assignments() {
            prop_assert_eq!(&bytes[assignment.key_span.clone()], assignment.key.as_bytes());
            if assignment.value.is_on_one_line() {
                prop_assert_eq!(&bytes[assignment.value.span()], assignment.value.text().as_bytes());
            }
        }
    }
}
