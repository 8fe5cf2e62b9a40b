//! For a terminal that takes nothing but ASCII: letters lose their accents, and signs become the
//! nearest that there are. Nothing comes out as garbage.

use std::io::{self, Write};

/// What stands for characters that have something near in ASCII; an empty text leaves them out.
const NEAR: [(&str, &str); 28] = [
    ("áàâä", "a"),
    ("éèêë", "e"),
    ("íìîï", "i"),
    ("óòôö", "o"),
    ("úùûü", "u"),
    ("ÁÀÂÄ", "A"),
    ("ÉÈÊË", "E"),
    ("ÍÌÎÏ", "I"),
    ("ÓÒÔÖ", "O"),
    ("ÚÙÛÜ", "U"),
    ("ñ", "n"),
    ("Ñ", "N"),
    ("«»“”", "\""),
    ("¿¡", ""),
    ("–—", "-"),
    ("…", "..."),
    ("●", "*"),
    ("×", "x"),
    ("\u{a0}\u{202f}\u{2009}", " "),
    // What pictures and trees are drawn with.
    ("─", "-"),
    ("│", "|"),
    ("┌┐└┘├┤┬┴┼", "+"),
    ("▶", ">"),
    ("◀", "<"),
    ("▲", "^"),
    ("▼", "v"),
    ("→", "->"),
    ("←", "<-"),
];

/// A writer that hands on ASCII.
pub(super) struct Ascii<W> {
    out: W,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl<W: Write> Ascii<W> {
    pub(super) fn new(out: W) -> Self {
        Ascii { out, begun: Vec::new() }
    }
}

impl<W: Write> Write for Ascii<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.begun) {
            // A character in the middle waits for its end; what is none is shown as one.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.begun.len(),
        };
        let text = String::from_utf8_lossy(&self.begun[..whole]).into_owned();
        self.begun.drain(..whole);
        self.out.write_all(ascii(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The text in ASCII.
pub(crate) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match NEAR.iter().find(|(chars, _)| chars.contains(char)) {
            _ if char.is_ascii() => out.push(char),
            Some((_, near)) => out.push_str(near),
            None => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Ascii;

    #[track_caller]
    fn check(writes: &[&[u8]], expected: &str) {
        let mut out = Vec::new();
        let mut ascii = Ascii::new(&mut out);
        for bytes in writes {
            ascii.write_all(bytes).unwrap();
        }
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn spanish_can_be_read_without_accents() {
        check(&["¿Está en marcha? «Sí»… 10\u{202f}%".as_bytes()], "Esta en marcha? \"Si\"... 10 %");
        check(&["日\u{1b}[1m".as_bytes()], "?\u{1b}[1m");
        check(&["●──▶│ active │".as_bytes()], "*-->| active |");
    }

    #[test]
    fn a_character_may_come_in_two_parts() {
        let bytes = "más".as_bytes();
        check(&[&bytes[..2], &bytes[2..]], "mas");
        check(&[b"a\xffb"], "a?b");
    }
}
