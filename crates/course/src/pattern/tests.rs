use super::Pattern;
use crate::diff::{Change, diff};

fn pattern(text: &str) -> Pattern {
    Pattern::new(&text.lines().collect::<Vec<_>>())
}

#[track_caller]
fn check(expected: &str, output: &str, matches: bool) {
    assert_eq!(
        pattern(expected).matches(output),
        matches,
        "expected:\n{expected}\n\ngot:\n{output}"
    );
    let clean = diff(&pattern(expected), output)
        .iter()
        .all(|change| matches!(change, Change::Same(_) | Change::Skipped));
    assert_eq!(clean, matches, "the diff of {expected:?} and {output:?}");
}

#[test]
fn an_answer_matches_only_itself() {
    check("", "", true);
    check("", "word\n", false);
    check("word", "", false);
    check("active", "active\n", true);
    check("active", "inactive\n", false);
    check("active", "active\nactive\n", false);
    check("one\ntwo", "two\none\n", false);
    check("one\ntwo", "one\n\ntwo\n", false);
}

#[test]
fn spaces_at_the_ends_and_blank_lines_at_the_bottom_do_not_count() {
    check("one  \n\n", "one\n", true);
    check("one", "one \t\n\n\n", true);
    check("one", " one\n", false);
    check("one", "\none\n", false);
}

#[test]
fn any_text_stays_within_its_line() {
    check("[..]", "anything at all\n", true);
    check("[..]", "\n", false);
    check("[..]", "one\ntwo\n", false);
    check("since [..]", "since Monday\n", true);
    check("since [..]", "until Monday\n", false);
    check("[..] ago", "2s ago\n", true);
    check("[..] ago", "2s ago!\n", false);
    check("pid [..] of [..].", "pid 7 of 9.\n", true);
    check("pid [..] of [..].", "pid 7 of 9\n", false);
    check("a[..]b[..]b", "ab\n", false);
    check("a[..]b[..]b", "abb\n", true);
    check("a[..]a", "a\n", false);
    check("a[..]b[..]c[..]d", "acbd\n", false);
    check("é[..]é", "éñé\n", true);
}

#[test]
fn any_lines_take_as_many_as_are_needed() {
    check("...", "", true);
    check("...", "one\ntwo\n", true);
    check("...\n...", "one\n", true);
    check("one\n...", "one\n", true);
    check("one\n...", "two\none\n", false);
    check("...\nend", "end\nend\n", true);
    check("...\nend", "end\nmore\n", false);
    check("...\na\nb", "a\nx\na\nb\n", true);
    check("...\na\n...\nc", "a\nb\na\nc\n", true);
    check("...\na\n...\nc\n...\na", "a\nc\n", false);
    check("...\n[..]b", "ab\nac\nab\n", true);
    check("one\n...\nend", "one", false);
}

#[test]
fn three_dots_within_a_line_are_text() {
    check("wait...", "wait...\n", true);
    check("wait...", "wait for it\n", false);
}

#[test]
fn a_diff_says_what_was_expected_and_what_came() {
    let changes = diff(&pattern("one\n...\nactive\nlast"), "one\nx\ny\nfailed\nlast\n");
    assert!(changes.contains(&Change::Same("one".into())));
    assert!(changes.contains(&Change::Expected("active".into())));
    assert!(changes.contains(&Change::Same("last".into())));
    let changes = diff(&pattern("same\nactive"), "same\nfailed\n");
    assert_eq!(
        changes,
        [
            Change::Same("same".into()),
            Change::Expected("active".into()),
            Change::Got("failed".into())
        ]
    );
}

#[test]
fn a_flood_of_lines_is_compared_in_bounded_time() {
    let flood = "line\n".repeat(200_000);
    check("...", &flood, true);
    assert!(!pattern("...\nother").matches(&flood));
    assert!(diff(&pattern("...\nother"), &flood).len() < 1000);
}
