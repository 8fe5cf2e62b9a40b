//! Text for people: nothing that a unit says reaches the terminal raw, and colour only where there
//! is one.

use std::borrow::Cow;
use std::io::{self, IsTerminal};

/// Text from a unit or a log, with each control character shown as what it is: `\x1b`.
///
/// A description may hold a sequence that renames the terminal's window, or worse. Nearly all texts
/// are harmless, and a list has thousands of them: those are not copied.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        // The marks that turn the direction of writing hide text as well as control characters do.
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() && c != '\t' || turns {
            plain.extend(c.escape_default());
        } else {
            plain.push(c);
        }
    }
    Cow::Owned(plain)
}

/// A line on standard error. Where it can't be written the work goes on all the same: `eprintln!`
/// would panic, with somebody else's job half done.
macro_rules! remark {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}
pub(crate) use remark;

/// A colour, or none where nobody would see it; no-color.org.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tint {
    Good,
    Bad,
    Busy,
    Faint,
}

/// Text in a colour, if standard output is a terminal that wants it.
pub(crate) fn tinted(text: &str, tint: Tint) -> String {
    if !wants_colour() {
        return text.to_owned();
    }
    let number = match tint {
        Tint::Good => "32",
        Tint::Bad => "1;31",
        Tint::Busy => "33",
        Tint::Faint => "2",
    };
    format!("\u{1b}[{number}m{text}\u{1b}[0m")
}

/// The colour of a state.
pub(crate) fn tint_of(active: &str) -> Tint {
    match active {
        "active" | "reloading" | "refreshing" => Tint::Good,
        "failed" => Tint::Bad,
        "activating" | "deactivating" | "maintenance" => Tint::Busy,
        _ => Tint::Faint,
    }
}

/// `SYSTEMD_COLORS` says it for systemd's programs alone: a truth, or how many colours there are.
pub(crate) fn wants_colour() -> bool {
    match std::env::var("SYSTEMD_COLORS").as_deref() {
        Ok("0" | "no" | "n" | "false" | "f" | "off") => return false,
        Ok("1" | "yes" | "y" | "true" | "t" | "on" | "16" | "256" | "24bit") => return true,
        _ => {}
    }
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdout().is_terminal() && !refused && !dumb
}

/// The columns that a text takes, as far as that can be known without a table of all characters.
pub(crate) fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_raw_reaches_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\u{7}\n\u{9b}"), "a\\u{1b}[31mb\\u{7}\\n\\u{9b}");
        assert_eq!(plain("x\u{202e}y"), "x\\u{202e}y");
        assert_eq!(plain("ñandú\t→"), "ñandú\t→");
    }
}
