//! Control characters made visible. A log that prints them as they are lets a stranger's newline
//! forge a line, and a stranger's escape sequence paint the terminal of whoever reads it.

use std::fmt::Write as _;

/// Appends `text`, control characters written as `\n`, `\x1b` or `\u{202e}`.
pub(crate) fn escape_into(text: &str, line: &mut String) {
    // Only a suspect is decoded.
    if !has_suspect(text.as_bytes()) {
        line.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            c if c.is_control() => drop(write!(line, "\\x{:02x}", u32::from(c))),
            c if misleads(c) => drop(write!(line, "\\u{{{:x}}}", u32::from(c))),
            c => line.push(c),
        }
    }
}

/// Bytes that keep a value from standing in a line as one word: blanks, quotes, and what may
/// mislead. A table is one look a byte, and most values are a few bytes.
const BREAKS: [bool; 256] = {
    let mut breaks = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        breaks[byte] =
            matches!(byte as u8, 0..=b' ' | b'"' | b'=' | b'\\') || is_suspect(byte as u8);
        byte += 1;
    }
    breaks
};

/// Whether a value can stand in a line as it is: one word, and nothing in it that could mislead.
pub(crate) fn is_word(value: &str) -> bool {
    !value.is_empty() && !value.bytes().any(|byte| BREAKS[usize::from(byte)])
}

/// A field's value, in quotes where it would not read as one word.
pub(crate) fn write_value(value: &str, line: &mut String) {
    if is_word(value) {
        return line.push_str(value);
    }
    line.push('"');
    for part in value.split_inclusive(['"', '\\']) {
        let (text, sign) = match part.chars().next_back() {
            Some(sign @ ('"' | '\\')) => (&part[..part.len() - 1], Some(sign)),
            _ => (part, None),
        };
        escape_into(text, line);
        line.extend(sign.into_iter().flat_map(|sign| ['\\', sign]));
    }
    line.push('"');
}

/// Whether there may be a control character. Eight bytes are looked at together, as one number:
/// most lines are ASCII without any, and that is all they cost.
pub(crate) fn has_suspect(bytes: &[u8]) -> bool {
    const EACH: u64 = u64::MAX / 255;
    const HIGH: u64 = EACH * 0x80;
    // The last eight may overlap the ones before: so none is left over.
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().any(|byte| is_suspect(*byte));
    };
    let (words, _) = bytes.as_chunks();
    let found = words.iter().chain([last]).fold(0, |found, word| {
        let word = u64::from_ne_bytes(*word);
        // The high bit of a byte comes up below 0x20, from 0x7f on, and in what is no ASCII. It may
        // come up once too often, through a borrow; a second look costs little.
        found | word | word.wrapping_sub(EACH * 0x20) | word.wrapping_add(EACH)
    });
    found & HIGH != 0 && bytes.iter().any(|byte| is_suspect(*byte))
}

/// The control characters of ASCII, and the first bytes of those that Unicode has besides.
const fn is_suspect(byte: u8) -> bool {
    byte < b' ' || byte == 0x7f || byte == 0xc2 || byte == 0xe2
}

/// Line separators, and the marks that make text run from right to left: see CVE-2021-42574.
fn misleads(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
