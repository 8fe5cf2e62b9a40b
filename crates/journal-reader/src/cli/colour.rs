//! Colours, and whether there are any: journalctl's, by its rules.

use std::env;
use std::io::{self, IsTerminal};

pub(crate) const NORMAL: &str = "\x1b[0m";
pub(crate) const HIGHLIGHT: &str = "\x1b[0;1;39m";
pub(crate) const HIGHLIGHT_RED: &str = "\x1b[0;1;31m";
pub(crate) const GREEN: &str = "\x1b[0;32m";
pub(crate) const BLUE_NUMBER: &str = "\x1b[0;1;34m";
const BLUE: &str = "\x1b[0;34m";

/// How many colours the output takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    None,
    Sixteen,
    Many,
}

impl Colours {
    /// `SYSTEMD_COLORS` decides, then `NO_COLOR`, then whether there is a terminal that knows
    /// colours.
    pub(crate) fn detect() -> Colours {
        match env::var("SYSTEMD_COLORS").as_deref() {
            Ok("16") => return Colours::Sixteen,
            Ok("0" | "no" | "n" | "false" | "f" | "off") => return Colours::None,
            Ok("256" | "1" | "yes" | "y" | "true" | "t" | "on") => return Colours::Many,
            _ => {}
        }
        let dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
        if env::var_os("NO_COLOR").is_some() || !io::stdout().is_terminal() || dumb {
            Colours::None
        } else {
            Colours::Many
        }
    }

    pub(crate) fn is_on(self) -> bool {
        self != Colours::None
    }

    pub(crate) fn if_on(self, code: &'static str) -> &'static str {
        if self.is_on() { code } else { "" }
    }

    pub(crate) fn grey(self) -> &'static str {
        match self {
            Colours::None => "",
            Colours::Sixteen => "\x1b[0;90m",
            Colours::Many => "\x1b[0;38;5;245m",
        }
    }

    fn highlight_yellow(self) -> &'static str {
        match self {
            Colours::None => "",
            Colours::Sixteen => "\x1b[0;1;33m",
            Colours::Many => "\x1b[0;1;38;5;185m",
        }
    }

    /// How a message of that priority is written.
    pub(crate) fn of_priority(self, priority: u8, is_audit: bool) -> Paint {
        if !self.is_on() {
            return Paint::default();
        }
        let (on, highlight) = match priority {
            0..=3 => (HIGHLIGHT_RED, HIGHLIGHT),
            4 => (self.highlight_yellow(), HIGHLIGHT),
            5 => (HIGHLIGHT, HIGHLIGHT_RED),
            6 if is_audit => ("", ""),
            6 => return Paint::default(),
            _ => (self.grey(), HIGHLIGHT_RED),
        };
        // Whatever its priority, an audit message is blue.
        let on = if is_audit { BLUE } else { on };
        Paint { on, highlight, off: NORMAL }
    }
}

/// The codes before a text, before the part of it that was searched for, and behind it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Paint {
    pub(crate) on: &'static str,
    pub(crate) highlight: &'static str,
    pub(crate) off: &'static str,
}

impl Paint {
    pub(crate) fn is_on(self) -> bool {
        !self.on.is_empty()
    }
}
