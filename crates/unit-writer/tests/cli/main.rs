//! The command: its exit codes, its output, and what it does when things go wrong.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod bad_input;
mod check;
mod command;
mod install;
mod other_commands;
