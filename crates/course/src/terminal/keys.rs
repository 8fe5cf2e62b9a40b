//! The line that says which keys there are.

use anstyle::Style;

use super::Terminal;
use crate::error::Error;

/// What parts one key from the next.
const GAP: &str = "   ";
/// Stands for a blank that no line is broken at.
const JOINED: &str = "\u{a0}";

impl Terminal<'_> {
    /// Says which keys there are. Lines are broken between two of them only, so that a key stays
    /// together with what it does.
    pub(crate) fn keys(&mut self, text: &'static str) -> Result<(), Error> {
        let text = self.fill(&text.into());
        let keys: Vec<String> = text.split(GAP).map(|key| key.replace(' ', JOINED)).collect();
        let keys = keys.join(GAP);
        let lines = self.broken(&keys, self.columns, "", "");
        self.lines(Style::new().dimmed(), &lines.replace(JOINED, " "))
    }

    /// A key, and in so many words beside it what it does.
    pub(crate) fn key(&mut self, key: char, effect: &'static str) -> Result<(), Error> {
        let (first, rest) = ("  .  ", "     ");
        let effect = self.fill(&effect.into());
        let lines = self.broken(&effect, self.width(), first, rest);
        self.part(Style::new().bold(), &first.replace('.', &key.to_string()))?;
        self.lines(Style::new(), &lines[first.len()..])
    }
}
