//! The comments of a starter in the learner's language. Only whole lines of comments change, so the
//! code is the same in all languages.

use super::words::Words;

/// Lines of a starter's comments are at most this long.
const COLUMNS: usize = 110;
/// What a line of comment begins with, in Rust and in unit files. The longest come first.
const MARKS: [&str; 4] = ["//! ", "/// ", "// ", "# "];

/// A group of comments: whole lines with one indent and one mark.
struct Group<'a> {
    /// The indent and the mark.
    start: &'a str,
    words: Vec<&'a str>,
}

/// The text with its comments in the language of `words`, if that has any of them.
pub(crate) fn with_comments_of(text: &str, words: &Words) -> String {
    let mut out = String::new();
    let mut group: Option<Group<'_>> = None;
    for line in text.split_inclusive('\n') {
        let Some((start, comment)) = comment(line) else {
            out += &said(group.take(), words);
            out += line;
            continue;
        };
        match &mut group {
            Some(group) if group.start == start => group.words.push(comment),
            _ => {
                out += &said(group.take(), words);
                group = Some(Group { start, words: vec![comment] });
            }
        }
    }
    out + &said(group, words)
}

/// The groups of comments in `text`, as `es.toml` has them for keys.
#[cfg(test)]
pub(super) fn groups(text: &str) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut last = None;
    for line in text.split_inclusive('\n') {
        let found = comment(line);
        match (found, groups.last_mut()) {
            (Some((start, comment)), Some((of, words))) if last == Some(start) && *of == start => {
                words.push(comment);
            }
            (Some((start, comment)), _) => groups.push((start, vec![comment])),
            (None, _) => {}
        }
        last = found.map(|(start, _)| start);
    }
    groups.into_iter().map(|(_, words)| words.join(" ")).collect()
}

/// A line's indent with its mark, and what it says.
fn comment(line: &str) -> Option<(&str, &str)> {
    let indent = line.len() - line.trim_start().len();
    let mark = MARKS.iter().find(|mark| line[indent..].starts_with(*mark))?;
    let (start, said) = line.split_at(indent + mark.len());
    Some((start, said.trim_end()))
}

fn said(group: Option<Group<'_>>, words: &Words) -> String {
    let Some(Group { start, words: english }) = group else {
        return String::new();
    };
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
