//! The promises of the journal reader: what it reads is what was written, what it prints is what
//! journalctl prints, and nothing that a file claims can harm it.

#![allow(clippy::unwrap_used)] // A panic is how a test reports.

mod combinations;
mod command;
mod corruption;
mod differential;
mod follow;
mod odd_files;
mod oracle;
mod support;
