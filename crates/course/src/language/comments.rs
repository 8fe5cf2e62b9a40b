//! The comments of a starter in the learner's language. Only whole lines of comments change, so the
//! code is the same in all languages.

use super::words::Words;

/// Lines of a starter's comments are at most this long.
const COLUMNS: usize = 110;
/// What a line of comment begins with, in Rust and in unit files. The longest come first.
const MARKS: [&str; 4] = ["//! ", "/// ", "// ", "# "];

/// A stretch of a text.
enum Stretch<'a> {
    /// A line of something else than comment.
    Code(&'a str),
    /// A group of comments: whole lines with one indent and one mark, which are `start`.
    Comments { start: &'a str, lines: Vec<&'a str> },
}

/// The text with its comments in the language of `words`, if that has any of them.
pub(crate) fn with_comments_of(text: &str, words: &Words) -> String {
    let said = |stretch| match stretch {
        Stretch::Code(line) => line.to_owned(),
        Stretch::Comments { start, lines } => said(start, &lines, words),
    };
    stretches(text).into_iter().map(said).collect()
}

/// The groups of comments in `text`, as `es.toml` has them for keys.
#[cfg(test)]
pub(super) fn groups(text: &str) -> Vec<String> {
    let words = |stretch| match stretch {
        Stretch::Code(_) => None,
        Stretch::Comments { lines, .. } => Some(lines.join(" ")),
    };
    stretches(text).into_iter().filter_map(words).collect()
}

fn stretches(text: &str) -> Vec<Stretch<'_>> {
    let mut stretches = Vec::new();
    for line in text.split_inclusive('\n') {
        match (comment(line), stretches.last_mut()) {
            (None, _) => stretches.push(Stretch::Code(line)),
            (Some((mark, comment)), Some(Stretch::Comments { start, lines })) if *start == mark => {
                lines.push(comment);
            }
            (Some((start, comment)), _) => {
                stretches.push(Stretch::Comments { start, lines: vec![comment] });
            }
        }
    }
    stretches
}

/// A line's indent with its mark, and what it says.
fn comment(line: &str) -> Option<(&str, &str)> {
    let indent = line.len() - line.trim_start().len();
    let mark = MARKS.iter().find(|mark| line[indent..].starts_with(*mark))?;
    let (start, said) = line.split_at(indent + mark.len());
    Some((start, said.trim_end()))
}

fn said(start: &str, english: &[&str], words: &Words) -> String {
    match words.get(&english.join(" ")) {
        Some(text) => {
            let options = textwrap::Options::new(COLUMNS)
                .initial_indent(start)
                .subsequent_indent(start)
                .break_words(false)
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
                .word_separator(textwrap::WordSeparator::AsciiSpace);
            textwrap::fill(&text, options) + "\n"
        }
        None => english.iter().map(|line| format!("{start}{line}\n")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Words, groups, with_comments_of};

    const TEXT: &str =
        "//! One\n//! two.\n\nfn f() {\n    // Three.\n    g(); // four\n}\n# Five\n";

    #[test]
    fn a_group_of_comments_is_one_text() {
        assert_eq!(groups(TEXT), ["One two.", "Three.", "Five"]);
    }

    #[test]
    fn without_a_translation_nothing_changes() {
        assert_eq!(with_comments_of(TEXT, &Words::default()), TEXT);
    }
}
