//! C-like escapes inside values: `\n`, `\t`, `\s`, `\x41`, `\101`, `\u00e4`; systemd.syntax(7).
//!
//! Not the escaping of unit names, where only `\xHH` exists.

/// Reads the escape that follows a backslash: its bytes and how many characters it took.
///
/// The escapes of C, and `\s` for a blank, because blanks at the end of a line would be lost.
pub(super) fn unescape_one(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let simple = |byte: u8| Some((vec![byte], 1));
    match *rest.first()? {
        b'a' => simple(7),
        b'b' => simple(8),
        b'f' => simple(12),
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'v' => simple(11),
        b's' => simple(b' '),
        byte @ (b'\\' | b'"' | b'\'') => simple(byte),
        b'x' => eight_bit(number(rest.get(1..3)?, 16)?, 3),
        b'0'..=b'7' => eight_bit(number(rest.get(..3)?, 8)?, 3),
        b'u' => unicode(number(rest.get(1..5)?, 16)?, 5),
        b'U' => unicode(number(rest.get(1..9)?, 16)?, 9),
        _ => None,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let add = |sum: u64, byte: &u8| {
        Some(sum * u64::from(radix) + u64::from(char::from(*byte).to_digit(radix)?))
    };
    u32::try_from(digits.iter().try_fold(0, add)?).ok()
}

/// A byte, which need not be a character; never zero, as that would end the C string.
fn eight_bit(number: u32, length: usize) -> Option<(Vec<u8>, usize)> {
    let byte = u8::try_from(number).ok().filter(|byte| *byte != 0)?;
    Some((vec![byte], length))
}

/// `\u` has four digits and `\U` eight, and half of a surrogate pair is no character.
fn unicode(number: u32, length: usize) -> Option<(Vec<u8>, usize)> {
    let character = char::from_u32(number).filter(|c| *c != '\0')?;
    Some((character.to_string().into_bytes(), length))
}
