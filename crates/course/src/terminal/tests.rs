use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use anstyle::Style;
use pulldown_cmark::{Options, Parser};

use super::{Answers, Reply, Terminal, prose, wrap};
use crate::error::Error;
use crate::language::Words;
use crate::project::Project;

#[track_caller]
fn check(markdown: &str, expected: &str) {
    let events: Vec<_> =
        Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION).collect();
    let text = anstream::adapter::strip_str(&prose::render(&events, 30, 70, &Words::default()))
        .to_string();
    assert_eq!(text, expected, "\n{text}");
}

#[test]
fn paragraphs_are_wrapped_at_words() {
    check("one two\nthree four five six seven eight", "one two three four five six\nseven eight\n");
    check("a\n\nb", "a\n\nb\n");
    check("say `systemctl start`, then", "say systemctl start, then\n");
    check("a\\\nb", "a\nb\n");
    let long = "x".repeat(50);
    check(&format!("a {long} b"), &format!("a\n{long}\nb\n"));
}

#[test]
fn lists_hang_and_nest() {
    check("- one\n- two", "- one\n- two\n");
    check("text\n\n1. one\n2. two\n", "text\n\n1. one\n2. two\n");
    check("- one two three four five six seven\n", "- one two three four five six\n  seven\n");
    check("- one\n  - in\n- two\n\nend", "- one\n  - in\n- two\n\nend\n");
    check("- one\n\n  more\n\n- two", "- one\n\n  more\n- two\n");
}

#[test]
fn quotes_say_what_they_are() {
    check("> [!NOTE]\n> A drop-in.\n>\n> Stays.", "| Note\n| A drop-in.\n|\n| Stays.\n");
    check("> plain", "| plain\n");
    check("a\n\n> [!WARNING]\n> b\n\nc", "a\n\n| Warning\n| b\n\nc\n");
}

#[test]
fn definitions_stand_below_their_terms() {
    check(
        "unit\n: a thing of systemd\n\njob\n: a change",
        "unit\n    a thing of systemd\n\njob\n    a change\n",
    );
}

#[test]
fn a_word_without_room_is_broken_at_its_signs() {
    let check = |line: &str, lines: &str| assert_eq!(wrap::fold(line, 20), lines);
    check(
        "  one(\"/tmp/two\").three(4).five()",
        "  one(\"/tmp/two\")\n      .three(4)\n      .five()",
    );
    check(
        "--> /tmp/some/one/two/src/main.rs:1:2",
        "-->\n    /tmp/some/one/\n    two/src/main.rs:\n    1:2",
    );
    check("aaaaaaaaaaaaaaaaaaaaaaaaa b", "aaaaaaaaaaaaaaaaaaaaaaaaa\n    b");
    check("    é.éééééééééééééééééé", "    é\n        .éééééééééééééééééé");
}

#[test]
fn a_table_has_columns_as_wide_as_there_is_room() {
    let table = "| verb | does |\n|---|---|\n| `start` | runs it now |\n| stop | ends it |";
    check(
        &format!("See:\n\n{table}\n\nSo.\n"),
        "See:\n\nverb   does\nstart  runs it now\nstop   ends it\n\nSo.\n",
    );
    check(
        "| | |\n|---|---|\n| one | two three four five six seven eight |\n| two | b |",
        "one  two three four five six\n     seven eight\ntwo  b\n",
    );
    // No room for the words beside each other.
    check(
        "| the error's name | cure |\n|---|---|\n| TransactionIsDestructive | list-jobs, then wait |",
        "the error's name:\n    TransactionIsDestructive\n    cure: list-jobs, then wait\n",
    );
}

#[test]
fn a_sign_alone_stands_out_without_colours_too() {
    check("`-` as name, `;` and `a;`", "`-` as name, `;` and a;\n");
}

#[test]
fn links_to_the_web_show_their_address_and_chapters_their_name() {
    check("[page](https://x.org/)", "page (https://x.org/)\n");
    check("<https://x.org/>", "https://x.org/\n");
    check("[next](02-unit.md#a)", "next\n");
}

#[test]
fn html_is_for_the_page_only() {
    check("<!-- a\nb > c -->\n\n<details>\n\nSo.\n\n</details>", "So.\n");
}

fn answers(keys: String) -> Answers<'static> {
    let lines = Box::new(Cursor::new(keys));
    Answers { lines, forget: || {}, has_more: || false, size: || Some((40, 10)) }
}

