//! Each page as a learner reads it, on a wide and on a narrow terminal, in both languages.

use std::collections::BTreeSet;
use std::path::Path;

use super::lesson;
use crate::cli::LessonArgs;
use crate::language::{Language, Speech};
use crate::project::{Lesson, Project};
use crate::terminal::Terminal;

/// A page that is only read, on a terminal of so many columns, without its colours.
fn page(project: &Project, which: &Lesson, language: Language, columns: u16) -> String {
    let mut out = Vec::new();
    let mut terminal = Terminal::new(&mut out, None, Some((columns, 24)));
    let mut speech = Speech::of(language, project);
    // Whatever the test's own terminal takes.
    speech.ascii = false;
    terminal.speak(&speech);
    let args = LessonArgs { name: None, yes: false, read: true, mode: None };
    lesson(project, which, &args, &mut terminal).unwrap();
    drop(terminal);
    String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
}

/// The words of a page, without those that stand in for a picture that has no room.
fn words(page: &str) -> BTreeSet<&str> {
    let mut is_note = false;
    let is_text = |line: &&str| {
        is_note |= ["(A picture of ", "(Aquí va un dibujo de ", "(Un dibujo de "]
            .iter()
            .any(|it| line.contains(it));
        let is_text = !is_note;
        is_note &= !line.ends_with(')');
        is_text
    };
    page.lines().filter(is_text).flat_map(str::split_whitespace).collect()
}

/// Whether `word` is whole: one of `all`, perhaps with the colon of a table's head behind it, or a
/// piece of one that is so long that it may be broken at its signs.
fn is_whole(word: &str, all: &BTreeSet<&str>, columns: usize) -> bool {
    const INDENT: usize = 20;
    let is_long = |whole: &&&str| whole.chars().count() + INDENT > columns;
    all.contains(word)
        || all.contains(word.trim_end_matches(':'))
        || all.iter().filter(is_long).any(|whole| whole.contains(word))
}

/// What of Markdown is never left in a text. Code has stars, backticks and links of its own.
fn is_left_of_markdown(line: &str) -> bool {
    let is_text = !line.starts_with(' ') && !line.contains(['$', '#', '|']);
    line.contains("{{#") || line.contains("```") || is_text && line.contains("**")
}

#[test]
fn every_page_fits_the_terminal_and_breaks_no_word() {
    let project = Project::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    for which in project.lessons().unwrap() {
        for language in [Language::English, Language::Spanish] {
            let wide = page(&project, &which, language, 1000);
            assert!(wide.lines().count() > 20, "{}", which.slug);
            let all = words(&wide);
            for columns in [110, 80, 60] {
                let shown = page(&project, &which, language, columns);
                let place = |line: &str| format!("{}, {columns} columns: {line:?}", which.slug);
                for line in shown.lines() {
                    assert!(line.chars().count() <= columns.into(), "{}", place(line));
                    assert!(!is_left_of_markdown(line), "{}", place(line));
                }
                for word in words(&shown) {
                    assert!(is_whole(word, &all, columns.into()), "broken: {}", place(word));
                }
            }
        }
    }
}
