//! The lines of a unit file: read without losing a byte, and without judging what they say;
//! systemd.syntax(7).
//!
//! This room knows lines, comments, sections and assignments. It doesn't know any key.

mod line;
mod span;
mod statement;
mod unit_file;
mod value;

pub use line::Line;
pub use span::Span;
pub use statement::{Assignment, Content, Fault, Section, Statement};
pub use unit_file::{LONG_LINE_MAX, UnitFile};
pub use value::Value;
