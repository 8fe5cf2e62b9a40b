//! Pictures: a drawing of lines and words, as the terminal shows it, becomes an SVG on the page.
//!
//! A file of a picture begins with what it shows, in a sentence or two, then a blank line, then the
//! drawing. The SVG has the colour of the text around it, so it is readable on any page; it says
//! the sentence to whoever can't see it, and the drawing lies below in a fold.

use std::path::Path;

use super::html::{escaped, fold};

/// A character's cell, in units of the SVG.
const WIDTH: usize = 9;
const HEIGHT: usize = 20;

/// Whether the file at `path` is one: a text below `pictures`.
pub(super) fn is_picture(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "txt") && path.iter().any(|part| part == "pictures")
}

/// The picture as HTML; `summary` is what the fold with its text form says.
pub(super) fn picture(text: &str, summary: &str) -> String {
    let (said, drawing) = parts(text);
    let drawing = drawing.trim_end();
    let body = format!("<pre>{}</pre>", escaped(drawing));
    format!(
        "\n\n<figure class=\"picture\">\n<div class=\"drawing\">\n{}\n</div>\n\
         <figcaption>{}</figcaption>\n\n{}\n\n</figure>\n\n",
        svg(drawing, &said),
        escaped(&said),
        fold(summary, &body)
    )
}

/// What the picture shows, and the drawing.
fn parts(text: &str) -> (String, &str) {
    let (said, drawing) = text.split_once("\n\n").unwrap_or(("", text));
    (said.split_whitespace().collect::<Vec<_>>().join(" "), drawing)
}

fn svg(drawing: &str, said: &str) -> String {
    let rows: Vec<Vec<char>> = drawing.lines().map(|line| line.chars().collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let (width, height) = (columns * WIDTH, rows.len() * HEIGHT);
    let mut lines = String::new();
    let mut words = String::new();
    for (row, cells) in rows.iter().enumerate() {
        for (column, &char) in cells.iter().enumerate() {
            lines += &line_of(char, column * WIDTH, row * HEIGHT);
        }
        for (column, word) in words_of(cells) {
            words += &text(column, row, &word);
        }
    }
    format!(
        "<svg role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\">\n<path d=\"{}\"/>\n{words}</svg>",
        escaped(said),
        lines.trim_end(),
    )
}

/// The strokes of a character in the cell whose corner is there: half lines from its middle.
fn line_of(char: char, x: usize, y: usize) -> String {
    let (middle, centre) = (x * 2 + WIDTH, y + HEIGHT / 2);
    // Half a cell is no whole number: the path's numbers are written with one digit behind the dot.
    let half = |double: usize| format!("{}.{}", double / 2, double % 2 * 5);
    let middle = half(middle);
    let [left, right, up, down] = arms(char);
    let (end, bottom) = (x + WIDTH, y + HEIGHT);
    let strokes = [
        (left, format!("H{x}")),
        (right, format!("H{end}")),
        (up, format!("V{y}")),
        (down, format!("V{bottom}")),
    ];
    let strokes = strokes.into_iter().filter(|(is_there, _)| *is_there);
    let strokes: String = strokes.map(|(_, to)| format!("M{middle} {centre}{to} ")).collect();
    let (above, below) = (centre - 4, centre + 4);
    let tip = match char {
        '▶' => format!("M{x} {above}L{end} {centre}L{x} {below} "),
        '◀' => format!("M{end} {above}L{x} {centre}L{end} {below} "),
        '▼' => format!("M{x} {centre}L{middle} {bottom}L{end} {centre} "),
        '▲' => format!("M{x} {centre}L{middle} {y}L{end} {centre} "),
        _ => String::new(),
    };
    strokes + &tip
}

/// Whether a character has a line to the left, to the right, up and down.
fn arms(char: char) -> [bool; 4] {
    let arms = match char {
        '─' => "lr",
        '│' => "ud",
        '┌' => "rd",
        '┐' => "ld",
        '└' => "ru",
        '┘' => "lu",
        '├' => "rud",
        '┤' => "lud",
        '┬' => "lrd",
        '┴' => "lru",
        '┼' => "lrud",
        '▶' => "l",
        '◀' => "r",
        '▼' => "u",
        '▲' => "d",
        _ => "",
    };
    ['l', 'r', 'u', 'd'].map(|arm| arms.contains(arm))
}

/// The words of a row with their columns. Two blanks part them, and so does a line.
fn words_of(cells: &[char]) -> Vec<(usize, String)> {
    let mut words = Vec::new();
    let mut begin = 0;
    for between_lines in cells.split(|&char| arms(char) != [false; 4]) {
        let mut column = begin;
        for part in String::from_iter(between_lines).split("  ") {
            let word = part.trim_start_matches(' ');
            if !word.is_empty() {
                let blanks = part.len() - word.len();
                words.push((column + blanks, word.trim_end_matches(' ').to_owned()));
            }
            column += part.chars().count() + 2;
        }
        begin += between_lines.len() + 1;
    }
    words
}

/// A word in its place; its length holds, whatever the browser's font is.
fn text(column: usize, row: usize, word: &str) -> String {
    let (x, y) = (column * WIDTH, row * HEIGHT + 14);
    let length = word.chars().count() * WIDTH;
    format!(
        "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\">\
         {}</text>\n",
        escaped(word)
    )
}

#[cfg(test)]
mod tests {
    use super::{line_of, parts, picture, words_of};

    #[test]
    fn words_are_parted_by_lines_and_by_two_blanks() {
        let cells: Vec<char> = "│a b  c──▶ d".chars().collect();
        let words = words_of(&cells);
        let expected = [(1, "a b"), (6, "c"), (11, "d")];
        assert_eq!(words, expected.map(|(column, word)| (column, word.to_owned())));
    }

    #[test]
    fn a_corner_has_two_arms_and_a_letter_none() {
        assert_eq!(line_of('┌', 0, 0), "M4.5 10H9 M4.5 10V20 ");
        assert_eq!(line_of('a', 9, 20), "");
        assert!(line_of('▶', 0, 0).starts_with("M4.5 10H0 M0 6L9 10"));
    }

    #[test]
    fn what_it_shows_is_said_and_the_text_form_stays() {
        let text = "What it\nshows.\n\n<a>──▶ b\n";
        assert_eq!(parts(text).0, "What it shows.");
        let html = picture(text, "as text");
        assert!(html.contains("role=\"img\" aria-label=\"What it shows.\""), "{html}");
        assert!(html.contains("<pre>&lt;a&gt;──▶ b</pre>"), "{html}");
        assert!(!html[html.find("<svg").unwrap()..html.find("</svg>").unwrap()].contains("\n\n"));
    }
}
