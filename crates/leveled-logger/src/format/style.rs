//! The three ways to write a format.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// How a format names its fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// `%(message)s`, as C's printf.
    #[default]
    Percent,
    /// `{message}`, as `str.format` of Python.
    Brace,
    /// `$message` or `${message}`, as `string.Template` of Python.
    Dollar,
}

impl Style {
    /// The format of a line when [`basic_config`](crate::basic_config) is told none.
    pub fn basic_format(self) -> &'static str {
        match self {
            Style::Percent => "%(levelname)s:%(name)s:%(message)s",
            Style::Brace => "{levelname}:{name}:{message}",
            Style::Dollar => "${levelname}:${name}:${message}",
        }
    }

    /// The format of a [`Formatter`] that is told none: the message, and nothing around it.
    pub(super) fn default_format(self) -> &'static str {
        match self {
            Style::Percent => "%(message)s",
            Style::Brace => "{message}",
            Style::Dollar => "${message}",
        }
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Style::Percent => "%",
            Style::Brace => "{",
            Style::Dollar => "$",
        })
    }
}

impl FromStr for Style {
    type Err = Error;

    fn from_str(text: &str) -> Result<Style, Error> {
        match text {
            "%" => Ok(Style::Percent),
            "{" => Ok(Style::Brace),
            "$" => Ok(Style::Dollar),
            _ => Err(Error::UnknownStyle(text.to_owned())),
        }
    }
}
