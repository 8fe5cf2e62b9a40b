//! Reads, checks, explains and writes systemd unit files.

pub mod checks;
pub mod directives;
pub mod load;
pub mod syntax;
pub mod values;
