//! Makes visible what a terminal would obey: a submission's words may hold codes that clear the
//! screen, write elsewhere on it, or turn the order of letters around.

/// The text with such characters in the form of Rust's escapes. Newlines and tabs stay.
pub(crate) fn visible(text: &str) -> String {
    let show = |char: char| match char {
        '\n' | '\t' => vec![char],
        _ if char.is_control() || turns_letters_around(char) => char.escape_default().collect(),
        _ => vec![char],
    };
    text.chars().flat_map(show).collect()
}

/// The marks, embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX #9),
/// and the separators that some terminals take for line breaks.
fn turns_letters_around(char: char) -> bool {
    matches!(char,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        assert_eq!(visible("a\tb\nc é"), "a\tb\nc é");
        assert_eq!(visible("\x1b[2J\u{9b}\r"), "\\u{1b}[2J\\u{9b}\\r");
        assert_eq!(visible("\u{202e}txt\u{2066}"), "\\u{202e}txt\\u{2066}");
    }
}
