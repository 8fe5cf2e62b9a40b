//! The `course` command as a learner meets it: a chapter walked in a real lab, and everything that
//! can be wrong.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod book;
mod by_hand;
mod grader;
mod interactive;
mod language;
mod lesson;
mod project;
mod quiz;
