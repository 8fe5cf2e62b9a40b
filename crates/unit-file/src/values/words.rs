//! Words: how a value is split at blanks, with quotes and escapes; systemd.syntax(7), "Quoting".
//!
//! Nearly like a shell, and not a shell: nothing is expanded, quotes may begin inside a word, and
//! keys differ in what a backslash means to them.
//!
//! The same splitter serves commands, variables, names and paths, as in systemd, where it is
//! extract_first_word().

use std::borrow::Cow;
use std::ops::Range;

use super::Invalid;
use super::escape::unescape_one;

/// What a backslash means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backslash {
    /// It begins a C-like escape, as in `ExecStart=` and `Environment=`. An escape that systemd
    /// doesn't know stays as it is.
    Escapes,
    /// It is a character like any other, as in `After=` and `ReadWritePaths=`: names of units
    /// contain backslashes themselves.
    Stays,
}

/// A word, without its quotes and escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What systemd makes of it; escapes may spell bytes that are not UTF-8.
    pub bytes: Vec<u8>,
    /// Where it stands in the value, quotes included.
    pub span: Range<usize>,
    /// It has an escape that systemd doesn't know, and keeps as it is, with a warning.
    pub unknown_escape: bool,
}

impl Word {
    /// The word for people and for comparisons.
    pub fn text(&self) -> Cow<'_, str> {
        // Nearly all words are text, and this is the quick way to know.
        std::str::from_utf8(&self.bytes)
            .map_or_else(|_| String::from_utf8_lossy(&self.bytes), Cow::Borrowed)
    }

    /// Whether the word stands in the value as it is, without quotes and escapes.
    pub fn is_plain(&self) -> bool {
        self.span.len() == self.bytes.len()
    }
}

/// The words of a value, up to one that systemd can't read.
#[derive(Clone, Debug, Default)]
pub struct Split {
    /// The words that can be read. systemd reads from left to right: most keys keep these, whatever
    /// follows.
    pub words: Vec<Word>,
    /// What systemd can't read, with all that follows it.
    pub error: Option<Invalid>,
}

/// Splits a whole value.
///
/// ```
/// use unit_file::values::{Backslash, split};
///
/// let words = split(r#"--name "two words" a\x20b"#, Backslash::Escapes).words;
/// let texts: Vec<String> = words.iter().map(|word| word.text().into_owned()).collect();
/// assert_eq!(texts, ["--name", "two words", "a b"]);
/// ```
pub fn split(text: &str, backslash: Backslash) -> Split {
    let mut splitter = Splitter::new(text);
    let mut split = Split::default();
    loop {
        match splitter.next_word(backslash) {
            Ok(Some(word)) => split.words.push(word),
            Ok(None) => return split,
            Err(error) => {
                split.error = Some(error);
                return split;
            }
        }
    }
}

/// Takes a value apart, word by word.
#[derive(Clone, Debug)]
pub struct Splitter<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Splitter<'a> {
    /// Begins at the start of a value.
    pub fn new(text: &'a str) -> Splitter<'a> {
        Splitter { text: text.as_bytes(), at: 0 }
    }

    /// How far the value has been read.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        &self.text[self.at.min(self.text.len())..]
    }

    /// Goes on behind some bytes that the caller read itself.
    pub fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// The next word; `None` at the end.
    pub fn next_word(&mut self, backslash: Backslash) -> Result<Option<Word>, Invalid> {
        self.skip_blanks();
        let start = self.at;
        if self.rest().is_empty() {
            return Ok(None);
        }
        let mut word =
            Word { bytes: Vec::with_capacity(32), span: start..start, unknown_escape: false };
        while let Some(byte) = self.peek().filter(|byte| !is_blank(*byte)) {
            match byte {
                b'\'' | b'"' => self.quoted(byte, &mut word, backslash)?,
                b'\\' if backslash == Backslash::Escapes => self.escape(&mut word),
                _ => self.plain_run(&mut word),
            }
        }
        word.span.end = self.at;
        self.skip_blanks();
        Ok(Some(word))
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().iter().take_while(|byte| is_blank(**byte)).count();
    }

    /// Takes the bytes up to one that means something.
    ///
    /// Most bytes of most values mean themselves, and this takes them in one go.
    fn plain_run(&mut self, word: &mut Word) {
        let plain = |byte: &&u8| !matches!(**byte, b'\'' | b'"' | b'\\') && !is_blank(**byte);
        let rest = self.rest();
        // The first byte means itself here, even if it is a backslash that stays.
        let length = 1 + rest[1..].iter().take_while(plain).count();
        word.bytes.extend_from_slice(&rest[..length]);
        self.at += length;
    }

    /// Reads from an opening quote to the closing one.
    ///
    /// Single and double quotes are the same here, other than in a shell: escapes are read in
    /// both.
    fn quoted(&mut self, quote: u8, word: &mut Word, backslash: Backslash) -> Result<(), Invalid> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(open_quote(start..self.text.len())),
                Some(byte) if byte == quote => break,
                // A backslash at the end protects the end, so the quote is still open.
                Some(b'\\') if backslash == Backslash::Escapes && self.rest().len() > 1 => {
                    self.escape(word);
                }
                Some(byte) => {
                    word.bytes.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Reads a backslash and what it spells; what systemd doesn't know stays as it is.
    ///
    /// systemd warns about an unknown escape and goes on, so a pattern such as \d reaches the
    /// program unharmed.
    fn escape(&mut self, word: &mut Word) {
        self.at += 1;
        let rest = self.rest();
        match unescape_one(rest) {
            Some((plain, length)) => {
                word.bytes.extend(plain);
                self.at += length;
            }
            None => {
                word.unknown_escape = true;
                word.bytes.push(b'\\');
                word.bytes.extend(rest.first());
                self.at += rest.len().min(1);
            }
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn open_quote(span: Range<usize>) -> Invalid {
    Invalid::at(span, "the quote is not closed")
}
