//! fmt: what it does to a file, and that it keeps the meaning of any.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use proptest::prelude::{ProptestConfig, Strategy, prop_assert_eq, proptest};
use unit_file::syntax::UnitFile;
use unit_writer::layout::format;

#[track_caller]
fn check(before: &str, after: &str) {
    let tidy = format(&UnitFile::parse(before)).unwrap();
    assert_eq!(String::from_utf8(tidy.clone()).unwrap(), after);
    assert_eq!(format(&UnitFile::parse(tidy.clone())).unwrap(), tidy, "twice is once");
}

#[test]
fn blanks_go_and_sections_are_set_apart() {
    check(
        "\n\n [Unit]\nDescription =  a  b \n\n\n\nAfter=x.service\n[Service]\n\nExecStart=/bin/true",
        "[Unit]\nDescription=a  b\n\nAfter=x.service\n\n[Service]\nExecStart=/bin/true\n",
    );
}

#[test]
fn comments_stay_with_what_they_stand_above() {
    check(
        "# head\n\n[Unit]\n  # why\nAfter=x.service\n# about the service\n[Service]\nType=oneshot\n; end",
        "# head\n\n[Unit]\n# why\nAfter=x.service\n\n# about the service\n[Service]\nType=oneshot\n; end\n",
    );
}

#[test]
fn continued_lines_are_left_alone_but_for_their_beginning() {
    check(
        "[Service]\nExecStart =  /bin/echo a \\\n   # note\n    'b  c' \\\n\n[Install]\n",
        "[Service]\nExecStart=/bin/echo a \\\n   # note\n    'b  c' \\\n\n\n[Install]\n",
    );
}

#[test]
fn other_line_ends_become_newlines() {
    check("\u{feff}[Unit]\r\nDescription=x\r\n", "[Unit]\nDescription=x\n");
}

#[test]
fn a_backslash_before_a_blank_does_not_become_a_continuation() {
    check(
        "[Unit]\nDescription=x \\ \nAfter=y.service\n",
        "[Unit]\nDescription=x \\ \nAfter=y.service\n",
    );
}

#[test]
fn a_file_that_systemd_refuses_is_refused() {
    assert_eq!(format(&UnitFile::parse("[Unit]\n[Broken\n")).unwrap_err().line, 2);
}

fn meaning(file: &UnitFile) -> Vec<(String, String, String)> {
    let parts = file.assignments();
    parts
        .map(|part| (part.section.to_string(), part.key.clone(), part.value.text().to_owned()))
        .collect()
}

fn comments(file: &UnitFile) -> Vec<String> {
    let blank = |c: char| matches!(c, ' ' | '\t');
    let texts = file
        .lines()
        .iter()
        .map(|line| String::from_utf8_lossy(&file.bytes()[line.text.clone()]).into_owned());
    texts
        .map(|line| line.trim_matches(blank).to_owned())
        .filter(|line| line.starts_with(['#', ';']))
        .collect()
}

/// Pieces of files that meet in unlucky ways.
fn segments() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "[A]",
        "[B]\n",
        "\n",
        "\r\n",
        "\r",
        "\0",
        "K=v",
        "K = v ",
        "K=",
        "=v",
        " ",
        "\t",
        "\\",
        "\\\n",
        "# c",
        ";c\n",
        "x",
        "é",
        "\u{feff}",
        "\n\n\n",
        "K=a \\\n b\n",
        "\u{c}",
        "'",
    ]);
    proptest::collection::vec(piece, 0..40).prop_map(|segments| segments.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_file_keeps_its_meaning_and_its_comments(text in segments()) {
        let file = UnitFile::parse(text);
        if let Ok(tidy) = format(&file) {
            let again = UnitFile::parse(tidy.clone());
            prop_assert_eq!(meaning(&file), meaning(&again));
            prop_assert_eq!(comments(&file), comments(&again));
            prop_assert_eq!(format(&again).unwrap(), tidy);
        }
    }
}
