//! The escaping of arbitrary text into a piece of a unit name; systemd.unit(5), systemd-escape(1).
//!
//! Not the C-like escaping of values, which is another alphabet.

use std::fmt;

use crate::name_rules::is_name_char;

/// Turns `/` into `-`, and every byte that a name can't hold, `-` and a leading dot into `\xHH`.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        let c = char::from(byte);
        let plain = is_name_char(c) && !matches!(c, '-' | '\\') && (at, c) != (0, '.');
        match c {
            '/' => escaped.push('-'),
            c if plain => escaped.push(c),
            _ => push_hex(&mut escaped, byte),
        }
    }
    escaped
}

/// The inverse of [`escape`]. The result is bytes, because `\xHH` may spell any.
pub fn unescape(text: &str) -> Result<Vec<u8>, InvalidEscape> {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'-' => plain.push(b'/'),
            b'\\' => {
                plain.push(hex_byte(&bytes[at..]).ok_or_else(|| InvalidEscape(text.to_owned()))?);
                at += 3;
            }
            _ if is_name_char(char::from(byte)) => plain.push(byte),
            _ => return Err(InvalidEscape(text.to_owned())),
        }
    }
    Ok(plain)
}

pub(crate) fn push_hex(text: &mut String, byte: u8) {
    text.push_str(&format!("\\x{byte:02x}"));
}

/// Reads the `xHH` that follows a backslash.
fn hex_byte(rest: &[u8]) -> Option<u8> {
    let [b'x', high, low, ..] = rest else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

/// The text has a character that no escaped text has, or a backslash without `xHH` after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEscape(pub(crate) String);

impl fmt::Display for InvalidEscape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not escaped text: only letters, digits, :-_. and \\xHH can stand there",
            self.0
        )
    }
}

impl std::error::Error for InvalidEscape {}
