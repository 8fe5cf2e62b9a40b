//! Pictures in text form: with its lines broken, a picture is none.

use check_report::{Text, text};

/// A picture in three parts: its caption, which says in words what it shows; what is drawn; and how
/// many columns that takes, shown as code. The last is 0 if `code` is no picture.
pub(super) fn picture(code: &str) -> (&str, &str, usize) {
    let is_drawn = |line: &str| line.contains(['─', '│']);
    let width = |line: &str| line.chars().count() + 4;
    let drawn = code.lines().filter(|line| is_drawn(line)).map(width).max().unwrap_or(0);
    match code.split_once('\n') {
        Some((caption, rest)) if drawn > 0 && !is_drawn(caption) && rest.starts_with('\n') => {
            (caption, rest, drawn)
        }
        _ => ("", code, drawn),
    }
}

/// What is said in place of a picture of so many columns: with its lines broken it would be none.
pub(super) fn no_room(columns: usize) -> Text {
    text!(
        "(A picture of {columns} columns stands here: make the terminal wider, and b shows it.)",
        columns
    )
}

/// How many columns a picture has that a program printed; 0 if `text` is none. A tree or a journal
/// has lines like a picture's, but no corners, and can be broken.
pub(super) fn printed_picture(text: &str) -> usize {
    let width = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    if text.contains('┌') { width } else { 0 }
}

/// What is said in place of one that has no room.
pub(super) fn no_room_for_printed(columns: usize) -> Text {
    text!(
        "(A picture of {columns} columns has no room here: make the terminal wider, and type the \
         command again.)",
        columns
    )
}
