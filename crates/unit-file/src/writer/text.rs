//! The smallest values, each checked when it is made.

use std::fmt;

use crate::values::is_variable_name;

/// Why a value can't stand in a unit file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// A line break or another control character, which would begin a new line or be refused.
    #[error("{0:?} contains a control character, such as a line break")]
    ControlCharacter(String),
    /// Blanks at an end are cut off, a backslash there continues the line.
    #[error("{0:?} begins or ends in a blank, or ends in a backslash")]
    Ends(String),
    /// Nothing at all, which resets a key instead of setting it.
    #[error("the value is empty")]
    Empty,
    /// Not an absolute path without `..`.
    #[error("{0:?} is not an absolute path without \"..\"")]
    Path(String),
    /// A program is an absolute path or a bare name without special characters.
    #[error(
        "{0:?} is not a program: write an absolute path or a bare name, \
         without quotes, backslashes, $ or %"
    )]
    Program(String),
    /// A variable's name has letters, digits and `_`.
    #[error("{0:?} is not the name of a variable")]
    VariableName(String),
    /// No C string can hold a zero byte.
    #[error("{0:?} contains a zero byte")]
    ZeroByte(String),
    /// An access mode is at most 7777.
    #[error("{0:o} is not an access mode")]
    Mode(u32),
    /// systemd has no such key in this section.
    #[error("there is no key {key}= in [{section}]")]
    UnknownKey {
        /// The section.
        section: String,
        /// The key.
        key: String,
    },
}

/// One line of text, in which a `%` is a percent sign.
///
/// ```
/// use unit_file::writer::{Text, Unwritable};
///
/// assert_eq!(Text::new("100%")?.to_string(), "100%%");
/// assert!(matches!(Text::new("two\nlines"), Err(Unwritable::ControlCharacter(_))));
/// # Ok::<(), Unwritable>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Accepts text that systemd reads back as it is.
    pub fn new(text: &str) -> Result<Text, Unwritable> {
        check_line(text)?;
        Ok(Text(text.to_owned()))
    }

    /// The text as it is meant, with single percent signs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace('%', "%%"))
    }
}

/// What any one-line value must be, to stay one.
pub(super) fn check_line(text: &str) -> Result<(), Unwritable> {
    if text.is_empty() {
        return Err(Unwritable::Empty);
    }
    if text.contains(char::is_control) {
        return Err(Unwritable::ControlCharacter(text.to_owned()));
    }
    if text.starts_with(' ') || text.ends_with([' ', '\\']) {
        return Err(Unwritable::Ends(text.to_owned()));
    }
    Ok(())
}

/// An absolute path, for keys that take just one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsolutePath(Text);

impl AbsolutePath {
    /// Accepts an absolute path without `..`.
    pub fn new(path: &str) -> Result<AbsolutePath, Unwritable> {
        let text = Text::new(path)?;
        if !path.starts_with('/') || path.split('/').any(|part| part == "..") || path.len() >= 4096
        {
            return Err(Unwritable::Path(path.to_owned()));
        }
        Ok(AbsolutePath(text))
    }

    /// The path, with single percent signs.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for AbsolutePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    name: String,
    value: String,
}

impl Variable {
    /// Accepts any value, also of several lines, for a name that a variable can have.
    pub fn new(name: &str, value: &str) -> Result<Variable, Unwritable> {
        if !is_variable_name(name) {
            return Err(Unwritable::VariableName(name.to_owned()));
        }
        if value.contains('\0') {
            return Err(Unwritable::ZeroByte(value.to_owned()));
        }
        Ok(Variable { name: name.to_owned(), value: value.to_owned() })
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::quote_variable(&self.name, &self.value))
    }
}

/// An access mode such as 0660.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode(u32);

impl Mode {
    /// Accepts permission bits, setuid, setgid and sticky bit.
    pub fn new(mode: u32) -> Result<Mode, Unwritable> {
        if mode > 0o7777 { Err(Unwritable::Mode(mode)) } else { Ok(Mode(mode)) }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}
