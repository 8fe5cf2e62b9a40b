//! What date-daemon promises, shown on the real program, real files, real signals and real sockets.

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
