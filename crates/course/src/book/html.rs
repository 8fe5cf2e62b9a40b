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
    format!("\n\n<p class=\"{class}\">{}</p>\n\n", escaped(text))
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
