//! HTML within a page of Markdown.
//!
//! CommonMark takes `<pre>` and all up to `</pre>` as it is, blank lines too; other elements end at
//! a blank line, so those stand between blank lines.

use crate::man_page::address;

/// The text as it stands between tags, and in attributes in double quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            // mdBook takes `{{#…}}` for a command, wherever it stands.
            '{' => escaped += "&#123;",
            _ => escaped.push(char),
        }
    }
    escaped
}

/// A paragraph of a class, as a block of its own.
pub(super) fn paragraph(class: &str, text: &str) -> String {
    // A blank line, as a program may print one, would end the paragraph before its tag does.
    let lines = text.lines().map(|line| if line.trim().is_empty() { "\u{a0}" } else { line });
    let lines: Vec<&str> = lines.collect();
    format!("\n\n<p class=\"{class}\">{}</p>\n\n", escaped(&lines.join("\n")))
}

/// A fold with `body`, which is a block, below `summary`.
pub(super) fn fold(summary: &str, body: &str) -> String {
    format!("\n\n<details>\n<summary>{}</summary>\n\n{body}\n\n</details>\n\n", escaped(summary))
}

/// A reference to a man page, as a link to it; the title is the command that shows it offline.
pub(super) fn man_page(name: &str, section: char) -> String {
    let address = address(name, section);
    format!(
        "<a class=\"man\" href=\"{address}\" title=\"man {section} {name}\">{name}({section})</a>"
    )
}

#[cfg(test)]
mod tests {
    use super::paragraph;

    #[test]
    fn a_paragraph_has_no_blank_line() {
        assert_eq!(paragraph("a", "b\n\n<c>"), "\n\n<p class=\"a\">b\n\u{a0}\n&lt;c&gt;</p>\n\n");
    }
}