#[test]
fn enter_goes_on_and_q_or_the_end_of_input_quits() {
    #[track_caller]
    fn check(input: &str, goes_on: bool) {
        let mut out = Vec::new();
        let answers = answers(input.to_owned());
        let mut terminal = Terminal::new(&mut out, Some(answers), None);
        match terminal.ask() {
            Ok(Reply::GoOn) => assert!(goes_on, "{input:?}"),
            Ok(Reply::Words(words)) => assert!(input.starts_with(words.trim()), "{input:?}"),
            Err(Error::Quit) => assert!(!goes_on, "{input:?}"),
            Err(error) => panic!("{input:?}: {error}"),
        }
    }
    check("\n", true);
    check("  \r\n", true);
    check("what\n\n", true);
    check("q\n", false);
    check("q", false);
    check("", false);
    check(&format!("{}\n\n", "x".repeat(100_000)), true);
}

#[test]
fn a_paragraph_that_would_push_unread_text_away_has_to_wait() {
    let mut out = Vec::new();
    let mut terminal = Terminal::new(&mut out, Some(answers("\n".to_owned())), Some((80, 24)));
    let paragraph = "paragraph\n\n";
    let mut shown = 0;
    while !terminal.is_full(paragraph) {
        terminal.paragraph(paragraph).unwrap();
        shown += 1;
    }
    assert_eq!(shown, 11);
    // Enter says that it was read.
    assert_eq!(terminal.ask().unwrap(), Reply::GoOn);
    assert!(!terminal.is_full(paragraph));
}

#[test]
fn an_arrow_takes_one_column() {
    let line = format!("{} → ● ending", "word ".repeat(4).trim_end());
    check(&line, &format!("{line}\n"));
}

#[test]
fn what_goes_on_of_a_solution_is_code_and_comment_still() {
    let text = "// one two three four\nlet label = label(now);\n";
    let mut out = Vec::new();
    Terminal::new(&mut out, None, Some((20, 24))).source(text).unwrap();
    let folded = "// one two three\n// four\nlet label =\n    label(now);\n";
    assert_eq!(String::from_utf8(out).unwrap(), folded);
    let mut out = Vec::new();
    Terminal::new(&mut out, None, None).source(text).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), text);
}

#[test]
fn what_a_program_prints_is_not_broken_inside_a_word() {
    #[track_caller]
    fn check(columns: Option<u16>, text: &str, expected: &str) {
        let mut out = Vec::new();
        let size = columns.map(|columns| (columns, 24));
        Terminal::new(&mut out, None, size).answered(Style::new(), text).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
    let line = "  Loaded: loaded  (/etc/systemd/x.service; enabled)";
    check(Some(30), line, "  Loaded: loaded\n      (/etc/systemd/x.service;\n      enabled)\n");
    // A wide terminal has room for it, wider than prose; a file and a pipe have it as it is.
    let long = "word ".repeat(21);
    check(Some(110), &long, &format!("{long}\n"));
    check(None, &long, &format!("{long}\n"));
    check(Some(30), "a\n\nb\n", "a\n\nb\n");
    // A tree is text; a picture whose lines are broken is none.
    check(Some(24), "├─12 /usr/bin/sleep infinity", "├─12 /usr/bin/sleep\n    infinity\n");
    let picture = format!("┌{}┐", "─".repeat(30));
    check(Some(32), &picture, &format!("{picture}\n"));
    check(None, &picture, &format!("{picture}\n"));
    let mut out = Vec::new();
    Terminal::new(&mut out, None, Some((31, 24))).answered(Style::new(), &picture).unwrap();
    assert!(String::from_utf8_lossy(&out).contains("(A picture of 32 columns has no"));
}

#[test]
fn a_picture_that_has_no_room_is_named() {
    let picture = format!("```text\n{}\n```", "─".repeat(67));
    check(
        &picture,
        "(A picture of 71 columns\nstands here: make the terminal\nwider, and b shows it.)\n",
    );
    // Its caption is a text like others.
    let caption = "What is drawn here, in a few words";
    check(
        &format!("```text\n{caption}\n\n──▶\n```"),
        "    What is drawn here, in a\n    few words\n\n    ──▶\n",
    );
    let picture = "─".repeat(66);
    check(&format!("```text\n{picture}\n```"), &format!("    {picture}\n"));
}

#[test]
fn a_window_that_has_changed_is_noticed_at_the_next_answer() {
    let mut terminal = Terminal::new(Vec::new(), Some(answers("\n".to_owned())), Some((80, 24)));
    terminal.ask().unwrap();
    assert_eq!((terminal.width(), terminal.height()), (40, 10));
}

#[test]
fn a_command_goes_on_in_the_next_line() {
    let mut out = Vec::new();
    let plain = Style::new();
    let mut terminal = Terminal::new(&mut out, None, Some((24, 24)));
    terminal.command((plain, "lab#"), (plain, "systemctl status one two")).unwrap();
    drop(terminal);
    assert_eq!(String::from_utf8(out).unwrap(), "lab# systemctl status\n    one two");
}

#[test]
fn a_comment_that_is_too_long_goes_on_as_a_comment() {
    let mut out = Vec::new();
    let mut terminal = Terminal::new(&mut out, None, Some((24, 24)));
    terminal.code("# one two three four five\n\nExecStart=/usr/bin/sleep infinity\n").unwrap();
    drop(terminal);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        text,
        "    # one two three four\n    # five\n\n    ExecStart=/usr/bin/\n        sleep\n        infinity\n"
    );
}

