//! Reads, checks, explains and writes systemd unit files.

pub mod syntax;
pub mod values;
