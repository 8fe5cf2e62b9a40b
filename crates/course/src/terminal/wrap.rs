//! Breaks styled text into lines of a width, at spaces.

use anstyle::Style;

/// Text of one style.
pub(super) type Span = (Style, String);

/// The text in front of a paragraph's lines: a bullet, a quote's bar, an indent.
#[derive(Debug, Clone, Default)]
pub(super) struct Prefix {
    /// In front of the first line.
    pub(super) first: String,
    /// In front of the others.
    pub(super) rest: String,
}

/// The spans as lines of at most `width` characters, where words allow; a newline in a span stays one.
pub(super) fn wrap(spans: &[Span], width: usize, prefix: &Prefix) -> String {
    let mut out = prefix.first.clone();
    let mut column = out.chars().count();
    let mut fresh = true;
    for word in words(spans) {
        let Word::Text(parts) = word else {
            newline(&mut out, &mut column, prefix);
            fresh = true;
            continue;
        };
        let length: usize = parts.iter().map(|(_, text)| text.chars().count()).sum();
        if !fresh && column + 1 + length > width {
            newline(&mut out, &mut column, prefix);
        } else if !fresh {
            out.push(' ');
            column += 1;
        }
        for (style, text) in parts {
            out.push_str(&format!("{style}{text}{style:#}"));
        }
        column += length;
        fresh = false;
    }
    out.push('\n');
    out
}

/// What never breaks: a word, perhaps of several styles (`code` and the comma behind it), or a forced end of line.
enum Word<'a> {
    Text(Vec<(Style, &'a str)>),
    Break,
}

fn words(spans: &[Span]) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut word = Vec::new();
    for (style, text) in spans {
        for piece in text.split_inclusive([' ', '\n']) {
            let bare = piece.trim_end_matches([' ', '\n']);
            if !bare.is_empty() {
                word.push((*style, bare));
            }
            if bare.len() < piece.len() && !word.is_empty() {
                words.push(Word::Text(std::mem::take(&mut word)));
            }
            if piece.ends_with('\n') {
                words.push(Word::Break);
            }
        }
    }
    if !word.is_empty() {
        words.push(Word::Text(word));
    }
    words
}

fn newline(out: &mut String, column: &mut usize, prefix: &Prefix) {
    out.push('\n');
    out.push_str(&prefix.rest);
    *column = prefix.rest.chars().count();
}