/// What of Markdown is no word, and is not shown.
fn is_mark(word: &str) -> bool {
    word.starts_with("```") || word.contains("](") || word.chars().all(|c| "-|#*:".contains(c))
}

#[test]
fn no_word_of_a_task_or_a_hint_is_lost_on_the_way_to_the_terminal() {
    let project = Project::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let exercises = project.exercises().unwrap();
    assert!(exercises.len() > 30);
    for exercise in exercises {
        let task = fs::read_to_string(exercise.dir.join("README.md")).unwrap();
        for text in exercise.manifest.hints.iter().chain([&task]) {
            let mut out = Vec::new();
            Terminal::new(&mut out, None, Some((80, 24))).markdown(text).unwrap();
            let shown = anstream::adapter::strip_bytes(&out).into_vec();
            let shown = String::from_utf8(shown).unwrap();
            let plain = |text: &str| {
                text.replace("<http", "http").replace(['`', '*', '\\', '|', '[', ']', '_', '>'], "")
            };
            let words: Vec<String> = shown.split_whitespace().map(plain).collect();
            let all = words.join(" ");
            for word in text.split_whitespace().filter(|word| !is_mark(word)) {
                let word = plain(word);
                assert!(all.contains(&word), "{}: {word:?} is not in:\n{shown}", exercise.id());
            }
            let wide =
                shown.lines().find(|line| line.chars().count() > 80 && !line.starts_with(' '));
            assert_eq!(wide, None, "{}", exercise.id());
        }
    }
}

#[test]
fn code_stays_as_it_is() {
    let long = "x ".repeat(30);
    check(
        &format!("a\n\n```text\n$ {long}x\n\n  b\n```\n\nc"),
        &format!("a\n\n    $ {long}x\n\n      b\n\nc\n"),
    );
}

#[test]
fn a_key_stays_together_with_what_it_does() {
    let mut out = Vec::new();
    let mut terminal = Terminal::new(&mut out, None, Some((24, 24)));
    terminal.keys("a read on   b what is before   c end").unwrap();
    drop(terminal);
    let shown = anstream::adapter::strip_bytes(&out).into_vec();
    assert_eq!(String::from_utf8(shown).unwrap(), "a read on\nb what is before   c end\n");
}

#[test]
fn a_tab_takes_the_columns_that_a_terminal_gives_it() {
    assert_eq!(wrap::fold("a\tb", 9), "a\tb");
    assert_eq!(wrap::fold("a\tb", 8), "a\n    b");
    assert_eq!(wrap::fold("12345678\tb c", 17), "12345678        b\n    c");
}

#[test]
fn what_a_key_does_goes_on_beside_it() {
    let mut out = Vec::new();
    let mut terminal = Terminal::new(&mut out, None, Some((24, 24)));
    terminal.key('q', "ends the lesson, and keeps the place").unwrap();
    drop(terminal);
    let shown = anstream::adapter::strip_bytes(&out).into_vec();
    let expected = "  q  ends the lesson,\n     and keeps the place\n";
    assert_eq!(String::from_utf8(shown).unwrap(), expected);
}

#[test]
fn what_a_command_prints_is_shown_by_whole_lines() {
    let mut out = Vec::new();
    let mut terminal = Terminal::new(&mut out, None, Some((24, 24)));
    let mut output = terminal.output();
    for bytes in
        [&b"a short one\n    Finished in 1"[..], b".27s, and nothing was b\xc3", b"\xb1uilt"]
    {
        output.write_all(bytes).unwrap();
    }
    drop(output);
    drop(terminal);
    let expected = "a short one\n    Finished in 1.27s,\n        and nothing was\n        bñuilt";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}
