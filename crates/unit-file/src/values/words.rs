//! Words: how a value is split at blanks, with quotes and escapes; systemd.syntax(7), "Quoting".
//!
//! Nearly like a shell, and not a shell: nothing is expanded, and each key has its own [`Rules`].

use std::borrow::Cow;
use std::ops::Range;

use super::escape::unescape_one;

/// How words are split. systemd calls these `EXTRACT_*` flags; all are off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Where words end; blanks if empty.
    pub separators: &'static str,
    /// Quotes group, and are taken off.
    pub unquote: bool,
    /// Quotes group, and stay.
    pub keep_quote: bool,
    /// C-like escapes are read; without this, a backslash only protects the next character.
    pub unescape: bool,
    /// An unknown escape stays as it is, instead of being refused.
    pub unescape_relax: bool,
    /// A backslash before a separator protects it.
    pub unescape_separators: bool,
    /// A backslash is a character like any other.
    pub retain_escape: bool,
    /// The separators stay in the rest.
    pub retain_separators: bool,
    /// Two separators in a row have an empty word between them.
    pub each_separator: bool,
    /// An open quote or a backslash at the end are taken for closed.
    pub relax: bool,
}

impl Rules {
    /// Words between blanks, as they are.
    pub const PLAIN: Rules = Rules {
        separators: "",
        unquote: false,
        keep_quote: false,
        unescape: false,
        unescape_relax: false,
        unescape_separators: false,
        retain_escape: false,
        retain_separators: false,
        each_separator: false,
        relax: false,
    };
    /// `ExecStart=`, `Environment=`: quotes and C-like escapes.
    pub const COMMAND: Rules = Rules { unquote: true, unescape: true, ..Rules::PLAIN };
    /// `After=`, `ReadWritePaths=`: quotes, but backslashes belong to the names.
    pub const NAMES: Rules = Rules { unquote: true, retain_escape: true, ..Rules::PLAIN };

    fn separates(self, byte: u8) -> bool {
        match self.separators {
            "" => matches!(byte, b' ' | b'\t' | b'\n' | b'\r'),
            separators => separators.as_bytes().contains(&byte),
        }
    }
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
        String::from_utf8_lossy(&self.bytes)
    }
}

/// Why no word could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// A quote is opened and not closed.
    #[error("the quote is not closed")]
    OpenQuote(Range<usize>),
    /// A backslash and nothing known after it.
    #[error("the escape sequence is unknown")]
    Escape(Range<usize>),
}

/// Takes a value apart, word by word.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    text: &'a [u8],
    at: usize,
    ended: bool,
}

