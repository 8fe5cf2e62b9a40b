//! The wrapper in a lab, beside systemctl(1) and alone.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod answers;
mod bad_input;
mod differential;
mod harness;
mod jobs;
mod paper;
mod queue;
mod table;
mod verbs;
