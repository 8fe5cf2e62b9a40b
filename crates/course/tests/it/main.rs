//! The `course` command as a learner meets it: a chapter walked in a real lab, and everything that can be wrong.

mod bad_input;
mod interactive;
mod lesson;
mod project;
