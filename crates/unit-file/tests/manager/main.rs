//! What systemd itself makes of command lines and environments, from `systemd --test`, beside what
//! we make of them.
//!
//! The manager loads units, prints all it knows of them and ends; it needs no privileges and starts
//! nothing. Skipped, out loud, where there is none. More real units than the machine's own are read
//! from the directory that the variable `UNIT_WRITER_CORPUS` names.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

#[path = "../common/mod.rs"]
mod common;
mod lines;
mod printed;
mod real_units;
