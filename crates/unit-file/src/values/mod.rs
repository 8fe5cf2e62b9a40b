//! What stands right of the `=`: one file for each kind of value, each read as systemd reads it.
//!
//! This room knows no keys and no files. Which key has which kind of value is in the directive
//! table.

mod boolean;
mod calendar;
mod calendar_days;
mod calendar_display;
mod calendar_parser;
mod calendar_parts;
mod command;
mod environment;
mod escape;
mod invalid;
mod number;
mod path;
mod size;
mod specifier;
mod time_span;
mod words;

pub use boolean::parse_boolean;
pub use calendar::looks_like_zone;
pub use calendar_parts::{Calendar, Component};
pub use command::{Command, CommandLine, Prefix};
pub use environment::{EnvironmentWord, is_variable_name, parse_environment};
pub use invalid::Invalid;
pub use number::{parse_integer, parse_mode, parse_percent};
pub use path::{PathProblem, judge_path, simplify};
pub use size::parse_size;
pub use specifier::{Reader, Specifier, SpecifierUse, specifier_of, specifiers};
pub use time_span::{TimeSpan, parse_nanoseconds};
pub use words::{Backslash, Split, Splitter, Word, split};
