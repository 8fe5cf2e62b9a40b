//! Reads, checks, explains and writes systemd unit files.
//!
//! Each room knows one thing, and uses only the rooms above it:
//!
//! - [`syntax`]: lines, sections and assignments; not what they mean.
//! - [`values`]: what stands right of a `=`, read as systemd reads it; not which key it belongs to.
//! - [`directives`]: the keys that systemd knows, as a table.
//! - [`load`]: where units and their drop-ins are, and what they make together; the facts of a machine.
//! - [`checks`]: what is wrong with a unit, what systemd will do, how to mend it.
//! - [`explain`]: what a key or a unit does, in plain words.
//! - [`writer`]: units from typed values, and the tidy layout.
//!
//! The names of units are in the crate `systemd-types`. Nothing here prints, writes a file or runs a program: that is
//! left to the command, in `main.rs` and `cli/`.

pub mod checks;
pub mod directives;
pub mod explain;
pub mod load;
pub mod syntax;
pub mod values;
pub mod writer;