impl<'a> Words<'a> {
    /// Begins at the start of a value.
    pub fn new(text: &'a str) -> Words<'a> {
        Words { text: text.as_bytes(), at: 0, ended: false }
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

    /// The next word, with a second, lenient try at unknown escapes, as keys do that warn about them.
    pub fn next_lenient(&mut self, rules: Rules) -> Result<Option<Word>, WordError> {
        let saved = self.clone();
        match self.next(rules) {
            Err(_) if !rules.unescape_relax => {
                *self = saved;
                let word = self.next(Rules { unescape_relax: true, ..rules })?;
                Ok(word.map(|word| Word { unknown_escape: true, ..word }))
            }
            answer => answer,
        }
    }

    /// The next word; `None` at the end.
    pub fn next(&mut self, rules: Rules) -> Result<Option<Word>, WordError> {
        if self.ended || !self.skip_separators(rules) {
            return Ok(None);
        }
        let start = self.at;
        let mut bytes = Vec::with_capacity(32);
        let mut end = start;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' | b'"' if rules.unquote || rules.keep_quote => {
                    self.quoted(byte, &mut bytes, rules)?
                }
                b'\\' if !rules.retain_escape => self.backslash(None, &mut bytes, rules)?,
                _ if rules.separates(byte) => break,
                _ => self.plain_run(&mut bytes, rules),
            }
            end = self.at;
        }
        self.end_word(rules);
        Ok(Some(Word { bytes, span: start..end, unknown_escape: false }))
    }

    /// Takes the bytes up to one that means something.
    fn plain_run(&mut self, bytes: &mut Vec<u8>, rules: Rules) {
        let plain =
            |byte: &&u8| !matches!(**byte, b'\'' | b'"' | b'\\') && !rules.separates(**byte);
        let rest = self.rest();
        // The first byte means itself here, whatever it is elsewhere.
        let length = 1 + rest[1..].iter().take_while(plain).count();
        bytes.extend_from_slice(&rest[..length]);
        self.at += length;
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Whether a word follows; with `each_separator` an empty one may.
    fn skip_separators(&mut self, rules: Rules) -> bool {
        while let Some(byte) = self.peek() {
            if !rules.separates(byte) || rules.each_separator {
                return true;
            }
            self.at += 1;
        }
        self.ended = true;
        // The separator before the end announced one more word, and it is empty.
        rules.each_separator
    }

    /// Steps over what ends a word.
    fn end_word(&mut self, rules: Rules) {
        if self.peek().is_none() {
            self.ended = true;
        } else if rules.retain_separators {
        } else if rules.each_separator {
            self.at += 1;
        } else {
            while self.peek().is_some_and(|byte| rules.separates(byte)) {
                self.at += 1;
            }
        }
    }

    /// Reads from an opening quote to the closing one.
    fn quoted(&mut self, quote: u8, bytes: &mut Vec<u8>, rules: Rules) -> Result<(), WordError> {
        let start = self.at;
        self.at += 1;
        if !rules.unquote {
            bytes.push(quote);
        }
        loop {
            match self.peek() {
                None if rules.relax => return Ok(()),
                None => return Err(WordError::OpenQuote(start..self.text.len())),
                Some(byte) if byte == quote => break,
                Some(b'\\') if !rules.retain_escape => self.backslash(Some(start), bytes, rules)?,
                Some(byte) => {
                    bytes.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        if !rules.unquote {
            bytes.push(quote);
        }
        Ok(())
    }

    /// Reads a backslash and what it protects or spells.
    fn backslash(
        &mut self,
        quote: Option<usize>,
        bytes: &mut Vec<u8>,
        rules: Rules,
    ) -> Result<(), WordError> {
        let start = self.at;
        self.at += 1;
        let rest = self.rest();
        let Some(&next) = rest.first() else {
            return self.backslash_at_end(quote, bytes, rules);
        };
        let mut taken = 1;
        if !rules.unescape && !rules.unescape_separators && !rules.unescape_relax {
            bytes.push(next);
        } else if let Some((plain, length)) = rules.unescape.then(|| unescape_one(rest)).flatten() {
            bytes.extend(plain);
            taken = length;
        } else if rules.unescape_separators && (rules.separates(next) || next == b'\\') {
            bytes.push(next);
        } else if rules.unescape_relax {
            bytes.extend([b'\\', next]);
        } else {
            return Err(WordError::Escape(start..start + 2));
        }
        self.at += taken;
        Ok(())
    }

    fn backslash_at_end(
        &self,
        quote: Option<usize>,
        bytes: &mut Vec<u8>,
        rules: Rules,
    ) -> Result<(), WordError> {
        if rules.unescape_relax && (quote.is_none() || rules.relax) {
            bytes.push(b'\\');
        } else if !rules.relax {
            let escape = self.text.len() - 1..self.text.len();
            return Err(quote.map_or(WordError::Escape(escape), |at| {
                WordError::OpenQuote(at..self.text.len())
            }));
        }
        Ok(())
    }
}

/// All words of a value, under one set of rules.
pub fn split(text: &str, rules: Rules) -> Result<Vec<Word>, WordError> {
    let mut words = Words::new(text);
    let mut all = Vec::new();
    while let Some(word) = words.next_lenient(rules)? {
        all.push(word);
    }
    Ok(all)
}
