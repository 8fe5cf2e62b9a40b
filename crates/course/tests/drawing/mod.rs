//! Draws with lines and words: boxes, trees and arrows, each a list of lines.

fn width(lines: &[String]) -> usize {
    lines.iter().map(|line| line.chars().count()).max().unwrap_or(0)
}

fn padded(line: &str, width: usize) -> String {
    format!("{line}{}", " ".repeat(width - line.chars().count()))
}

/// A box around `lines`, with a title in its upper edge.
pub(crate) fn boxed(title: &str, lines: &[String]) -> Vec<String> {
    let title = if title.is_empty() { String::new() } else { format!(" {title} ") };
    let inner = width(lines).max(title.chars().count()) + 2;
    let edge = "─".repeat(inner - 1 - title.chars().count());
    let mut drawn = vec![format!("┌─{title}{edge}┐")];
    drawn.extend(lines.iter().map(|line| format!("│ {} │", padded(line, inner - 2))));
    drawn.push(format!("└{}┘", "─".repeat(inner)));
    drawn
}

/// One drawing beside the other, with so many blanks between.
pub(crate) fn beside(left: &[String], gap: usize, right: &[String]) -> Vec<String> {
    let wide = width(left) + gap;
    let line = |at: usize| {
        let left = left.get(at).map(String::as_str).unwrap_or_default();
        let right = right.get(at).map(String::as_str).unwrap_or_default();
        format!("{}{right}", padded(left, wide))
    };
    (0..left.len().max(right.len())).map(line).collect()
}

/// Drawings one below the other.
pub(crate) fn above(drawings: &[&[String]]) -> Vec<String> {
    drawings.concat()
}

/// Branches of a tree; an item with several lines keeps them together.
pub(crate) fn tree(items: &[String]) -> Vec<String> {
    let mut drawn = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let is_last = at + 1 == items.len();
        for (line, text) in item.lines().enumerate() {
            let branch = match (line, is_last) {
                (0, false) => "├─ ",
                (0, true) => "└─ ",
                (_, false) => "│  ",
                (_, true) => "   ",
            };
            drawn.push(format!("{branch}{text}"));
        }
    }
    drawn
}

/// An arrow down, with what leads on beside it.
pub(crate) fn arrow(cause: &str) -> Vec<String> {
    vec!["    │".to_owned(), format!("    │  {cause}"), "    ▼".to_owned()]
}
