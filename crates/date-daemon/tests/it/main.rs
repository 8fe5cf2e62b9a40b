//! What date-daemon promises, shown on the real program, real files, real signals and real sockets.

// In a test a panic is the report; clippy knows that of the tests themselves, but not of what they
// call.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod core;
mod files;
mod full_disk;
mod harness;
mod interval;
mod line_format;
mod log;
mod signals;
mod systemd;
